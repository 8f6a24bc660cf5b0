"""What phones get, with clients that nobody here wrote: curl as each vendor's phone behaves."""

from __future__ import annotations

import json
import secrets
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime

import pytest

from shared.ids import new_id
from tests.integration.provisioning.conftest import PASSWORD, Provisioning, curl, md5, setting
from tests.support.processes import until

FRESH = "X-Forwarded-For"


def mac() -> str:
    return "00" + secrets.token_hex(5)


VENDORS = [
    ("yealink-t54w", "{mac}.cfg", "--digest", "Yealink SIP-T54W 96.86.0.75 {mac}"),
    ("yealink-w70b", "{mac}.cfg", "--digest", "Yealink W70B 146.85.0.40 {mac}"),
    ("snom-d785", "snomD785-{MAC}.htm", "--basic", "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33)"),
    ("grandstream-grp2614", "cfg{mac}.xml", "--digest", "Grandstream Model HW GRP2614 SW 1.0.5.15"),
    ("grandstream-gxp2170", "cfg{mac}.xml", "--basic", "Grandstream Model HW GXP2170 SW 1.0.11.6"),
    ("poly-vvx450", "poly-{mac}.cfg", "--digest", "FileTransport PolycomVVX-VVX_450-UA/5.9.1.0615"),
    ("cisco-8841", "cisco-{MAC}.xml", "--digest", "Cisco-CP-8841-3PCC/11.0 ({mac})"),
    ("cisco-spa504g", "cisco-{mac}.xml", "--basic", "Cisco/SPA504G-7.4.4 ({MAC})"),
    ("gigaset-n870", "{MAC}.xml", "--digest", "Gigaset N870 IP PRO/83.V2.43.0+build.5f0a106;{MAC}"),
    ("panasonic-hdv130", "Config{MAC}.cfg", "--basic", "Panasonic_KX-HDV130/01.133 ({mac})"),
    ("fanvil-x5u", "{mac}.cfg", "--digest", "Fanvil X5U-V2 2.12.16.17 {mac}"),
    ("mitel-6920", "{MAC}.cfg", "--digest", "Mitel6920 MAC:14-00-E9-1F-03-EA V:6.4.0.140-SIP"),
]


@pytest.mark.feature("PRV-02")
@pytest.mark.parametrize(("model", "file", "scheme", "agent"), VENDORS, ids=[v[0] for v in VENDORS])
def test_each_vendors_phone_gets_its_own_file_its_own_way(
    provisioning: Provisioning, customer: str, model: str, file: str, scheme: str, agent: str
) -> None:
    address = mac()
    device = provisioning.create(customer, address, model)
    name = file.format(mac=address, MAC=address.upper())
    url = f"{provisioning.front}/{name}"
    agent = agent.format(mac=address, MAC=address.upper())
    asked = curl(url, "-A", agent)
    assert asked.status == 401
    assert scheme.removeprefix("--") in " ".join(asked.headers["www-authenticate"]).lower()
    got = curl(url, "-A", agent, scheme, "-u", f"{device['config_user']}:{PASSWORD}")
    assert got.status == 200
    assert provisioning.row(device["id"])["sip_user"].encode() in got.body
    if got.headers["content-type"][0].startswith("text/xml"):
        ElementTree.fromstring(got.body)

    def state() -> dict[str, object]:
        found: dict[str, object] = provisioning.user(customer, "device", device_id=device["id"])["state"]
        return found

    until(lambda: state()["fetched_at"], what="the mark of the fetch")
    assert (state()["agent"], state()["agent_fits"], state()["up_to_date"]) == (agent, True, True)
    (listed,) = provisioning.user(customer, "devices")["rows"]
    assert listed["state"] == state()


