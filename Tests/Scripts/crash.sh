#!/bin/bash
# A few of the points at which `make test-crash` kills the engine, evenly spread over every operation.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(id -u)" -eq 0 ] || { echo "crash: skipped, since making containers needs root" >&2; exit 0; }
Tests/Crash/crash.py --most 6
