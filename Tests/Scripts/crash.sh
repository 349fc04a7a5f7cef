#!/bin/bash
# A few of the points of `make test-crash` (the engine and the shim killed) and `make test-rollback` (a call fails, the user aborts), evenly
# spread over every operation. The whole of them takes an hour.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(id -u)" -eq 0 ] || { echo "crash: skipped, since making containers needs root" >&2; exit 0; }
said=$(mktemp)
trap 'rm -f "$said"' EXIT
# Two at a time, each on a root of its own.
{ Tests/Crash/crash.py --most 6 && Tests/Crash/crash.py --order && Tests/Crash/crash.py --shim --most 3; } >"$said" 2>&1 &
kills=$!
code=0
Tests/Crash/crash.py --faults --most 3 || code=1
Tests/Crash/crash.py --aborts --most 2 || code=1
wait "$kills" || code=1
cat "$said"
exit "$code"
