#!/bin/sh
# Starts Kamailio in the foreground on kamailio.cfg, with what the environment says filled in.
#
# Needed: SIP_REALM, SIP_PORT, SIP_RPC_PORT, SIP_TRUNK (host:port), EDGE_TOKEN, EDGE_AMQP_URI,
# EDGE_ROUTE_URL (pbx's listener), EDGE_CREDENTIALS_URL (provisioning's), SIP_RUN (a private folder).
# Optional: SIP_BIND, SIP_RPC_BIND, SIP_ADVERTISE (host that phones see), SIP_TRUNK_NETS (subnets with
# commas between), SIP_MEDIA (address:port of the media server), SIP_TLS_PORT with SIP_TLS_CERTIFICATE and
# SIP_TLS_KEY, SIP_CHILDREN, SIP_PIKE (requests of one source in 2 s), SIP_LOG, SIP_CHECK (anything: only
# read the configuration). docs/sip.md explains them.
#
# Secrets go into a file that only we can read, not into arguments, which everybody on the machine can.
set -eu
umask 077
here=$(dirname "$0")
mkdir -p "$SIP_RUN"
made="$SIP_RUN/kamailio.cfg"

refuse() {
    echo "kamailio: $1" >&2
    exit 78
}

script="$SIP_RUN/fill.sed"
: >"$script"

fill() { # fill NAME VALUE: @NAME@ in the configuration becomes this value
    case "$2" in
    *[\"\\]* | *"
"*) refuse "$1 may not have quotes, backslashes or line ends in it" ;;
    esac
    printf 's|@%s@|%s|g\n' "$1" "$(printf %s "$2" | sed 's/[&|]/\\&/g')" >>"$script"
}

for name in SIP_REALM SIP_PORT SIP_RPC_PORT SIP_TRUNK EDGE_TOKEN EDGE_AMQP_URI EDGE_ROUTE_URL \
    EDGE_CREDENTIALS_URL; do
    eval "value=\${$name:-}"
    [ -n "$value" ] || refuse "the setting $name is missing"
done

# Without its broker Kamailio would not start at all. Telephones, and 112, matter more than messages about
# them: those are then kept in memory until somebody starts it again with the broker there.
broker=${EDGE_AMQP_URI#*@}
broker=${broker%%/*}
events=yes
if command -v bash >/dev/null; then
    timeout 3 bash -c "</dev/tcp/${broker%:*}/${broker##*:}" 2>/dev/null || events=no
fi

fill REALM "$SIP_REALM"
fill TRUNK "$SIP_TRUNK"
fill TRUNK_HOST "${SIP_TRUNK%:*}"
fill TRUNK_PORT "${SIP_TRUNK##*:}"
fill TRUNK_NETS "${SIP_TRUNK_NETS:-}"
SIP_MEDIA=${SIP_MEDIA:-}
fill MEDIA "$SIP_MEDIA"
fill MEDIA_HOST "${SIP_MEDIA%:*}"
fill MEDIA_PORT "${SIP_MEDIA##*:}"
fill TOKEN "$EDGE_TOKEN"
fill BROKER "$EDGE_AMQP_URI"
fill ROUTE_URL "$EDGE_ROUTE_URL"
fill RECORD_URL "${EDGE_ROUTE_URL%/route}/record"
fill CREDENTIALS_URL "$EDGE_CREDENTIALS_URL"
fill RPC_PORT "$SIP_RPC_PORT"
fill TLS_CERTIFICATE "${SIP_TLS_CERTIFICATE:-}"
fill TLS_KEY "${SIP_TLS_KEY:-}"
fill PIKE "${SIP_PIKE:-200}"
fill LOG "${SIP_LOG:-1}"

bind=${SIP_BIND:-127.0.0.1}
if [ -n "${SIP_ADVERTISE:-}" ] && ! getent hosts "$SIP_ADVERTISE" >/dev/null; then
    refuse "SIP_ADVERTISE is $SIP_ADVERTISE, which this machine cannot resolve" # it would not listen at all
fi
advertise=${SIP_ADVERTISE:+ advertise $SIP_ADVERTISE:$SIP_PORT}
{
    echo '#!KAMAILIO'
    [ $events = no ] || echo '#!define WITH_BROKER'
    [ -z "${SIP_TLS_PORT:-}" ] || echo '#!define WITH_TLS'
    [ -z "${SIP_TRUNK_NETS:-}" ] || echo '#!define WITH_TRUNK_NETS'
    [ -z "$SIP_MEDIA" ] || echo '#!define WITH_MEDIA'
    echo "children=${SIP_CHILDREN:-4}"
    echo "listen=udp:$bind:$SIP_PORT$advertise"
    echo "listen=tcp:$bind:$SIP_PORT$advertise"
    [ -z "${SIP_TLS_PORT:-}" ] || echo "listen=tls:$bind:$SIP_TLS_PORT"
    echo "listen=tcp:${SIP_RPC_BIND:-127.0.0.1}:$SIP_RPC_PORT"
    sed -f "$script" "$here/kamailio.cfg"
} >"$made"
rm -f "$script"

exec "${KAMAILIO:-/usr/sbin/kamailio}" ${SIP_CHECK:+-c} -DD -E -f "$made" -Y "$SIP_RUN" -m 128 -M 16
