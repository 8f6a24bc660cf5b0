"""What the audit log says of each action, in a sentence; and what one can look for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.formatters import month
from gateway.phone_numbers import party
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

NAME = "%(name)s"
"""Stays in a sentence until it is known what it is about."""

SENTENCES: dict[str, Any] = {
    "user.added": _l("Gebruiker %(name)s toegevoegd", name=NAME),
    "user.deleted": _l("Gebruiker %(name)s verwijderd", name=NAME),
    "user.blocked": _l("Gebruiker %(name)s geblokkeerd", name=NAME),
    "user.unblocked": _l("Gebruiker %(name)s gedeblokkeerd", name=NAME),
    "user.roles_changed": _l("Rollen van %(name)s gewijzigd", name=NAME),
    "user.registrations_changed": _l("E-mailberichten van %(name)s gewijzigd", name=NAME),
    "user.details_changed": _l("Gegevens van %(name)s gewijzigd", name=NAME),
    "user.username_changed": _l("Gebruikersnaam van %(name)s gewijzigd", name=NAME),
    "user.preferences_changed": _l("Voorkeuren van %(name)s gewijzigd", name=NAME),
    "user.password_changed": _l("Wachtwoord van %(name)s gewijzigd", name=NAME),
    "user.password_set_by_link": _l("Wachtwoord van %(name)s gekozen met de link uit een e-mail", name=NAME),
    "user.reset_requested": _l("Nieuw wachtwoord aangevraagd voor %(name)s", name=NAME),
    "user.welcomed": _l("Welkom e-mail opnieuw verstuurd aan %(name)s", name=NAME),
    "user.logged_in": _l("%(name)s heeft ingelogd", name=NAME),
    "user.locked_out": _l("Te vaak een verkeerd wachtwoord voor %(name)s", name=NAME),
    "address.locked_out": _l("Te vaak een verkeerde gebruikersnaam vanaf %(name)s", name=NAME),
    "address.reset_requested": _l(
        "Nieuw wachtwoord aangevraagd voor een onbekende naam, vanaf %(name)s", name=NAME
    ),
    "mail.retried": _l("E-mail aan %(name)s opnieuw verstuurd", name=NAME),
    "range.added": _l("Nummerreeks %(name)s toegevoegd", name=NAME),
    "number.assigned": _l("Nummer %(name)s toegewezen", name=NAME),
    "number.ended": _l("Einde van nummer %(name)s gewijzigd", name=NAME),
    "subscription.created": _l("Mobiel abonnement %(name)s toegevoegd", name=NAME),
    "subscription.number_changed": _l("Nummer van mobiel abonnement %(name)s gewijzigd", name=NAME),
    "subscription.ended": _l("Mobiel abonnement %(name)s beëindigd", name=NAME),
    "subscription.product_changed": _l("Produkt van mobiel abonnement %(name)s gewijzigd", name=NAME),
    "subscription.sim_changed": _l("SIM-kaart van mobiel abonnement %(name)s gewijzigd", name=NAME),
    "subscription.module_added": _l("Module toegevoegd aan mobiel abonnement %(name)s", name=NAME),
    "subscription.module_ended": _l("Module van mobiel abonnement %(name)s beëindigd", name=NAME),
    "subscription.blocks_changed": _l("Blokkeringen van mobiel abonnement %(name)s gewijzigd", name=NAME),
    "subscription.label_changed": _l("Label van mobiel abonnement %(name)s gewijzigd", name=NAME),
    "subscription.puk_shown": _l("PUK-code van mobiel abonnement %(name)s bekeken", name=NAME),
    "mobile_limit.changed": _l("Limiet mobiel van %(name)s gewijzigd", name=NAME),
    "mobile_defaults.changed": _l("%(name)s gewijzigd", name=NAME),
    "mobile_terms.changed": _l("Afspraken over mobiel vanaf %(name)s gewijzigd", name=NAME),
    "sim_block.requested": _l("Blokkeren van de SIM-kaart van %(name)s aangevraagd", name=NAME),
    "sim_block.confirmed": _l("SIM-kaart van %(name)s geblokkeerd door het netwerk", name=NAME),
    "sim_block.refused": _l("Blokkeren van de SIM-kaart van %(name)s geweigerd door het netwerk", name=NAME),
    "sim_block.timed_out": _l("Geen antwoord op het blokkeren van de SIM-kaart van %(name)s", name=NAME),
    "sim_unblock.requested": _l("Deblokkeren van de SIM-kaart van %(name)s aangevraagd", name=NAME),
    "sim_unblock.confirmed": _l("SIM-kaart van %(name)s gedeblokkeerd door het netwerk", name=NAME),
    "sim_unblock.refused": _l(
        "Deblokkeren van de SIM-kaart van %(name)s geweigerd door het netwerk", name=NAME
    ),
    "sim_unblock.timed_out": _l("Geen antwoord op het deblokkeren van de SIM-kaart van %(name)s", name=NAME),
    "user.second_step_turned_on": _l("Inloggen in twee stappen ingeschakeld voor %(name)s", name=NAME),
    "user.second_step_turned_off": _l("Inloggen in twee stappen uitgeschakeld voor %(name)s", name=NAME),
    "user.second_step_reset": _l("Inloggen in twee stappen van %(name)s opnieuw begonnen", name=NAME),
    "user.backup_codes_renewed": _l("Nieuwe reservecodes voor %(name)s", name=NAME),
    "user.recovery_code_used": _l("%(name)s heeft ingelogd met een reservecode", name=NAME),
    "access.created": _l("Token %(name)s voor programma’s gemaakt", name=NAME),
    "access.revoked": _l("Token %(name)s voor programma’s ingetrokken", name=NAME),
    "customer.created": _l("Klant %(name)s toegevoegd", name=NAME),
    "customer.changed": _l("Gegevens van %(name)s gewijzigd", name=NAME),
    "customer.viewed": _l("Meegekeken als %(name)s", name=NAME),
    "customer.view_ended": _l("Gestopt met meekijken als %(name)s", name=NAME),
    "customer.second_step_duty_changed": _l(
        "Verplicht inloggen in twee stappen gewijzigd voor %(name)s", name=NAME
    ),
    "rate_plan.imported": _l("Tarieven %(name)s ingelezen", name=NAME),
    "rate_plan.assigned": _l("Tariefplan %(name)s gegeven", name=NAME),
    "rerating.started": _l("Herberekenen van %(name)s begonnen", name=NAME),
    "usage.rerated": _l("Gesprekken van %(name)s opnieuw berekend", name=NAME),
    "usage.anonymised": _l("Nummers in gesprekken van %(name)s onherkenbaar gemaakt", name=NAME),
    "quarantine.replayed": _l("Berichten in quarantaine opnieuw verwerkt: %(name)s", name=NAME),
    "quarantine.discarded": _l("Berichten in quarantaine terzijde gelegd: %(name)s", name=NAME),
    "voip_limit.changed": _l("VoIP limiet gewijzigd"),
    "fraud_watch.changed": _l("Fraudebewaking gewijzigd"),
    "fraud.suspected": _l("Mogelijk misbruik gezien: %(name)s", name=NAME),
    "fraud_alert.lifted": _l("Waarschuwing voor misbruik opgeheven: %(name)s", name=NAME),
    "export.requested": _l("Download van gespreksdetails gevraagd: %(name)s", name=NAME),
    "export.cancelled": _l("Download van gespreksdetails gestopt"),
    "retention.changed": _l("Bewaartermijn van gespreksdetails gewijzigd"),
    "pbx.enabled": _l("Telefooncentrale aangemaakt"),
    "pbx.disabled": _l("Telefooncentrale weggehaald"),
    "pbx.imported": _l("Telefooncentrale ingelezen"),
    "pbx.published": _l("Concept van de telefooncentrale gepubliceerd"),
    "pbx.rolled_back": _l("Telefooncentrale teruggezet"),
    "pbx.draft_discarded": _l("Concept van de telefooncentrale verworpen"),
    "pbx_company.changed": _l("Weergave van de telefooncentrale gewijzigd"),
    "pbx_outgoing.changed": _l("Blokkeren uitgaand bellen gewijzigd"),
    "pbx_night.changed": _l("Schema’s van de nachtschakeling gewijzigd"),
    "pbx_night.set": _l("Nachtschakeling met de hand gezet"),
    "pbx_music.changed": _l("Wachtmuziek gewijzigd"),
    "pbx_schedule.added": _l("Schema %(name)s gemaakt", name=NAME),
    "pbx_schedule.changed": _l("Schema %(name)s gewijzigd", name=NAME),
    "pbx_schedule.removed": _l("Schema %(name)s verwijderd", name=NAME),
    "pbx_user.added": _l("Gebruiker %(name)s van de telefooncentrale toegevoegd", name=NAME),
    "pbx_user.changed": _l("Gebruiker %(name)s van de telefooncentrale gewijzigd", name=NAME),
    "pbx_user.removed": _l("Gebruiker %(name)s van de telefooncentrale verwijderd", name=NAME),
    "pbx_user.password_set": _l("Wachtwoord van telefoongebruiker %(name)s gewijzigd", name=NAME),
    "pbx_user.pincode_set": _l("Pincode van telefoongebruiker %(name)s gewijzigd", name=NAME),
    "test_call.saved": _l("Vaste test %(name)s bewaard", name=NAME),
    "test_call.removed": _l("Vaste test %(name)s verwijderd", name=NAME),
    "pbx_group.added": _l("Belgroep %(name)s gemaakt", name=NAME),
    "pbx_group.changed": _l("Belgroep %(name)s gewijzigd", name=NAME),
    "pbx_group.removed": _l("Belgroep %(name)s verwijderd", name=NAME),
    "pbx_menu.added": _l("Keuzemenu %(name)s gemaakt", name=NAME),
    "pbx_menu.changed": _l("Keuzemenu %(name)s gewijzigd", name=NAME),
    "pbx_menu.removed": _l("Keuzemenu %(name)s verwijderd", name=NAME),
    "pbx_menu_side.changed": _l("Toetsen van keuzemenu %(name)s gewijzigd", name=NAME),
    "pbx_line.added": _l("Telefoonlijn %(name)s toegevoegd", name=NAME),
    "pbx_line.changed": _l("Telefoonlijn %(name)s gewijzigd", name=NAME),
    "pbx_line.removed": _l("Telefoonlijn %(name)s verwijderd", name=NAME),
    "sound.uploaded": _l("Geluid %(name)s geüpload", name=NAME),
    "sound.removed": _l("Geluid %(name)s verwijderd", name=NAME),
    "voicemail.removed": _l("Voicemailbericht gewist met 1233"),
    "outgoing.blocked": _l("Uitgaand bellen geblokkeerd door de fraudebewaking"),
    "outgoing.unblocked": _l("Blokkade van uitgaand bellen opgeheven"),
    "calls_abroad.changed": _l("Grens van internationale gesprekken tegelijk gewijzigd"),
    "calls_abroad.full": _l("Internationaal gesprek geweigerd: de grens van gesprekken tegelijk was bereikt"),
    "period.closed": _l("Factuurperiode %(name)s afgesloten", name=NAME),
    "invoice.issued": _l("Factuur %(name)s gemaakt", name=NAME),
    "invoice.credited": _l("Creditnota %(name)s gemaakt", name=NAME),
    "invoice.payment_set": _l("Betaling van factuur %(name)s gewijzigd", name=NAME),
    "invoice.mailed_again": _l("Factuur %(name)s opnieuw gemaild", name=NAME),
    "invoice_run.started": _l("Factuurrun van %(name)s gestart", name=NAME),
    "invoice_run.cancelled": _l("Factuurrun van %(name)s gestopt", name=NAME),
    "direct_debit.made": _l("Incassobestand %(name)s gemaakt", name=NAME),
    "billing_account.changed": _l("Facturatie van %(name)s gewijzigd", name=NAME),
    "charge.added": _l("Op de facturen gezet: %(name)s", name=NAME),
    "charge.ended": _l("Op de facturen beëindigd: %(name)s", name=NAME),
    "charge.removed": _l("Van de facturen gehaald: %(name)s", name=NAME),
    "product.added": _l("Produkt %(name)s gemaakt", name=NAME),
    "product.changed": _l("Produkt %(name)s gewijzigd", name=NAME),
    "issuer.added": _l("Afzender %(name)s gemaakt", name=NAME),
    "issuer.changed": _l("Afzender %(name)s gewijzigd", name=NAME),
    "device.created": _l("Toestel %(name)s aangemaakt", name=NAME),
    "device.changed": _l("Toestel %(name)s gewijzigd", name=NAME),
    "device.removed": _l("Toestel %(name)s verwijderd", name=NAME),
    "device.passwords_shown": _l("Wachtwoorden van toestel %(name)s bekeken", name=NAME),
}


_E164 = re.compile(r"\+[1-9][0-9]{6,14}\b", re.ASCII)
_PERIOD = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class What:
    """A choice of the filter; ``code`` is an action (with a dot) or a kind of subject. ``staff``: it is
    in nobody's own log but the operator's."""

    code: str
    label: Any
    staff: bool = False


WHAT: dict[str, What] = {
    "gebruikers": What("user", _l("Gebruikers")),
    "inloggen": What("user.logged_in", _l("Inloggen")),
    "geweigerd": What("user.locked_out", _l("Te vaak geweigerd")),
    "rollen": What("user.roles_changed", _l("Rollen")),
    "klant": What("customer", _l("Klantgegevens")),
    "nummers": What("number", _l("Telefoonnummers")),
    "programmas": What("access", _l("Tokens voor programma’s")),
    "meekijken": What("customer.viewed", _l("Meekijken")),
    "mobiel": What("subscription", _l("Mobiele abonnementen")),
    "mobiele-limieten": What("mobile_limit", _l("Limieten mobiel")),
    "perioden": What("period", _l("Factuurperioden")),
    "facturen": What("invoice", _l("Facturen")),
    "facturatie": What("billing_account", _l("Facturatie")),
    "kosten": What("charge", _l("Kosten en kortingen")),
    "toestellen": What("device", _l("Toestellen")),
    "bewaking": What("fraud_alert", _l("Fraudebewaking")),
    "limieten": What("voip_limit", _l("VoIP limieten")),
    "buitenland": What("calls_abroad", _l("Internationale gesprekken")),
    "centrale": What("pbx", _l("Telefooncentrale")),
    "lijnen": What("pbx_line", _l("Telefoonlijnen")),
    "exports": What("export", _l("Downloads van gespreksdetails")),
    "berichten": What("mail", _l("E-mail")),
    "tarieven": What("rate_plan", _l("Tarieven")),
    "reeksen": What("range", _l("Nummerreeksen"), staff=True),
    "factuurruns": What("invoice_run", _l("Factuurruns"), staff=True),
    "produkten": What("product", _l("Produkten"), staff=True),
    "afzenders": What("issuer", _l("Afzenders"), staff=True),
    "quarantaine": What("quarantine", _l("Quarantaine"), staff=True),
    "adressen": What("address", _l("Geweigerde adressen"), staff=True),
}


def sentence(action: str, name: str) -> str:
    """``Rollen van sanne.dewit gewijzigd``; an action of a newer release shows as it is."""
    text = SENTENCES.get(action)
    if text is None:
        return _("%(name)s: %(action)s", name=name, action=action)
    month_of = _PERIOD.fullmatch(name)
    if month_of:
        name = month(date(int(month_of[1]), int(month_of[2]), 1))
    return str(text) % {"name": _E164.sub(lambda found: party(found[0]), name)}
