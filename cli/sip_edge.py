"""What the processes of the SIP edge are told: the proxy, the media server, and pbx's listener and bridge
beside them."""

from __future__ import annotations

import os

from cli.house import House
from cli.ports import LOCALHOST
from cli.topology import EDGE, OWN_CARRIER

REALM = "tikker"
GIVEN = (
    "SIP_BIND",
    "SIP_ADVERTISE",
    "SIP_TRUNK",
    "SIP_TRUNK_NETS",
    "SIP_TLS_PORT",
    "SIP_TLS_CERTIFICATE",
    "SIP_TLS_KEY",
    "SIP_CHILDREN",
    "SIP_PIKE",
    "SIP_LOG",
)
"""Settings of the proxy, and below of the media server, that ``./tikker up --sip`` takes from its own
environment; see docs/sip.md."""

MEDIA_GIVEN = ("MEDIA_ADVERTISE", "MEDIA_RTP_FIRST", "MEDIA_RTP_LAST", "MEDIA_CALLS", "MEDIA_DIRECT")
EVERYWHERE = "0.0.0.0"


CALLS_ABROAD = "CALLS_ABROAD_AT_ONCE"


def realm() -> str:
    return os.environ.get("SIP_REALM") or REALM


def environment(name: str, house: House) -> dict[str, str]:
    """The settings of one of the four processes, and what pbx is told as well; nothing for any other."""
    token = house.keys.values.get("TIKKER_EDGE_TOKEN", "")
    ports = house.ports
    if name == "pbx":
        return _calls_abroad()
    if name == "pbx-listener":
        return {"TIKKER_EDGE_TOKEN": token, "ROUTE_PORT": str(ports.route), **_calls_abroad()}
    if name == "pbx-bridge":
        return {
            "TIKKER_EDGE_TOKEN": token,
            "INGEST_AMQP_URI": house.ingest_uri(OWN_CARRIER),
            "SIP_RPC_URL": f"http://{LOCALHOST}:{ports.sip_rpc}/RPC",
            "SIP_REALM": realm(),
        }
    if name == "pbx-media":
        return {
            "MEDIA_BIND": os.environ.get("SIP_BIND") or LOCALHOST,
            "MEDIA_ADVERTISE": os.environ.get("SIP_ADVERTISE") or _beside(),
            **_given(MEDIA_GIVEN),
            "MEDIA_PORT": str(ports.media),
            "MEDIA_PROXY": f"{_beside()}:{ports.sip}",
            "PBX_LISTENER": f"{LOCALHOST}:{ports.route}",
            "TIKKER_EDGE_TOKEN": token,
        }
    if name == "kamailio":
        return {
            "SIP_TRUNK": f"{LOCALHOST}:{ports.trunk}",
            **_given(GIVEN),
            "SIP_MEDIA": f"{_beside()}:{ports.media}",
            "SIP_REALM": realm(),
            "SIP_PORT": str(ports.sip),
            "SIP_RPC_PORT": str(ports.sip_rpc),
            "SIP_RUN": _run_folder(house),
            "EDGE_TOKEN": token,
            "EDGE_AMQP_URI": house.amqp_uri(EDGE),
            "EDGE_ROUTE_URL": f"http://{LOCALHOST}:{ports.route}/sip/route",
            "EDGE_CREDENTIALS_URL": f"http://{LOCALHOST}:{ports.provisioning}/sip/credentials/",
        }
    return {}


def _calls_abroad() -> dict[str, str]:
    """The cap of customers for whom staff chose none; pbx has a preset of its own."""
    given = os.environ.get(CALLS_ABROAD)
    return {CALLS_ABROAD: given} if given else {}


def _given(names: tuple[str, ...]) -> dict[str, str]:
    return {each: os.environ[each] for each in names if os.environ.get(each)}


def _beside() -> str:
    """The address at which the proxy and the media server find each other."""
    bound = os.environ.get("SIP_BIND") or LOCALHOST
    return LOCALHOST if bound == EVERYWHERE else bound


def _run_folder(house: House) -> str:
    """A private folder, also where several systems share one state (tests)."""
    return os.path.join(os.path.dirname(house.mail), "run", f"sip-{house.base_port}")
