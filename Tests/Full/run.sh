#!/bin/bash
# The notes' Dockerfiles to the letter, with real packages: apache by apt-get in a Debian 12, and a Go program in two stages.
#
#   Tests/Full/run.sh        (make test-full)
#
# Wants root and a mirror of Debian's packages, which is taken from apt's own settings on this machine; without one that answers it fails and
# says so. A base image is made by debootstrap and imported; the names that the notes build on (ubuntu:14.04, golang) are tags of it and of what
# `docker build` makes of it. Everything lies in a state root and a folder of its own, which go whatever happens.
set -euo pipefail
cd "$(dirname "$0")/../.."
drydock=$PWD/.build/release/drydock
place=$(mktemp -d /var/tmp/drydock-test-full-XXXXXX)
export DRYDOCK_REGISTRY=lab

docker() { "$drydock" --root "$place/root" "$@"; }
fail() { echo "test-full: $*" >&2; exit 1; }
told() { printf '  %-66s %s\n' "$1" "$2"; }
clean() {
    code=$?
    docker rm -f $(docker ps -aq 2>/dev/null) >/dev/null 2>&1 || true
    docker shutdown >/dev/null 2>&1 || true
    # What debootstrap mounts for its scripts it takes away itself; never follow what it may have left.
    { grep -oE " $place/[^ ]+" /proc/mounts || true; } | sort -r | while read -r mount; do umount -l "$mount" 2>/dev/null || true; done
    rm -rf --one-file-system "$place"
    [ $code -eq 0 ] || echo "test-full: failed" >&2
}
trap clean EXIT
trap 'exit 130' INT TERM
# check WHAT WANTED SEEN
check() {
    case "$3" in
        *"$2"*) told "$1" ok ;;
        *) told "$1" FAILED; fail "$1: wanted '$2', saw '$(tail -n 5 <<<"$3")'" ;;
    esac
}
# What a command took, in seconds.
timed() { local start; start=$(date +%s.%N); "$@" >&2 || fail "failed: $*"; echo "$(date +%s.%N) $start" | awk '{ printf "%.1f s", $1 - $2 }'; }

[ "$(id -u)" -eq 0 ] || fail "making containers needs root"
[ -x "$drydock" ] || fail "no build at $drydock: call make build"

# The mirror of this machine's own Debian release, and what apt would use on the way.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' | head -n 1)
[ -n "$mirror" ] || fail "apt on this machine knows no package mirror (see /etc/apt/sources.list.d)"
proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
[ -z "$proxy" ] || export http_proxy=$proxy
curl -fsS --max-time 20 -o /dev/null "${mirror%/}/dists/bookworm/Release" \
    || fail "the package mirror ${mirror%/} does not answer: nothing was tested"

echo "Base image (debootstrap, docker import)"
DRYDOCK_REGISTRY=lab Sources/Shell/Lessons/full-image.sh "$drydock" "$place/root" debian:12 || fail "there is no base image"
docker tag debian:12 ubuntu:14.04
check "docker run debian:12" 'VERSION_ID="12"' "$(docker run --rm debian:12 cat /etc/os-release)"
check "the container resolves and reaches the mirror by drydock's NAT" "Reading package lists" \
    "$(docker run --rm ${http_proxy:+-e http_proxy=$http_proxy} debian:12 apt-get update 2>&1)"

echo "Notes 2.4.2: apache"
mkdir "$place/dockerfile"
echo test >> "$place/dockerfile/test.html"
cat > "$place/dockerfile/Dockerfile" <<'DOCKERFILE'
# Dockerfile

FROM ubuntu:14.04
MAINTAINER rhehdrla
LABEL "purpose"="practice"
RUN apt-get update
RUN apt-get install apache2 -y
ADD test.html /var/www/html
WORKDIR /var/www/html
RUN ["/bin/bash", "-c", "echo hello >> test.html"]
EXPOSE 80
CMD apachectl -DFOREGROUND
DOCKERFILE
arguments=(${http_proxy:+--build-arg http_proxy=$http_proxy})
build() { docker build "${arguments[@]}" -t "$1" "$2" >"$place/build.log" 2>&1 || { tail -n 15 "$place/build.log" >&2; return 1; }; }
told "docker build -t mybuild:0.0 ./" "$(timed build mybuild:0.0 "$place/dockerfile")"
check "its ten steps" "=10=" "=$(grep -cE '^Step [0-9]+/10 : ' "$place/build.log")="
check "its name" "Successfully tagged mybuild:0.0" "$(cat "$place/build.log")"
told "the same again, from the cache" "$(timed build mybuild:0.0 "$place/dockerfile")"
check "the cache is used for each step but FROM" "=9=" "=$(grep -c 'Using cache' "$place/build.log")="
check "docker images --filter label=purpose=practice" mybuild "$(docker images --filter "label=purpose=practice" --format '{{.Repository}}:{{.Tag}}')"
docker run -d -P --name myserver mybuild:0.0 >/dev/null
port=$(docker port myserver 80 | head -n 1); port=${port##*:}
page=
for _ in $(seq 40); do  # until apache listens
    page=$(curl -fs --noproxy '*' --max-time 5 "http://127.0.0.1:$port/test.html") && break
    sleep 0.5
done
check "curl of the published port" $'test\nhello' "$page"
check "apache's own page" "Apache2 Debian Default Page" "$(curl -fsS --noproxy '*' --max-time 5 "http://127.0.0.1:$port/" || true)"
check "docker stop" myserver "$(docker stop myserver)"

echo "Notes 2.4.3.3: stages"
mkdir "$place/stages"
told "golang (debian:12 and its Go)" "$(timed Sources/Shell/Lessons/full-image.sh "$drydock" "$place/root" golang)"
printf 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("hello world")\n}\n' > "$place/stages/main.go"
cat > "$place/stages/Dockerfile" <<'DOCKERFILE'
FROM golang
ADD main.go /root
WORKDIR /root
RUN go build -o /root/mainApp /root/main.go

FROM alpine:latest
WORKDIR /root
COPY --from=0 /root/mainApp .
CMD ["./mainApp"]
DOCKERFILE
told "docker build of the two stages" "$(timed build stages "$place/stages")"
check "docker run of the second" "hello world" "$(docker run --rm stages)"
size() { docker image inspect --format '{{.Size}}' "$1"; }
[ $(($(size stages) * 20)) -lt "$(size golang)" ] || fail "the second stage's image is not small: $(size stages) bytes"
told "golang $(($(size golang) / 1000000)) MB, the image $(($(size stages) / 1000000)) MB" ok
docker rm -f myserver >/dev/null

echo "Lessons with real images"
lint=$(HOME=$place "$drydock" --root "$place/root" lesson lint --full 2>&1) || fail "$lint"
told "$(tail -n 1 <<<"$lint")" ok
ailments=$(docker doctor 2>&1) || fail "drydock doctor finds something left over: $ailments"
echo "test-full: passed"
