#!/bin/bash
# What the engine tells of every verb against strace over engine, shim and children: see Scripts/truth-check.py. `make test-truth` runs it
# alone; KEEP=FOLDER keeps the trace and the narration when they differ.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=$(realpath "${DRYDOCK_BIN:-.build/release}")

[ "$(id -u)" -eq 0 ] || { echo "truth: skipped, since making containers needs root" >&2; exit 0; }
[ -x "$bin/drydock-engine" ] || { echo "truth: no $bin/drydock-engine: call 'make build' first" >&2; exit 1; }
command -v strace >/dev/null || { echo "truth: skipped, since strace is missing (make deps installs it for tests)" >&2; exit 0; }

root=$(mktemp -d /var/tmp/drydock-truth-XXXXXX)
export DRYDOCK_ROOT=$root/state DOCKER_CONFIG=$root/config DRYDOCK_LANG=en
docker() { "$bin/drydock" "$@"; }
finish() {
    # Also when something failed in the middle: no container outlives the test.
    [ -z "${tracer:-}" ] || { docker rm -f $(docker ps -aq); docker shutdown; } >/dev/null 2>&1 || true
    [ -z "${tracer:-}" ] || wait "$tracer" || true
    rm -rf --one-file-system "$root"
}
trap finish EXIT

# The engine is started under the tracer, so that every thread and child of it is known from the first call on.
calls=execve,execveat,mount,umount2,clone,clone3,fork,vfork,unshare,setns,pivot_root,chroot,sethostname,setdomainname,socket,sendto,sendmsg,sendmmsg
calls+=,write,pwrite64,writev,mkdir,mkdirat,rmdir,unlinkat,capset,prctl,seccomp,setuid,setgid,setgroups,setresuid,setresgid,setreuid
calls+=,setregid,setfsuid,setfsgid,mknod,mknodat,fsopen,fsconfig,fsmount,fspick,move_mount,open_tree,mount_setattr
calls+=,rename,renameat,renameat2,link,linkat,symlink,symlinkat,chown,lchown,fchown,fchownat,connect
mkfifo "$root/ready"
exec 7<>"$root/ready"
strace -f -yy -v -s 512 -o "$root/trace.log" -e trace="$calls" -e signal=none \
    "$bin/drydock-engine" --root "$DRYDOCK_ROOT" --ready-fd 7 &
tracer=$!
IFS= read -r -t 60 answer <&7 || answer="no answer in a minute"
[ "$answer" = ok ] || { echo "truth: the engine did not start: $answer" >&2; exit 1; }
docker hub fill >/dev/null

# One watcher hears all operations, also those that nobody waits for: what follows a container's end.
docker --narrate json watch >"$root/narration.ndjson" 2>"$root/watch.log" &
watcher=$!
until [ -s "$root/watch.log" ]; do read -r -t 0.05 <> <(:) || true; done
# What was asked before (the engine's own start) is no step of anything.
before=$(wc -l < "$root/trace.log")

mkdir "$root/context"
cd "$root/context"
printf 'FROM busybox AS tools\nRUN echo tool > /tool && chown 5:5 /tool\nFROM ubuntu:14.04\nARG X=1\nENV X=$X\nWORKDIR /work/deep\nCOPY --from=tools /tool .\nCOPY file ./\nADD file.tar /unpacked/\nRUN echo $X > /x\nVOLUME /data\nUSER 1000\nCMD ["true"]\n' > Dockerfile
echo text > file
tar -cf file.tar file

# Says what fails; what these commands print is other tests' business.
must() { "$@" >"$root/said" 2>&1 || { echo "truth: failed: $*" >&2; tail -n 3 "$root/said" >&2; exit 1; }; }
wrong() { ! "$@" >"$root/said" 2>&1 || { echo "truth: worked, and should not: $*" >&2; exit 1; }; }

must docker pull ubuntu:14.04
must docker pull busybox
must docker run --rm ubuntu:14.04 true
must docker volume create named
must docker volume create -o type=tmpfs -o device=tmpfs -o o=size=1m ram
must docker run -d --name web -p 127.0.0.1::80 -v named:/named -v ram:/ram -v /nameless -v "$root/context:/host:ro" --tmpfs /t \
    -m 64m --cpus 1 --pids-limit 100 --cap-add NET_ADMIN --hostname harbour --add-host a:1.2.3.4 busybox sleep 1000
must docker run -d --name plain --network none --read-only --user 1000:1000 busybox sleep 1000
must docker run --rm --network host busybox true
wrong docker run --name broken busybox /no/such/program
wrong docker run --rm -p 127.0.0.1:1:1 -v web:/x:nonsense busybox true
must docker exec web ls /
must docker exec -d web sleep 1
must docker exec -u 1000 -w /tmp -e A=b plain id
must docker cp web:/etc/hosts .
must docker cp file web:/tmp/
must docker top web
must docker diff web
must docker pause web
must docker unpause web
must docker rename web shop
must docker restart -t 0 shop
must docker stop -t 0 shop
must docker cp shop:/tmp/file back
must docker start shop
must docker kill shop
must docker wait shop
must docker logs -f shop
echo 'ls /named' | must docker look-inside shop
must docker create -i --name talk busybox cat
echo word | must docker start -ai talk
must docker start talk
echo word | must docker attach talk
must docker logs -f talk
must docker commit -c 'CMD ["true"]' shop own:1
must docker tag own:1 own:2
must docker save -o own.tar own:1 ubuntu:14.04
must docker export -o files.tar shop
must docker import files.tar flat:1
must docker rmi own:1
must docker rmi own:2
must docker load -i own.tar
must docker login -u truth -p secret1234
must docker tag own:1 truth/own:1
must docker push truth/own:1
must docker rmi truth/own:1
must docker pull truth/own:1
must docker build -t built .
must docker build -t built .
must docker build --no-cache -t built .
printf 'FROM busybox\nRUN echo before > /b\nRUN false\n' > Dockerfile.broken
wrong docker build -f Dockerfile.broken .
must docker run --rm built
must docker rm -f -v shop plain broken talk
must docker container prune -f
must docker volume rm named ram
must docker volume prune -f
must docker image prune -f
must docker rmi -f built flat:1 own:1 truth/own:1 busybox ubuntu:14.04
must docker doctor

cd "$OLDPWD"
after=$(wc -l < "$root/trace.log")
# Its end ends the watcher's stream, after everything has been told. What the end itself does is no step either.
docker shutdown >/dev/null
wait "$watcher" || true
wait "$tracer" || true
tracer=
sed -n "$((before + 1)),${after}p" "$root/trace.log" > "$root/verbs.log"
# Sockets and threads that began before the first verb are known from there.
head -n "$before" "$root/trace.log" > "$root/start.log"
Scripts/truth-check.py --ignore "$DRYDOCK_ROOT/hub/" --before "$root/start.log" "$root/narration.ndjson" "$root/verbs.log" \
    || { code=$?; [ -z "${KEEP:-}" ] || { mkdir -p "$KEEP"; cp "$root"/*.log "$root"/*.ndjson "$KEEP"; }; exit "$code"; }
