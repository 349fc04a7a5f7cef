#!/bin/bash
# Runs the Swift tests, as `swift test --skip-build` with its options, and keeps what they print in .build/tests.log. When they fail,
# what went wrong is said once more at the end, where one who reads a long log looks first (and some CI shows nothing else): what was
# expected, how the process crashed, and which tests had begun and not ended by then.
set -euo pipefail
cd "$(dirname "$0")/.."
log=.build/tests.log

code=0
swift test --skip-build "$@" 2>&1 | tee "$log" || code=$?
[ "$code" = 0 ] && exit 0

{
    echo "── what went wrong (all of it: $log)"
    grep -E 'recorded an issue|Fatal error|unexpected signal' "$log" | cut -c1-400 | sort -u | head -n 20 || true
    if grep -q 'unexpected signal' "$log"; then
        # The crashed thread's calls, which stand indented below its name.
        awk '/^Thread / { isCrashed = /crashed:$/ } isCrashed && /^ +[0-9]+ /' "$log" | cut -c1-160 | head -n 12
        echo "── begun and not ended:"
        # ◇ Test NAME started.   ✔ Test NAME passed after …   ✘ Test NAME failed after …
        awk '/^◇ Test .* started\.$/ { sub(/^◇ Test /, ""); sub(/ started\.$/, ""); begun[$0] }
            /^(✔|✘) Test .* (passed|failed) after/ { sub(/^[^ ]+ Test /, ""); sub(/ (with [0-9]+ test cases )?(passed|failed) after.*/, ""); delete begun[$0] }
            END { for (name in begun) print "   " name }' "$log" | sort | head -n 30
    fi
} >&2
exit "$code"
