"""What the media server counts."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

CALLS = Gauge("tikker_media_calls", "Calls that are up")
STREAMS = Gauge("tikker_media_streams", "Sockets that speech goes through")
HEARD = Counter("tikker_media_heard_total", "What pbx was told of callers", ["event"])
REFUSED = Counter("tikker_media_refused_total", "Calls that were refused", ["code"])
CONNECTED = Counter("tikker_media_connected_total", "Transfers that were answered", ["way"])
PACKETS = Counter("tikker_media_packets_total", "Packets of speech that were sent")
LATE = Counter("tikker_media_late_packets_total", "Packets of speech sent more than 20 ms late")
DROPPED = Counter("tikker_media_dropped_total", "Datagrams to the SIP socket that were not read", ["why"])
UNANSWERED = Counter("tikker_media_unanswered_total", "Questions that pbx did not answer", ["what"])
LOST = Counter("tikker_media_lost_recordings_total", "Recordings that pbx never took")
