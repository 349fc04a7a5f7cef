#!/bin/bash
# Builds drydock, drydock-engine and drydock-shim into .build/release. Nothing goes to stdout: a command's output stays its own.
# At a terminal the build shows its progress; elsewhere it is silent unless it fails.
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/toolchain.sh

# What the client wants of libstdc++ (for Swift's runtime) and of libarchive joins it as archives: to find and bind the shared libraries, and
# the ten that libarchive needs for formats other than tar, takes longer than the client's work. Without an archive the shared one is used.
archives=.build/archives
mkdir -p "$archives"
for name in libstdc++.a libarchive.a; do
    found=$(cc -print-file-name=$name 2>/dev/null || true)
    if [ ! -f "$found" ]; then rm -f "$archives/$name"; continue; fi
    if [ "$name" = libstdc++.a ]; then ln -sf "$found" "$archives/$name"; continue; fi
    if [ "$archives/$name" -nt "$found" ]; then continue; fi
    # A table of all formats' names, which nothing of ours reads, draws them in. With weak references it no longer does.
    table=archive_write_set_format.o
    (
        cd "$archives"
        cp "$found" new.a
        ar x new.a "$table"
        objcopy --wildcard --weaken-symbol='archive_write_set_format_*' "$table"
        ar r new.a "$table"
        rm "$table"
        mv new.a "$name"
    )
done

# Colours or not is part of the compiler's command line: left to itself, SwiftPM would build all anew when the terminal comes or goes.
build=(swift build -c release --static-swift-stdlib --no-color-diagnostics)
[ -x .build/release/drydock ] || echo "drydock: the first build takes a few minutes" >&2

if [ -t 2 ]; then
    "${build[@]}" >&2
else
    mkdir -p .build
    "${build[@]}" > .build/build.log 2>&1 || { code=$?; cat .build/build.log >&2; exit "$code"; }
fi

# One shim stays beside each container: without symbols its file is a third smaller. Package.swift has the linker leave them out
# (-s); where it did not, they are stripped here, at the price of linking the shim anew at the next build.
shim=.build/release/drydock-shim
if readelf --wide --sections "$shim" | grep ' \.symtab ' >/dev/null; then strip --strip-all "$shim"; fi
