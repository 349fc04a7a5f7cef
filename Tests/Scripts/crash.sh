#!/bin/bash
# A few of the points at which `make test-crash` kills the engine, evenly spread over every operation, and of those at which
# `make test-rollback` lets a call fail.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(id -u)" -eq 0 ] || { echo "crash: skipped, since making containers needs root" >&2; exit 0; }
Tests/Crash/crash.py --most 6
Tests/Crash/crash.py --faults --most 3
