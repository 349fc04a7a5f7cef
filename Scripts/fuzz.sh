#!/bin/bash
# Fuzzes what reads Dockerfiles, words and .dockerignore files with libFuzzer: Scripts/fuzz.sh [SECONDS (180)] [MORE OF LIBFUZZER'S OPTIONS].
# What it finds new is added to Tests/Fuzz/corpus.tar.gz; what breaks something is left as Tests/Fuzz/crash-… and ends the run.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-180}
shift || true
out=.build/fuzz
mkdir -p $out/corpus $out/merged
tar xzf Tests/Fuzz/corpus.tar.gz -C $out/corpus
flags=(-O -swift-version 6 -parse-as-library -sanitize=fuzzer -enable-upcoming-feature ExistentialAny
    -enable-upcoming-feature MemberImportVisibility -I $out)
for module in Basics TextTools Dockerfile; do
    find Sources/$module -name '*.swift' -print0 \
        | xargs -0 swiftc "${flags[@]}" -emit-module -emit-module-path $out/$module.swiftmodule -emit-library -static \
            -module-name $module -o $out/lib$module.a
done
swiftc "${flags[@]}" Tests/Fuzz/fuzz.swift -L $out -lDockerfile -lTextTools -lBasics -o $out/fuzz
$out/fuzz -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=8192 -artifact_prefix=Tests/Fuzz/ "$@" $out/corpus
# Only what reaches something that nothing else does is kept.
rm -f $out/merged/*
$out/fuzz -merge=1 $out/merged $out/corpus 2>/dev/null
tar czf Tests/Fuzz/corpus.tar.gz --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C $out/merged .
