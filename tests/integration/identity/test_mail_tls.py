"""The way to a mail server that wants a login, over TLS (real SMTP, in the service's process)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.integration.identity.conftest import OFFICE, Service
from tests.integration.identity.mail_server import MailServer
from tests.support.processes import until


def certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate that it has signed itself, for 127.0.0.1's other name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_file, certificate_file = folder / "key.pem", folder / "certificate.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    certificate_file.write_bytes(made.public_bytes(pem))
    return key_file, certificate_file


def waiting(service: Service) -> Any:
    """The mail that waits."""
    [row] = service.staff("mails", state="queued")["rows"]
    return row


def test_a_login_at_the_mail_server_goes_over_tls_and_only_with_who_it_says_it_is(
    own_service: Service, tmp_path: Path
) -> None:
    service = own_service
    key_file, certificate_file = certificate(tmp_path)
    server = MailServer("portaal", "geheim-van-de-post", tls=(key_file, certificate_file))
    server.start()
    service.new_user("ben")
    settings = {
        "SMTP_HOST": "localhost",
        "SMTP_PORT": str(server.port),
        "SMTP_STARTTLS": "yes",
        "SMTP_USER": "portaal",
        "SMTP_PASSWORD": "geheim-van-de-post",
    }
    try:
        for trusted in ({}, {"SSL_CERT_FILE": str(certificate_file)}):
            service.process.terminate()
            service.process.environment |= settings | trusted
            service.process.start()
            service.process.wait_ready()
            service.anonymous("request_reset", who="ben", address=OFFICE)
            if not trusted:
                why = until(lambda: waiting(service)["error"], what="a try")
                assert "certificate verify failed" in str(why)
                assert server.taken == []
        assert server.mail()["To"] == "ben@example.nl"
    finally:
        server.stop()
