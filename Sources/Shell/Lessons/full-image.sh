#!/bin/bash
# Puts a real image into a state root: Docker Hub's where it can be reached, else one made of the package mirror that this machine's apt uses.
#
#   full-image.sh DRYDOCK ROOT IMAGE [TARGET]      debian:12 or golang; from ROOT it goes on to the state root TARGET
#
# An image that is in ROOT already isn't fetched again. Run by `drydock lesson start --full` and by Tests/Full/run.sh.
set -euo pipefail
drydock=$1 root=$2 image=$3 target=${4:-}

docker() { "$drydock" --root "$root" "$@"; }
fail() { echo "drydock: $*" >&2; exit 1; }
has() { docker image inspect "$1" >/dev/null 2>&1; }
place=
clean() {
    [ -n "$place" ] || return 0
    # What debootstrap mounts for its scripts it takes away itself; never follow what it may have left.
    { grep -oE " $place/[^ ]+" /proc/mounts || true; } | sort -r | while read -r mount; do umount -l "$mount" 2>/dev/null || true; done
    rm -rf --one-file-system "$place"
}
trap clean EXIT
trap 'exit 130' INT TERM

make_debian() {
    command -v debootstrap >/dev/null || fail "debian:12 can't be had: Docker Hub does not answer, and debootstrap is not installed (apt-get install debootstrap)"
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' | head -n 1)
    [ -n "$mirror" ] || fail "debian:12 can't be had: Docker Hub does not answer, and apt on this machine knows no package mirror"
    place=$(mktemp -d /var/tmp/drydock-full-image-XXXXXX)
    echo "debian:12: debootstrap from $mirror" >&2
    debootstrap --variant=minbase bookworm "$place/base" "$mirror" >"$place/log" 2>&1 \
        || { tail -n 3 "$place/log" >&2; fail "debian:12 can't be had: debootstrap failed, is $mirror a mirror of Debian?"; }
    tar -C "$place/base" --one-file-system --xattrs --numeric-owner -cf - . | docker import -c 'CMD ["bash"]' - debian:12 >/dev/null
    clean
    place=
}

# Debian's own Go, under the name that the notes build on.
make_golang() {
    provide debian:12
    local proxy
    echo "golang: Debian's Go, installed in debian:12" >&2
    proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
    printf 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends golang-go\n' \
        | docker build -q ${proxy:+--build-arg http_proxy=$proxy} -t golang - >/dev/null || fail "golang can't be had: see above"
}

provide() {
    has "$1" && return
    # The lab hub, which answers where Docker Hub doesn't, has neither.
    docker pull -q "$1" >/dev/null 2>&1 && return
    case $1 in
        debian:12) make_debian ;;
        golang) make_golang ;;
        *) fail "$1 can't be had: Docker Hub does not answer" ;;
    esac
}

provide "$image"
[ -z "$target" ] || docker save "$image" | "$drydock" --root "$target" load --quiet >&2
[ -z "$target" ] || docker shutdown >/dev/null 2>&1 || true
