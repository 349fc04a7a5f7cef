#!/bin/bash
# An image's way around the world: drydock, registry, Docker Engine, docker save, another drydock. Ids must be the same at each station, and the
# files at the end what they were at the beginning, one by one.
#
#   Tests/Oracle/round-trip.sh DOCKER REGISTRY
#
# DOCKER: a docker command whose engine reaches the registry; REGISTRY: host:port that both engines reach, without a login.
# Not part of `make test`: it wants a real Docker Engine.
set -euo pipefail
docker=${1:?usage: round-trip.sh DOCKER REGISTRY}
registry=${2:?usage: round-trip.sh DOCKER REGISTRY}
cd "$(dirname "$0")/../.."
place=$(mktemp -d /var/tmp/drydock-test-round-XXXXXX)
one() { .build/release/drydock --root "$place/one" "$@"; }
two() { .build/release/drydock --root "$place/two" "$@"; }
clean() {
    one shutdown >/dev/null 2>&1 || true
    two shutdown >/dev/null 2>&1 || true
    $docker rmi -f "$registry/round/trip:1" >/dev/null 2>&1 || true
    rm -rf "$place"
}
trap clean EXIT

# What no Dockerfile makes: attributes, capabilities, holes.
mkdir -p "$place/base/folder/deep" "$place/base/replaced"
cp /bin/busybox "$place/base/busybox"
mkdir "$place/base/bin" && ln "$place/base/busybox" "$place/base/bin/sh"
for applet in ln rm mkdir chmod chown mkfifo mknod dd touch; do ln -s sh "$place/base/bin/$applet"; done
echo capable > "$place/base/capable"
setfattr -n user.note -v "an attribute" "$place/base/capable" 2>/dev/null || python3 - "$place/base/capable" <<'PYTHON'
import os, sys
os.setxattr(sys.argv[1], "user.note", b"an attribute")
os.setxattr(sys.argv[1], "security.capability", bytes.fromhex("0100000200040000000000000000000000000000"))
PYTHON
echo old > "$place/base/folder/deep/file"; echo gone > "$place/base/gone"; echo lower > "$place/base/replaced/lower"
truncate -s 20M "$place/base/holes"
long=$(printf 'n%.0s' {1..120}); mkdir "$place/base/$long"; echo long > "$place/base/$long/$long"
chown -R 0:0 "$place/base"; chown 12345:54321 "$place/base/folder"
tar --xattrs --xattrs-include='*' -C "$place/base" -cf "$place/base.tar" .

one import "$place/base.tar" base:1 >/dev/null
one run --name maker base:1 /bin/sh -c '
    ln /capable /hard; rm /gone; rm -r /replaced; mkdir /replaced; echo upper > /replaced/upper
    mkdir -m 1777 /sticky; chown 7:8 /sticky; mkfifo /pipe; mknod /null c 1 3; chmod 6755 /bin/sh
    ln -s /nowhere /dangling; touch "/한글 이름"; rm /folder/deep/file; mkdir /folder/deep/file'
first=$(one commit maker "$registry/round/trip:1")
one push -q "$registry/round/trip:1" >/dev/null
$docker pull -q "$registry/round/trip:1" >/dev/null
second=$($docker images -q --no-trunc "$registry/round/trip:1")
$docker save -o "$place/saved.tar" "$registry/round/trip:1"
two load -q -i "$place/saved.tar" >/dev/null
third=$(two images -q --no-trunc "$registry/round/trip:1")
two rmi "$registry/round/trip:1" >/dev/null
two pull -q "$registry/round/trip:1" >/dev/null
fourth=$(two images -q --no-trunc "$registry/round/trip:1")
[ "$first" = "$second" ] && [ "$first" = "$third" ] && [ "$first" = "$fourth" ] \
    || { echo "round-trip: the image's id changes: $first $second $third $fourth" >&2; exit 1; }

# Each member with type, mode, owner, size, time, link, device and attributes. Not the mount points that each engine adds to any container.
list() {
    python3 -c '
import sys, tarfile
for member in tarfile.open(fileobj=sys.stdin.buffer, mode="r|"):
    print(member.name, member.type, oct(member.mode), member.uid, member.gid, member.size, int(member.mtime), member.linkname,
          member.devmajor, member.devminor, sorted((k, v) for k, v in member.pax_headers.items() if "xattr" in k))
' | grep -v -E '^(\.dockerenv|dev|dev/.*|etc|etc/(hostname|hosts|mtab|resolv.conf)|proc|sys) ' | sort
}
one create --name look "$registry/round/trip:1" >/dev/null; one export look > "$place/one.tar"
two create --name look "$registry/round/trip:1" >/dev/null; two export look > "$place/two.tar"
$docker create --name round-trip-look "$registry/round/trip:1" /bin/sh >/dev/null; $docker export round-trip-look > "$place/docker.tar"
$docker rm round-trip-look >/dev/null
for name in one two docker; do
    list < "$place/$name.tar" > "$place/$name.list"
    mkdir "$place/$name.files"; tar -C "$place/$name.files" -xf "$place/$name.tar" 2>/dev/null
    (cd "$place/$name.files" && find . -type f -print0 | sort -z | xargs -0 sha256sum) > "$place/$name.sums"
done
diff "$place/one.list" "$place/two.list"
grep -q "user.note" "$place/one.list"
diff "$place/one.sums" "$place/two.sums"
diff "$place/one.sums" "$place/docker.sums"
one rm -f maker look >/dev/null; two rm -f look >/dev/null
one doctor >/dev/null; two doctor >/dev/null
echo "the same image ($first) and $(wc -l < "$place/one.list") members alike at every station"
