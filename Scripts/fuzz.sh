#!/bin/bash
# Fuzzes what reads Dockerfiles, words and .dockerignore files with libFuzzer: Scripts/fuzz.sh [SECONDS (180)] [MORE OF LIBFUZZER'S OPTIONS].
# What it finds new is added to Tests/Fuzz/corpus; what breaks something is left as Tests/Fuzz/crash-… and ends the run.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-180}
shift || true
out=.build/fuzz
mkdir -p $out Tests/Fuzz/corpus
flags=(-O -swift-version 6 -parse-as-library -sanitize=fuzzer -enable-upcoming-feature ExistentialAny
    -enable-upcoming-feature MemberImportVisibility -I $out)
for module in Basics TextTools Dockerfile; do
    find Sources/$module -name '*.swift' -print0 \
        | xargs -0 swiftc "${flags[@]}" -emit-module -emit-module-path $out/$module.swiftmodule -emit-library -static \
            -module-name $module -o $out/lib$module.a
done
swiftc "${flags[@]}" Tests/Fuzz/fuzz.swift -L $out -lDockerfile -lTextTools -lBasics -o $out/fuzz
exec $out/fuzz -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=8192 -artifact_prefix=Tests/Fuzz/ "$@" Tests/Fuzz/corpus
