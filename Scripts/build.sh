#!/bin/bash
# Builds drydock, drydock-engine and drydock-shim into .build/release. Nothing goes to stdout: a command's output stays its own.
# At a terminal the build shows its progress; elsewhere it is silent unless it fails.
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/toolchain.sh

# libstdc++, which Swift's runtime wants, joins the client as an archive: finding it as a shared library takes longer than the client's work.
mkdir -p .build/archives
archive=$(cc -print-file-name=libstdc++.a 2>/dev/null || true)
if [ -f "$archive" ]; then ln -sf "$archive" .build/archives/libstdc++.a; fi

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
