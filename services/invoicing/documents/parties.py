"""Who sells and who buys, as UBL."""

from __future__ import annotations

from services.invoicing.documents.xml import CAC, Node, etree, node, plain, text
from services.invoicing.domain.invoice import Buyer, Invoice, Seller

KVK, SEPA = "0106", "SEPA"
# ISO 6523 schemes (the list EAS) of a VAT number as an electronic address.
VAT_SCHEMES = {
    **{"AT": "9914", "BE": "9925", "BG": "9926", "CY": "9928", "CZ": "9929", "DE": "9930", "EE": "9931"},
    **{"EL": "9933", "ES": "9920", "FR": "9957", "GB": "9932", "HR": "9934", "HU": "9910", "IE": "9935"},
    **{"LT": "9937", "LU": "9938", "LV": "9939", "MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946"},
    **{"RO": "9947", "SE": "9955", "SI": "9949", "SK": "9950"},
}
Party = Seller | Buyer


def seller_party(invoice: Invoice) -> Node:
    """BG-4. The creditor identifier (BT-90) is there for a collection only."""
    seller = invoice.seller
    party = _party("AccountingSupplierParty", seller)
    collected = invoice.payment.method == "direct_debit" and invoice.kind == "invoice" and invoice.total > 0
    if collected and seller.creditor_id:
        text(node(_inner(party), "PartyIdentification"), "ID", plain(seller.creditor_id), schemeID=SEPA)
    _identity(_inner(party), seller)
    _contact(_inner(party), "", seller.phone, seller.email)
    return party


def buyer_party(invoice: Invoice) -> Node:
    """BG-7, with the customer number (BT-46)."""
    buyer = invoice.buyer
    party = _party("AccountingCustomerParty", buyer)
    if buyer.number:
        text(node(_inner(party), "PartyIdentification"), "ID", buyer.number)
    _identity(_inner(party), buyer)
    _contact(_inner(party), buyer.attention, "", buyer.email)
    return party


def _party(name: str, party: Party) -> Node:
    made = etree.Element(f"{{{CAC}}}{name}")
    inner = node(made, "Party")
    address = electronic_address(party)
    if address:
        text(inner, "EndpointID", address[1], schemeID=address[0])  # BT-34, BT-49
    return made


def electronic_address(party: Party) -> tuple[str, str] | None:
    """Where the party is found in Peppol: by its KvK number, else by its VAT number."""
    if party.kvk and party.country == "NL":
        return KVK, plain(party.kvk)
    number = plain(party.vat_number)
    scheme = VAT_SCHEMES.get(number[:2])
    return (scheme, number) if scheme else None


def _inner(party: Node) -> Node:
    return party[0]


def _identity(party: Node, who: Party) -> None:
    """Name, address, VAT number and register, in the order of the schema."""
    text(node(party, "PartyName"), "Name", who.name)  # BT-28, BT-45
    address = node(party, "PostalAddress")
    text(address, "StreetName", f"{who.street} {who.house_number}")
    text(address, "CityName", who.city)
    text(address, "PostalZone", who.postcode)
    text(node(address, "Country"), "IdentificationCode", who.country)
    if who.vat_number:
        scheme = node(party, "PartyTaxScheme")
        text(scheme, "CompanyID", plain(who.vat_number))  # BT-31, BT-48
        text(node(scheme, "TaxScheme"), "ID", "VAT")
    legal = node(party, "PartyLegalEntity")
    text(legal, "RegistrationName", who.name)  # BT-27, BT-44
    if who.kvk and who.country == "NL":
        text(legal, "CompanyID", plain(who.kvk), schemeID=KVK)  # BT-30, BT-47
    elif who.kvk:
        text(legal, "CompanyID", plain(who.kvk))


def _contact(party: Node, name: str, phone: str, email: str) -> None:
    if not (name or phone or email):
        return
    contact = node(party, "Contact")
    text(contact, "Name", name)
    text(contact, "Telephone", phone)
    text(contact, "ElectronicMail", email)
