#!/bin/sh
# Starts mongod as a member of the replica set "tikker". Members know each other by TIKKER_MONGO_KEYFILE, which
# mongod wants as a file of its own; the image's entry point then makes the administrator on the first start.
set -eu
: "${TIKKER_MONGO_KEYFILE:?is missing: it is the key that members of the replica set share}"

key=/run/tikker/keyfile # in memory
umask 077
rm -f "$key"
printf '%s' "$TIKKER_MONGO_KEYFILE" >"$key"
chmod 400 "$key"
if id mongodb >/dev/null 2>&1; then chown mongodb "$key"; fi
unset TIKKER_MONGO_KEYFILE

exec docker-entrypoint.sh mongod --replSet tikker --keyFile "$key" --noscripting "$@"
