#!/bin/bash
# How long a whole `run --rm … true` takes: drydock, the engines that are installed, and the floor. See README.md beside this file.
#
#   Benchmarks/run.sh [--runs N] [--json FILE]        N: runs each (30; slow engines get a third)
set -euo pipefail
cd "$(dirname "$0")/.."

[ "$(id -u)" -eq 0 ] || { echo "Benchmarks/run.sh: making containers needs root" >&2; exit 1; }
[ -x .build/release/drydock ] || { echo "Benchmarks/run.sh: no .build/release/drydock: call 'make build' first" >&2; exit 1; }

mkdir -p .build/benchmarks
cc -O2 -Wall -Wextra -o .build/benchmarks/floor Benchmarks/floor.c -lseccomp
exec python3 Benchmarks/compare.py --floor .build/benchmarks/floor --drydock .build/release/drydock "$@"
