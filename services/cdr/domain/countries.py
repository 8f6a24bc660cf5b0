"""The country of an international number, and whether it counts as EU or as the rest of the world.

libphonenumber knows which country has which code; looking a number up in it costs tens of
microseconds, so its table of codes is read once and only what several countries share is added here,
by the digits that tell them apart.
"""

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

# fmt: off
EU_MEMBERS = frozenset({
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT",
    "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
})
# fmt: on
EEA_OTHERS = frozenset({"IS", "LI", "NO"})
"""Iceland, Liechtenstein and Norway follow the EU's caps on calls and roaming."""

EU_PARTS = frozenset({"AX", "GF", "GP", "MF", "MQ", "RE", "YT"})
"""Parts of a member state with a code of their own where EU law on telecom holds: Åland and the
French outermost regions. Not Saint-Barthélemy, Greenland, the Faroes or the Dutch Caribbean."""

EU_ZONE = EU_MEMBERS | EEA_OTHERS | EU_PARTS

NO_COUNTRY = "001"
"""What libphonenumber calls numbers of no country: satellites, +800, +979 and the like."""

# Area codes of +1 (North America) outside the United States. Toll-free codes have no country there.
_NORTH_AMERICA = {
    "AG": "268",
    "AI": "264",
    "AS": "684",
    "BB": "246",
    "BM": "441",
    "BS": "242",
    "CA": "204 226 236 249 250 257 263 273 289 306 343 354 365 367 368 382 403 416 418 428 431 437"
    " 438 450 468 474 506 514 519 548 579 581 584 587 600 604 613 622 633 639 647 672 683 705"
    " 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942",
    "DM": "767",
    "DO": "809 829 849",
    "GD": "473",
    "GU": "671",
    "JM": "658 876",
    "KN": "869",
    "KY": "345",
    "LC": "758",
    "MP": "670",
    "MS": "664",
    "PR": "787 939",
    "SX": "721",
    "TC": "649",
    "TT": "868",
    "VC": "784",
    "VG": "284",
    "VI": "340",
}

_SHARED = {
    "GG": "441481 447781 447839 4479111 4479117",
    "JE": "441534 447509 4477003 4477007 4477008 447797 447829 447937",
    "IM": "441624 4474576 447524 447624",
    "KZ": "77",
    "VA": "3906698 379",
    "SJ": "4779",
    "AX": "35818",
    "CC": "6189162",
    "CX": "6189164",
    "YT": "262269 2622689 262639 262709",
    "TA": "2908",
    "MF": "59059000 59059007 59059009 59059013 59059030 59059043 59059050 59059056 59059058 59059077"
    " 59059079",
    "BL": "59059027 59059029 59059051 59059052 59059087",
    "BQ": "5993 5994 5997",
}


def _read_codes() -> dict[str, str]:
    codes = {str(code): regions[0] for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()}
    for country, areas in _NORTH_AMERICA.items():
        codes.update((f"1{area}", country) for area in areas.split())
    for country, prefixes in _SHARED.items():
        codes.update((prefix, country) for prefix in prefixes.split())
    return codes


CODES = _read_codes()
"""Beginnings of international numbers (without +) and the country they belong to."""

_LONGEST = max(map(len, CODES))


def country_of(number: str) -> str | None:
    """The ISO 3166 code for a number such as "+32470…", NO_COUNTRY for one of no country, None when
    no country has this code or what is given is no international number."""
    if number[:1] != "+":
        return None
    for length in range(_LONGEST, 0, -1):
        country = CODES.get(number[1 : 1 + length])
        if country is not None:
            return country
    return None


def zone_of(country: str) -> str:
    """ "eu" for the EU, EEA and their parts (the Netherlands too), else "world": so also GB and CH."""
    return "eu" if country in EU_ZONE else "world"
