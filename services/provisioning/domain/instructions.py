"""Where in a phone one types what makes it fetch its configuration, per vendor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.words import lazy_gettext as _l

WHERE: Mapping[str, Any] = {
    "yealink": _l(
        "Open de webpagina van het toestel: Instellingen, Auto Provision. Vul Server URL, User Name"
        " en Password in en kies Auto Provision Now."
    ),
    "snom": _l(
        "Open de webpagina van het toestel: Setup, Advanced, tabblad Update. Vul Setting URL in. "
        "Gebruikersnaam en wachtwoord vraagt het toestel zelf, of vul ze in bij HTTP Client."
    ),
    "grandstream": _l(
        "Open de webpagina van het toestel: Maintenance, Upgrade and Provisioning. Kies HTTPS, vul "
        "Config Server Path in zonder https://, en de gebruikersnaam en het wachtwoord van de "
        "configuratie."
    ),
    "poly": _l(
        "Op het toestel: Settings, Advanced, Administration, Network Configuration, Provisioning "
        "Server. Kies HTTPS en vul Server Address, Server User en Server Password in."
    ),
    "cisco": _l(
        "Open de webpagina van het toestel: Admin Login, advanced, Voice, Provisioning. Vul bij "
        "Profile Rule in: [--uid gebruikersnaam --pwd wachtwoord] en daarachter de URL."
    ),
    "gigaset": _l(
        "Open de webpagina van het basisstation: Instellingen, Systeem, Provisioning. Vul de URL, "
        "de gebruikersnaam en het wachtwoord in. Aangemeld wordt de eerste handset."
    ),
    "panasonic": _l(
        "Open de webpagina van het toestel: Maintenance, Provisioning Maintenance. Vul bij Standard"
        " File URL de URL in met gebruikersnaam:wachtwoord@ vlak na https://. Stel er ook de tijdzone en"
        " de zomertijd in: die staan niet in de configuratie."
    ),
    "fanvil": _l(
        "Open de webpagina van het toestel: System, Auto Provision. Vul onder Common Settings de "
        "gebruikersnaam en het wachtwoord in, en onder Static Provisioning Server de URL."
    ),
    "mitel": _l(
        "Open de webpagina van het toestel: Advanced Settings, Configuration Server. Kies HTTPS en "
        "vul server, gebruikersnaam en wachtwoord in."
    ),
}
OTHER = _l(
    "Zoek op de webpagina van het toestel naar Provisioning en vul de URL, de gebruikersnaam en"
    " het wachtwoord in."
)


def where(family: str) -> str:
    """The sentence for a family, in the reader's language."""
    return str(WHERE.get(family, OTHER))
