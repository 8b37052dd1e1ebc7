#!/bin/sh
# uci.ts with podmate's own Node, for chess GUIs, which take one file as an engine.
here=$(dirname -- "$(readlink -f -- "$0")")
node=$here/../node_modules/node/bin/node
if [ ! -x "$node" ]; then
  echo "uci.sh: run 'node scripts/setup.mjs' in the folder of podmate once: it installs what is needed" >&2
  exit 1
fi
exec "$node" "$here/uci.ts" "$@"