@pytest.mark.feature("PRV-04")
def test_wrong_unknown_foreign_disabled_and_another_vendor_are_not_told_apart(
    provisioning: Provisioning, customer: str, source: str
) -> None:
    known, disabled, snom = (mac() for _ in range(3))
    own = provisioning.create(customer, known)
    off = provisioning.create(customer, disabled)
    provisioning.user(customer, "change_device", device_id=off["id"], enabled=False, command_id=new_id())
    other = provisioning.create(customer, snom, "snom-d785")

    def answer(name: str, user: str, password: str) -> tuple[object, ...]:
        url = f"{provisioning.front}/{name}"
        found = curl(url, "-H", f"{FRESH}: {source}", "--digest", "-u", f"{user}:{password}")
        headers = {k: v for k, v in found.headers.items() if k not in ("date", "www-authenticate")}
        challenge = found.headers["www-authenticate"][0].split("nonce=")[0]
        return found.status, headers, challenge, found.body

    wrong_password = answer(f"{known}.cfg", own["config_user"], "Fiets-28")
    unknown_mac = answer(f"{mac()}.cfg", own["config_user"], PASSWORD)
    unknown_user = answer(f"{known}.cfg", "1000000000", PASSWORD)
    switched_off = answer(f"{disabled}.cfg", off["config_user"], PASSWORD)
    another_vendor = answer(f"{snom}.cfg", other["config_user"], PASSWORD)
    assert wrong_password[0] == 401
    assert wrong_password == unknown_mac == unknown_user == switched_off == another_vendor


@pytest.mark.feature("PRV-04")
def test_a_phone_is_locked_out_after_ten_wrong_tries_from_one_address_and_from_no_other(
    provisioning: Provisioning, customer: str, source: str
) -> None:
    address = mac()
    device = provisioning.create(customer, address)
    url = f"{provisioning.front}/{address}.cfg"
    here = ("-H", f"{FRESH}: {source}", "--basic")
    wrong = [curl(url, *here, "-u", f"{device['config_user']}:Wrong-{n}") for n in range(10)]
    assert [answer.status for answer in wrong] == [401] * 9 + [429]
    assert wrong[-1].headers["retry-after"] == ["601"]
    right = ("-u", f"{device['config_user']}:{PASSWORD}")
    assert curl(url, *here, *right).status == 429
    assert curl(url, "-H", f"{FRESH}: 203.0.113.77", "--basic", *right).status == 200
    nobody = f"{provisioning.front}/{mac()}.cfg"
    unknown = [curl(nobody, *here, "-u", "1000000000:Wrong-1").status for _ in range(10)]
    assert unknown == [401] * 9 + [429]


@pytest.mark.feature("PRV-04", "PRV-05")
def test_digest_binds_a_proof_to_its_address_and_is_used_once(
    provisioning: Provisioning, customer: str
) -> None:
    address, other = mac(), mac()
    device = provisioning.create(customer, address)
    provisioning.create(customer, other)
    challenge = curl(f"{provisioning.front}/{address}.cfg").headers["www-authenticate"][0]
    nonce = challenge.split('nonce="')[1].split('"')[0]

    def header(target: str, nc: str = "00000001", given: str = nonce) -> str:
        ha1 = md5(f"{device['config_user']}:Tikker:{PASSWORD}")
        response = md5(f"{ha1}:{given}:{nc}:abc:auth:{md5(f'GET:{target}')}")
        fields = f'username="{device["config_user"]}", realm="Tikker", nonce="{given}", uri="{target}"'
        return f'Authorization: Digest {fields}, response="{response}", nc={nc}, cnonce="abc", qop=auth'

    def ask(name: str, line: str) -> tuple[int, bool]:
        found = curl(f"{provisioning.front}/{name}", "-H", line)
        return found.status, "stale=true" in " ".join(found.headers.get("www-authenticate", []))

    own = f"/{address}.cfg"
    assert ask(f"{other}.cfg", header(own))[0] == 401
    assert ask(f"{address}.cfg", header(own)) == (200, False)
    assert ask(f"{address}.cfg", header(own)) == (401, True)
    assert ask(f"{address}.cfg", header(own, "00000002")) == (200, False)
    forged = nonce[:-1] + ("0" if nonce[-1] != "0" else "1")
    assert ask(f"{address}.cfg", header(own, "00000003", forged)) == (401, True)


@pytest.mark.feature("PRV-05")
def test_the_same_configuration_is_not_sent_twice_but_only_who_may_have_it_learns_that(
    provisioning: Provisioning, customer: str
) -> None:
    address = mac()
    device = provisioning.create(customer, address)
    url, who = (
        f"{provisioning.front}/{address}.cfg",
        ("--digest", "-u", f"{device['config_user']}:{PASSWORD}"),
    )
    first, again = curl(url, *who), curl(url, *who)
    assert first.body == again.body
    tag = first.headers["etag"][0]
    known = curl(url, *who, "-H", f"If-None-Match: {tag}")
    assert (known.status, known.body, known.headers["etag"]) == (304, b"", [tag])
    assert curl(url, "-H", f"If-None-Match: {tag}").status == 401
    head = curl(url, *who, "-I")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == [str(len(first.body))]


