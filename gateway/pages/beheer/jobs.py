"""*Taken*: long work of the services, what runs and how it ended."""

from __future__ import annotations

from flask import Blueprint, render_template

from gateway.access import staff
from gateway.models.operations import SERVICES
from gateway.pages.acting import acting
from gateway.parts import parts

pages = Blueprint("beheer_jobs", __name__, url_prefix="/beheer/taken")


@pages.get("")
@staff()
def listing() -> str:
    """Newest first, by service; one that is down takes only its part."""
    found = parts().operations.jobs(acting())
    return render_template("beheer/jobs.html", found=found, services=SERVICES)
