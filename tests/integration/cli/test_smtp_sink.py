"""The mail server of a developer's machine: every mail becomes a file, none is sent on."""

from __future__ import annotations

import email
import email.policy
import smtplib
from email.message import EmailMessage
from pathlib import Path

from tests.support.processes import Process, free_port, python


def test_a_mail_becomes_a_file_that_a_mail_program_opens(tmp_path: Path) -> None:
    port = free_port()
    folder = tmp_path / "mail"
    settings = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "MAIL_FOLDER": str(folder)}
    sink = Process(python("-m", "cli.smtp_sink"), settings, tmp_path / "sink.log")
    try:
        sink.wait_ready()
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = (
            "portal@example.org",
            "els@example.org",
            "Welkom, één keer",
        )
        mail.set_content("Kies uw wachtwoord.")
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            client.send_message(mail, to_addrs=["els@example.org", "bcc@example.org"])
        [file] = folder.glob("*.eml")
        kept = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert kept["Subject"] == "Welkom, één keer"
        assert kept["X-Envelope-To"] == "els@example.org, bcc@example.org"
        assert "Kies uw wachtwoord." in kept.get_content()
        assert sink.terminate() == 0
    finally:
        sink.kill()
