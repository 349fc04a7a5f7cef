#!/bin/bash
# The narration of a whole `run --rm` (pull included) against strace over engine, shim and child: see Scripts/truth-check.py.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${DRYDOCK_BIN:-.build/release}

[ "$(id -u)" -eq 0 ] || { echo "truth: skipped, since making containers needs root" >&2; exit 0; }
[ -x "$bin/drydock-engine" ] || { echo "truth: no $bin/drydock-engine: call 'make build' first" >&2; exit 1; }
command -v strace >/dev/null || { echo "truth: skipped, since strace is missing (make deps installs it for tests)" >&2; exit 0; }

root=$(mktemp -d /var/tmp/drydock-truth-XXXXXX)
export DRYDOCK_ROOT=$root/state
finish() {
    [ ! -S "$DRYDOCK_ROOT/run/engine.sock" ] \
        || python3 -c 'import http.client, socket, sys
c = http.client.HTTPConnection("drydock"); c.sock = socket.socket(socket.AF_UNIX); c.sock.connect(sys.argv[1])
c.request("POST", "/drydock/shutdown"); c.getresponse().read()' "$DRYDOCK_ROOT/run/engine.sock" || true
    [ -z "${tracer:-}" ] || wait "$tracer" || true
    rm -rf "$root"
}
trap finish EXIT

# The engine is started under the tracer, so that every thread and child of it is known from the first call on.
calls=mount,umount2,clone,clone3,fork,vfork,unshare,setns,pivot_root,chroot,sethostname,setdomainname,socket,sendto,sendmsg,sendmmsg
calls+=,write,pwrite64,writev,mkdir,mkdirat,rmdir,unlinkat,capset,prctl,seccomp,setuid,setgid,setgroups,setresuid,setresgid,setreuid
calls+=,setregid,setfsuid,setfsgid,mknod,mknodat,fsopen,fsconfig,fsmount,fspick,move_mount,open_tree,mount_setattr
mkfifo "$root/ready"
exec 7<>"$root/ready"
strace -f -yy -v -s 512 -o "$root/trace.log" -e trace="$calls" -e signal=none \
    "$bin/drydock-engine" --root "$DRYDOCK_ROOT" --ready-fd 7 &
tracer=$!
IFS= read -r -t 60 answer <&7 || answer="no answer in a minute"
[ "$answer" = ok ] || { echo "truth: the engine did not start: $answer" >&2; exit 1; }

"$bin/drydock" hub fill >&2
# What was asked before the narrated command (the engine's own start) is no step of it.
before=$(wc -l < "$root/trace.log")
"$bin/drydock" --narrate json --narrate-to "$root/narration.ndjson" run --rm ubuntu:14.04 true >&2
tail -n "+$((before + 1))" "$root/trace.log" > "$root/run.log"
Scripts/truth-check.py "$root/narration.ndjson" "$root/run.log" || { code=$?; [ -z "${KEEP:-}" ] || cp "$root"/*.log "$root"/*.ndjson "$KEEP"; exit "$code"; }
