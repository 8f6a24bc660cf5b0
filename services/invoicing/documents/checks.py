"""What an invoice lacks before it may be sent: asked before it gets a number, as it cannot change after."""

from __future__ import annotations

from services.invoicing.documents.parties import electronic_address
from services.invoicing.domain.invoice import Buyer, Invoice, Seller
from shared.words import gettext as _


def lacking(invoice: Invoice) -> list[str]:
    """Sentences of what is missing for the documents of this invoice; none when all is there. Without it
    the documents can still be made: the e-invoice then makes no claim to its profile (``ubl.profile_of``).

    The address and VAT number that tax law asks of an invoice (art. 35a Wet OB), what the e-invoice
    profile asks (BR-NL-*, PEPPOL-EN16931-R*), and what the way of payment needs.
    """
    return [
        *_of_seller(invoice.seller),
        *_of_buyer(invoice.buyer),
        *_of_profile(invoice),
        *_of_payment(invoice),
    ]


def _of_seller(seller: Seller) -> list[str]:
    needed = (
        (seller.name, _("De afzender heeft geen naam.")),
        (seller.street and seller.postcode and seller.city, _("De afzender heeft geen volledig adres.")),
        (seller.kvk, _("De afzender heeft geen KvK-nummer.")),
        (seller.vat_number, _("De afzender heeft geen btw-id.")),
    )
    return [sentence for present, sentence in needed if not present]


def _of_buyer(buyer: Buyer) -> list[str]:
    needed = (
        (buyer.name.strip(), _("De klant heeft geen naam.")),
        (
            buyer.street and buyer.postcode and buyer.city,
            _("De klant heeft geen volledig adres: vul straat, postcode en plaats in."),
        ),
    )
    return [sentence for present, sentence in needed if not present]


def _of_profile(invoice: Invoice) -> list[str]:
    buyer = invoice.buyer
    sentences = []
    if not buyer.kvk and buyer.country == "NL" and invoice.profile == "nlcius":
        sentences.append(_("De klant heeft geen KvK-nummer. Een e-factuur volgens NLCIUS heeft dat nodig."))
    if invoice.profile == "peppol" and not electronic_address(buyer):
        sentences.append(
            _("De klant heeft geen KvK-nummer en geen btw-id. Peppol heeft er een nodig als adres.")
        )
    if any(total.category == "AE" for total in invoice.vat_totals) and not buyer.vat_number:
        sentences.append(_("De btw is verlegd, maar de klant heeft geen btw-id."))
    return sentences


def _of_payment(invoice: Invoice) -> list[str]:
    terms, seller = invoice.payment, invoice.seller
    if not seller.iban:
        return [_("De afzender heeft geen IBAN.")]
    if terms.method == "transfer":
        return []
    needed = (
        (terms.iban, _("De klant betaalt per incasso, maar heeft geen IBAN.")),
        (
            terms.mandate_id and terms.mandate_signed_on,
            _("De klant betaalt per incasso, maar de machtiging heeft geen kenmerk of datum."),
        ),
        (seller.creditor_id, _("De afzender heeft geen incassant-ID.")),
    )
    return [sentence for present, sentence in needed if not present]