def test_open_files_have_no_secrets_uploads_are_refused_and_other_names_are_not_there(
    provisioning: Provisioning,
) -> None:
    front = provisioning.front
    master = curl(f"{front}/000000000000.cfg")
    assert master.status == 200 and b"poly-[PHONE_MAC_ADDRESS].cfg" in master.body
    assert b"https://toestellen.example/snomD785-{mac}.htm" in curl(f"{front}/snomD785.htm").body
    assert curl(f"{front}/y000000000096.cfg").body == b"#!version:1.0.0.1\n"
    upload = curl(f"{front}/64167f9f4c90-boot.log", "-T", "-", "-H", "Expect:")
    assert (upload.status, upload.headers["allow"]) == (405, ["GET, HEAD"])
    for name in ("", "cfg001122334455", "firmware.rom", "../etc/passwd", "sip/credentials/abc", "x" * 200):
        assert curl(f"{front}/{name}").status == 404, name


@pytest.mark.feature("PRV-04")
def test_secrets_are_sealed_where_they_are_kept_and_the_sip_proxy_gets_a_proof_only(
    provisioning: Provisioning, customer: str
) -> None:
    address, user = mac(), new_id()
    provisioning.user_is(customer, user, 1, display_name="Balie", extension="201")
    device = provisioning.create(customer, address, user_id=user)
    who = ("--digest", "-u", f"{device['config_user']}:{PASSWORD}")
    file = curl(f"{provisioning.front}/{address}.cfg", *who).body.decode()
    password, name = setting(file, "account.1.password"), setting(file, "account.1.user_name")
    row = str(provisioning.row(device["id"]))
    assert password not in row and PASSWORD not in row and "static.security" not in row
    found = json.loads(provisioning.credentials(name).body)
    assert found["ha1"] == md5(f"{name}:tikker:{password}")
    assert (found["customer_id"], found["user_id"]) == (customer, user)
    assert provisioning.credentials(name, "wrong").status == 401
    assert provisioning.credentials("abcdefghjkmn").status == 404
    provisioning.user(customer, "change_device", device_id=device["id"], enabled=False, command_id=new_id())
    assert provisioning.credentials(name).status == 404
    logs = provisioning.listener_process.log.read_text() + provisioning.service.log.read_text()
    assert password not in logs and PASSWORD not in logs and "Authorization" not in logs


def test_the_phonebook_is_read_by_who_has_its_address_from_the_configuration(
    provisioning: Provisioning, customer: str
) -> None:
    address, user = mac(), new_id()
    provisioning.user_is(customer, user, 1, display_name='Bar & "Balie" <b>\r\nx', extension="201")
    device = provisioning.create(customer, address)
    who = ("--digest", "-u", f"{device['config_user']}:{PASSWORD}")
    file = curl(f"{provisioning.front}/{address}.cfg", *who).body.decode()
    book = setting(file, "remote_phonebook.data.1.url").removeprefix("https://toestellen.example")
    entry = ElementTree.fromstring(curl(f"{provisioning.front}{book}").body).find("DirectoryEntry")
    assert entry is not None
    assert (entry.findtext("Name"), entry.findtext("Telephone")) == ('Bar & "Balie" <b> x', "201")
    assert curl(f"{provisioning.front}/boek/{new_id()}/phonebook.xml").status == 404


@pytest.mark.feature("PRV-04")
def test_who_tries_many_mac_addresses_is_refused_for_those_and_a_right_phone_beside_it_is_not(
    provisioning: Provisioning, customer: str, source: str
) -> None:
    address = mac()
    device = provisioning.create(customer, address)
    seen = source.rpartition(", ")[2]
    provisioning.database["sources"].insert_one({"_id": seen, "macs": 101, "at": datetime.now(UTC)})
    here = ("-H", f"{FRESH}: {source}", "--basic", "-u")
    unknown = mac()
    assert curl(f"{provisioning.front}/{unknown}.cfg", *here, "1000000000:Wrong-1").status == 429
    assert provisioning.database["tries"].count_documents({"_id": f"{unknown}|{seen}"}) == 0
    right = f"{device['config_user']}:{PASSWORD}"
    assert curl(f"{provisioning.front}/{address}.cfg", *here, right).status == 200
