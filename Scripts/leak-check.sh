#!/bin/bash
# What did a command leave behind? Snapshots of what containers are made of, before and after:
#
#   Scripts/leak-check.sh [--root DIR] [--only KIND] -- COMMAND [ARG…]    runs it, prints what is more or less; exits 1 if anything is
#   Scripts/leak-check.sh snapshot [--root DIR]                           one snapshot, sorted lines: `kind what`
#   Scripts/leak-check.sh compare BEFORE AFTER                            two of them
#
# Mounts (with their propagation left out), network namespaces, links, nft rulesets, cgroups, drydock's processes, and files below the
# root. What ends by itself a moment later (a namespace's links, a dying shim) gets two seconds.
set -euo pipefail

usage() { sed -nE '2,7s/^# ?//p' "$0" >&2; exit 2; }

kinds="mount netns link nft cgroup process file"

list_mount() { awk '{ print $5, $9 }' /proc/self/mountinfo; }
list_netns() {
    # lsns wants util-linux; the links under /proc say the same.
    find /proc/[0-9]*/ns/net -maxdepth 0 -printf '%l\n' 2>/dev/null || true
    find /run/netns -mindepth 1 -maxdepth 1 2>/dev/null || true
}
list_link() { for link in /sys/class/net/*; do echo "${link##*/}"; done; }
list_nft() { if command -v nft >/dev/null; then nft -s list ruleset 2>/dev/null || true; fi; }
list_cgroup() {
    awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/self/mounts | while read -r hierarchy; do
        find "$hierarchy" -mindepth 1 -type d 2>/dev/null || true
    done
}
list_process() {
    local process program
    for process in /proc/[0-9]*; do
        program=$(readlink "$process/exe" 2>/dev/null) || continue
        case "${program##*/}" in
            drydock | drydock-*) echo "${process##*/} $(tr '\0' ' ' <"$process/cmdline" 2>/dev/null | cut -c 1-100)" ;;
        esac
    done
}
list_file() {
    [ -z "$root" ] || [ ! -d "$root" ] || find "$root" -mindepth 1 \( -name '*.log' -prune -o -printf '%p %y\n' \)
}

snapshot() { for kind in $kinds; do "list_$kind" | sed "s/^/$kind /"; done | sort -u; }

# Prints `+ kind what` and `- kind what`; fails if there was any.
compare() {
    local differences
    differences=$(comm -3 "$1" "$2" | sed -E 's/^\t/+ /; t; s/^/- /')
    [ -z "$differences" ] || { echo "$differences"; return 1; }
}

around() {
    local code=0
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    snapshot > "$work/before"
    "$@" || code=$?
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        snapshot > "$work/after"
        cmp -s "$work/before" "$work/after" && break
        [ "$attempt" = 10 ] || sleep 0.2
    done
    if ! compare "$work/before" "$work/after" >&2; then
        echo "leak-check: '$*' left the lines above behind (+) or took them away (-)" >&2
        exit 1
    fi
    exit "$code"
}

# Only files and mounts of its own, since the rest of the machine may be at work meanwhile.
self_test() {
    local said code=0
    work=$(mktemp -d)
    trap 'umount "$work/root" 2>/dev/null || true; rm -rf "$work"' EXIT
    mkdir "$work/root"
    touch "$work/root/kept"
    check() { "$0" --root "$work/root" --only "$@" 2>&1; }
    wrong() { echo "leak-check: self-test: $*" >&2; exit 1; }

    check file -- true || wrong "true seems to leak"
    check file -- sh -c 'exit 3' || code=$?
    [ "$code" = 3 ] || wrong "exit code $code instead of 3"
    if said=$(check file -- touch "$work/root/left"); then wrong "a file left behind was not seen"; fi
    [[ $said == *"+ file $work/root/left"* ]] || wrong "said $said"
    if said=$(check file -- rm "$work/root/kept"); then wrong "a file taken away was not seen"; fi
    [[ $said == *"- file $work/root/kept"* ]] || wrong "said $said"
    if [ "$(id -u)" -eq 0 ]; then
        if said=$(check mount -- mount -t tmpfs leak-check "$work/root"); then wrong "a mount was not seen"; fi
        [[ $said == *"+ mount $work/root"* ]] || wrong "said $said"
    fi
    echo "leak-check: self-test passed" >&2
}

root=""
case "${1:-}" in
    snapshot) [ "${2:-}" != --root ] || root=${3:?a folder}; snapshot; exit ;;
    compare) [ $# -eq 3 ] || usage; compare "$2" "$3"; exit ;;
    --self-test) self_test; exit ;;
esac
if [ "${1:-}" = --root ]; then root=${2:?a folder}; shift 2; fi
if [ "${1:-}" = --only ]; then kinds=${2:?a kind}; shift 2; fi
[ "${1:-}" = -- ] && [ $# -gt 1 ] || usage
shift
around "$@"
