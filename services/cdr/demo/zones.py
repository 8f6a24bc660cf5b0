"""Made-up prices of the sample plan by group of countries, and which foreign prefixes are mobile."""

from typing import NamedTuple

from services.cdr.domain.countries import EU_ZONE


class Prices(NamedTuple):
    """Euro per minute to fixed and mobile numbers, and per call, as text."""

    fixed: str
    mobile: str
    fee: str


ZONES = {
    1: Prices("0.0350", "0.0950", "0.0455"),  # EU and EEA
    2: Prices("0.0350", "0.1450", "0.0455"),  # countries one calls about as much
    3: Prices("0.1250", "0.2250", "0.0500"),  # the rest of Europe, large countries elsewhere
    4: Prices("0.3250", "0.4250", "0.0500"),  # most of the world
    5: Prices("1.2500", "1.3500", "0.1000"),  # islands and networks that are costly to reach
}

_GROUPS = {
    2: "GB CH US CA AU NZ JP KR SG HK IL PR GG JE IM VA SM MC AD GI",
    3: "TR UA RS BA ME MK AL MD XK BY RU KZ FO MA DZ TN EG ZA CN IN TW TH MY ID PH VN BR AR CL MX CO PE"
    " AE SA SR CW BQ AW SX DO",
    5: "CU KP SO AC SH TA FK GL IO NR TV TO TK WF NU CK KI NF SB VU WS PW MH FM PG MG KM ST GW ER DJ SS"
    " BL MF",
}
_ZONE_OF = {country: zone for zone, countries in _GROUPS.items() for country in countries.split()}


def zone_number(country: str) -> int:
    """1 to 5 for a country; 4 when nothing else is said."""
    return 1 if country in EU_ZONE else _ZONE_OF.get(country, 4)


# After the country code. From libphonenumber's patterns, where a whole range is mobile; Denmark, the
# United States and Canada are not here, as their mobile numbers cannot be told apart.
MOBILE_PREFIXES = {
    "AE": "5",
    "AT": "65 66 67 68 69",
    "AU": "4",
    "BE": "45 46 47 48 49",
    "BG": "87 88 89 98 99",
    "CH": "75 76 77 78 79",
    "CN": "13 14 15 16 17 18 19",
    "CY": "9",
    "CZ": "6 7",
    "DE": "15 16 17",
    "EE": "5",
    "EG": "10 11 12",
    "ES": "6 7",
    "FI": "4 50",
    "FR": "6 7",
    "GB": "71 72 73 74 75 77 78 79",
    "GR": "69",
    "HR": "9",
    "HU": "20 30 31 50 70",
    "ID": "8",
    "IE": "8",
    "IL": "5",
    "IS": "6 7 82 83 84 85 86 88 89",
    "IT": "3",
    "JP": "60 70 80 90",
    "KR": "1",
    "LI": "6 7",
    "LT": "6",
    "LU": "6",
    "LV": "2",
    "MA": "6 7",
    "MT": "7 9",
    "NO": "4 9",
    "NZ": "2",
    "PH": "8 9",
    "PK": "3",
    "PL": "45 50 51 53 57 60 66 69 72 73 78 79 88",
    "PT": "9",
    "RO": "7",
    "RS": "6",
    "SA": "5",
    "SE": "7",
    "SG": "8 9",
    "SI": "30 31 40 41 51 64 65 66 68 69 70 71",
    "SK": "9",
    "TH": "6 8 9",
    "TR": "5",
    "UA": "39 50 63 66 67 68 7 9",
    "VN": "3 5 7 8 9",
    "ZA": "6 7 8",
}

NETWORKS = {
    "800": ("Internationaal gratis (00800)", "0"),
    "808": ("Internationaal gedeelde kosten (+808)", "0.3500"),
    "870": ("Satelliet Inmarsat (+870)", "6.5000"),
    "878": ("Persoonlijke nummers (+878)", "1.2500"),
    "881": ("Satelliet (+881)", "6.5000"),
    "882": ("Internationale netwerken (+882)", "5.5000"),
    "883": ("Internationale netwerken (+883)", "1.9500"),
    "888": ("Hulpverlening bij rampen (+888)", "1.2500"),
    "979": ("Internationale betaaldiensten (+979)", "5.5000"),
}
"""Codes of no country: the name customers see, and euro per minute."""
