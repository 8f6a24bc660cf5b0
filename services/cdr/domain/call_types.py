"""Call types: what kind of usage a customer sees it as, by the Dutch number plan and the country.

Decisions:
- the type of a call goes by the number that is called, also from abroad; a mobile number of another
  country is international, like any other of that country;
- EU is the EU, the rest of the EEA and the parts of countries.EU_PARTS; GB and CH are the world;
- an SMS is "sms" wherever it goes, and "sms_premium" to a short code or an 0900, 0906 or 0909 number;
- where a mobile was does not show in the type of its calls and SMS, but decides what bundles take it for
  (counted_as);
- 084 and 087 (personal assistants), 082, paging, M2M and ranges given to nobody are "other": what
  they cost differs from everything else, so a plan has to name them.
"""

from functools import lru_cache

from services.cdr.domain.countries import country_of, zone_of
from services.cdr.domain.dutch_numbers import find_range, short_type

CALL_TYPES = (
    "internal",
    "national",
    "mobile",
    "international_eu",
    "international_world",
    "service_0800",
    "service_0900",
    "service_0906",
    "service_0909",
    "service_14",
    "service_18",
    "emergency",
    "forwarded",
    "incoming",
    "data_national",
    "data_eu",
    "data_world",
    "sms",
    "sms_premium",
    "other",
)

HOME = "NL"
_PREMIUM = frozenset({"service_0900", "service_0906", "service_0909"})


def classify(
    kind: str, direction: str, sender: str | None, receiver: str | None, roaming_country: str | None
) -> tuple[str, str | None]:
    """(call type, ISO code of the other side's country) for parties in our notation.

    For data the country is where it was used. The country is None for an extension, a name, a
    withheld caller; countries.NO_COUNTRY for satellites and the like.
    """
    if kind == "data":
        country = roaming_country or HOME
        return ("data_national" if country == HOME else f"data_{zone_of(country)}"), country
    if direction == "in":
        return "incoming", _called(sender or "")[1]
    call_type, country_called = _called(receiver or "")
    if direction == "forward":
        return "forwarded", country_called
    if kind == "sms":
        return _sms_type(receiver or "", call_type), country_called
    return call_type, country_called


def counted_as(call_type: str, kind: str, roaming_country: str | None) -> str:
    """The type by which bundles of mobile subscriptions count usage and cover it, of its call type.

    They are for use at home and in the EU: calls and SMS elsewhere count as a type of their own, which no
    share names. What shares name as incoming is being called abroad: that at home is one of its own too.
    """
    if kind != "data" and roaming_country and zone_of(roaming_country) == "world":
        return f"{call_type}_outside_eu"
    if call_type == "incoming" and (roaming_country or HOME) == HOME:
        return "incoming_at_home"
    return call_type


@lru_cache(maxsize=30_000)
def _called(party: str) -> tuple[str, str | None]:
    scheme, _, rest = party.partition(":")
    if scheme == "ext":
        return "internal", None
    if scheme == "nl":
        return short_type(rest) or "other", HOME
    country = country_of(party)
    if country is None:
        return "other", None
    if country != HOME:
        return f"international_{zone_of(country)}", country
    found = find_range(party[3:])
    return (found[1].call_type if found else "other"), HOME


def _sms_type(receiver: str, call_type: str) -> str:
    short_code = receiver.startswith("nl:") and not short_type(receiver[3:])
    return "sms_premium" if short_code or call_type in _PREMIUM else "sms"
