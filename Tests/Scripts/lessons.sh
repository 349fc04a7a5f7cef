#!/bin/bash
# Every lesson is played, and played again with each single thing left out, which must be noticed. Prints the count.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "skipped: playing lessons needs root" >&2; exit 0; }
exec "$DRYDOCK_BIN/drydock" lesson lint
