#!/bin/bash
# Plays the lessons on a real Docker Engine: what a lesson says of Docker must be true of Docker.
#
#   Tests/Oracle/lessons.sh [LESSON...]      (wants a release build and, on the first call, a package mirror for docker.io)
#
# The engine is one of its own, in a network namespace of its own without a way out; its images come from drydock's lab hub, which
# serves there as a mirror of Docker Hub. So `docker pull` in a lesson is a real pull too.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "a Docker Engine needs root" >&2; exit 1; }
drydock=${DRYDOCK_BIN:-$(cd "$(dirname "$0")/../../.build/release" && pwd)}/drydock
command -v dockerd >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io containerd runc iptables >/dev/null

state=$(mktemp -d /tmp/lessons-engine.XXXXXX)
space=$(basename "$state")
end() {
  for name in docker hub; do
    [ -f "$state/$name.pid" ] || continue
    pid=$(cat "$state/$name.pid")
    kill "$pid" 2>/dev/null || continue
    timeout 30 tail --pid="$pid" -f /dev/null || kill -9 "$pid"
  done
  awk -v under="$state" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l 2>/dev/null || true
  ip netns del "$space" 2>/dev/null || true
  rm -rf "$state"
}
trap end EXIT
ip netns add "$space"
ip netns exec "$space" ip link set lo up

# nsenter and not `ip netns exec`: that would give the engine a mount namespace of its own.
in_space() { setsid nsenter --net="/run/netns/$space" "$@" </dev/null >>"$state/log" 2>&1 & }
in_space "$drydock" --root "$state/hub" hub serve --listen 127.0.0.1:5055
echo $! >"$state/hub.pid"
in_space dockerd --data-root "$state/data" --exec-root "$state/exec" -p "$state/docker.pid" -H "unix://$state/docker.sock" \
  --registry-mirror http://127.0.0.1:5055 --containerd-namespace "$space" --containerd-plugins-namespace "$space-plugins"
ready() {
  docker -H "unix://$state/docker.sock" version >/dev/null 2>&1 && nsenter --net="/run/netns/$space" bash -c '</dev/tcp/127.0.0.1/5055' 2>/dev/null
}
for _ in $(seq 60); do ready && break; sleep 0.5; done
ready || { tail -5 "$state/log" >&2; exit 1; }
# There, since a lesson also asks a container's own address, and its published port.
nsenter --net="/run/netns/$space" "$drydock" lesson lint --engine "unix://$state/docker.sock" --wipe "$@"
