# Sourced: finds a Swift toolchain that is new enough and puts it on the PATH, or says in one sentence what to do.
# shellcheck shell=bash
for folder in "" /opt/swift/usr/bin "$HOME/.local/share/swiftly/bin" /usr/share/swift/usr/bin; do
    if [ -n "$folder" ]; then
        [ -x "$folder/swift" ] || continue
        PATH=$folder:$PATH
    fi
    swift_version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    [ -n "$swift_version" ] && break
done
export PATH
case "${swift_version:-none}" in
    none)
        echo "drydock: building needs a Swift toolchain, 6.1 or newer, and there is none on the PATH: install it from https://www.swift.org/install/linux/ and call make again" >&2
        exit 1 ;;
    [0-5].* | 6.0)
        echo "drydock: building needs Swift 6.1 or newer and the one on the PATH is $swift_version: install a newer one from https://www.swift.org/install/linux/ and call make again" >&2
        exit 1 ;;
esac
