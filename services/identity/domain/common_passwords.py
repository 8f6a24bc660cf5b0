"""Passwords that are tried first: refused in any case, also with digits or ``!`` behind them.

A short list of our own of what Dutch and English lists of leaked passwords have in common. It keeps
out what a few tries would find; the lockout is there for the rest.
"""

from __future__ import annotations

_DUTCH = """
    welkom welkom0 welkom1 welkom01 wachtwoord geheim geheimpje geheim01 inloggen inlog toegang bedrijf
    telefoon telefoontje telefonie mobiel centrale kantoor gebruiker gebruikersnaam beheer beheerder
    amsterdam rotterdam denhaag utrecht eindhoven groningen nederland holland oranje ajax feyenoord psv
    voetbal fietsen schaatsen zomer winter lente herfst maandag dinsdag woensdag donderdag vrijdag
    zaterdag zondag januari februari maart april juni juli augustus september oktober november december
    koningsdag sinterklaas kerstmis vakantie zonnetje zonneschijn bloemen vlinder poes poesje hondje
    konijn schatje liefje lieverd snoepje knuffel mama papa moeder vader oma opa familie hallo
    hoihoi doei goedemorgen dankjewel alsjeblieft lekker biertje pannenkoek stroopwafel hagelslag
    ikhouvanjou ikhouvanjou1 laatmebinnen qwertz sesamopenu sesam test testen testtest proef tijdelijk
    nieuw nieuw1234 verander veranderen wijzigen tikker
"""

_ENGLISH = """
    password passw0rd p@ssword p@ssw0rd pa55word pass passwd passpass passphrase letmein letmeinnow welcome
    welcome1 login logmein admin administrator root superuser user guest default changeme change master
    secret access security system server computer internet office company business manager support
    service phone telephone mobile voip cisco yealink grandstream snom polycom asterisk freepbx
    monkey dragon shadow sunshine princess football baseball basketball soccer hockey superman batman
    spiderman starwars pokemon naruto matrix mustang ferrari porsche mercedes corvette harley yamaha
    honda toyota michael jennifer jessica jordan charlie thomas daniel andrew joshua matthew robert
    william george hunter ranger buster tigger ginger pepper maggie summer spring autumn monday
    friday october london liverpool chelsea arsenal barcelona madrid iloveyou loveyou lovely love
    flower butterfly cookie chocolate cheese banana orange purple yellow silver golden diamond freedom
    whatever trustno1 nothing hello hellohello blink182 linkinpark metallica nirvana slipknot
    killer hacker ninja samurai wizard gandalf merlin phoenix thunder lightning eagle falcon tiger
    cowboy rainbow unicorn angel babygirl jesus blessed faith heaven lucky loveme fuckyou
    internet1 google facebook samsung iphone apple windows microsoft linux
"""

_KEYS = """
    123123 123123123 121212 112233 11223344 123321 1234321 123454321 123654 12345 123456 1234567 12345678
    123456789 1234567890 0123456789 012345 9876543210 987654321 87654321 7654321 654321 54321 147258369
    147258 159753 159357 258456 369258147 789456123 789456 456789 456123 741852963 741852 963852741 101010
    102030 131313 135790 246810 202020 696969 777888 998877 010203 0000001 1q2w3e 1q2w3e4r 1q2w3e4r5t
    1qaz2wsx 1qaz 2wsx3edc q1w2e3 q1w2e3r4 zaq12wsx zaq1zaq1 zaq1xsw2 qazwsx qazwsxedc qwe123 qweqwe qweasd
    qweasdzxc qwer qwert qwerty qwerty1 qwertyu qwertyui qwertyuio qwertyuiop qwertyqwerty azerty
    azertyuiop asd123 asdasd asdasdasd asdf asdfg asdfgh asdfghj asdfghjkl asdf1234 asdfasdf zxcvb zxcvbn
    zxcvbnm zxcvbnm1 poiuyt poiuytrewq lkjhgfdsa mnbvcxz abc123 abc abcd abcde abcdef abcdefg abcdefgh
    abcabc abcd1234 a1b2c3 a1b2c3d4 aa123456 a123456 a12345678 a123456789 q123456 qq123456 1a2b3c 123abc
    1234abcd 123qwe 123qweasd 1234qwer 12345qwert 123456a 123456q
"""

COMMON = frozenset(f"{_DUTCH} {_ENGLISH} {_KEYS}".split())
