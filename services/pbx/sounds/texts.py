"""What the standard sounds say. Another text: change it, and run :mod:`services.pbx.sounds.make`."""

from __future__ import annotations

from services.pbx.domain.edge.speech import MOST_COUNTED

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)

TEXTS = {
    "welkom": "Welkom. Maak uw keuze met de cijfers op uw telefoon.",
    "fout": "Deze keuze is niet mogelijk.",
    "toestel": "Kies het toestelnummer, en sluit af met een hekje.",
    "geen-toestel": "Dit toestelnummer bestaat niet.",
    "naam": "Spel de naam met de letters op uw telefoon, en sluit af met een hekje.",
    "geen-naam": "Deze naam is niet gevonden.",
    "meer-namen": "Er zijn meer mensen met deze naam.",
    "kies": "Kies",
    "voor-toestel": "voor toestel",
    "doorschakelen": "U wordt nu doorgeschakeld.",
    "wachten": "Al onze medewerkers zijn in gesprek. Een ogenblik geduld, alstublieft.",
    "niemand": "Er is nu niemand bereikbaar. Probeer het later nog eens.",
    "tot-ziens": "Dank u wel voor het bellen. Tot ziens.",
    "geen-gehoor": "Wij kunnen uw oproep nu niet beantwoorden.",
    "in-gesprek": "Wij zijn nu in gesprek.",
    "na-de-toon": "Spreek uw bericht in na de toon.",
    "later": "Probeer het later nog eens.",
    "bedankt": "Dank u wel. Uw bericht is bewaard.",
    "geen-bericht-opgenomen": "Er is geen bericht opgenomen.",
    "u-hebt": "U hebt",
    "geen-berichten": "U hebt geen berichten.",
    "een-bericht": "één bericht.",
    "berichten": "berichten.",
    "meer-dan": "meer dan",
    "bericht": "Bericht",
    "vandaag": "vandaag",
    "gisteren": "gisteren",
    "om": "om",
    "uur": "uur",
    "bericht-toetsen": "Kies 1 om opnieuw te luisteren, 2 voor het volgende bericht, "
    "3 om dit bericht te wissen, of 9 om uw begroeting in te spreken.",
    "berichten-beluisteren": "Kies 1 om uw berichten te beluisteren.",
    "begroeting-inspreken": "Kies 9 om uw begroeting in te spreken, of hang op.",
    "gewist": "Het bericht is gewist.",
    "laatste-bericht": "Dit was het laatste bericht.",
    "begroeting-na-de-toon": "Spreek uw begroeting in na de toon. Druk op een toets als u klaar bent.",
    "dit-is-uw-begroeting": "Dit is uw begroeting.",
    "begroeting-toetsen": "Kies 1 om deze begroeting te bewaren, 2 om opnieuw in te spreken, "
    "of 3 om te stoppen zonder te bewaren.",
    "begroeting-bewaard": "Uw begroeting is bewaard.",
    "niets-opgenomen": "Er is niets opgenomen.",
    **{f"maand-{number}": name for number, name in enumerate(MONTHS, 1)},
    **{f"getal-{number}": str(number) for number in range(MOST_COUNTED + 1)},
}
