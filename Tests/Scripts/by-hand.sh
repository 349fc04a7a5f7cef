#!/bin/bash
# Scripts of `drydock by-hand` against what drydock itself made: both stand side by side and are compared, inside and outside. What may
# differ is listed; a script with one line changed must be noticed. `make test-by-hand` runs it alone; KEEP=FOLDER keeps the scripts.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=$(realpath "${DRYDOCK_BIN:-.build/release}")

[ "$(id -u)" -eq 0 ] || { echo "by-hand: skipped, since making containers needs root" >&2; exit 0; }
[ -x "$bin/drydock-engine" ] || { echo "by-hand: no $bin/drydock-engine: call 'make build' first" >&2; exit 1; }
for tool in unshare nsenter setpriv ip nft curl tar; do
    command -v "$tool" >/dev/null || { echo "by-hand: skipped, since $tool is missing" >&2; exit 0; }
done

root=$(mktemp -d /var/tmp/drydock-by-hand-test-XXXXXX)
export DRYDOCK_ROOT=$root/state DOCKER_CONFIG=$root/config DRYDOCK_LANG=en DRYDOCK_REGISTRY=lab
scripts=$root/scripts
mkdir "$scripts" "$root/bound folder"
echo bound > "$root/bound folder/file"
docker() { "$bin/drydock" "$@"; }
finish() {
    # Also when something failed in the middle: nothing outlives the test.
    for script in "$scripts"/*.sh; do
        if grep -q '^clean() ' "$script"; then bash "$script" clean; fi
    done >/dev/null 2>&1 || true
    [ -z "${KEEP:-}" ] || cp -r "$scripts" "$KEEP"
    { docker rm -f $(docker ps -aq); docker shutdown; } >/dev/null 2>&1 || true
    rm -rf --one-file-system "$root"
}
trap finish EXIT
fail() { echo "by-hand: $*" >&2; exit 1; }
# must COMMAND…: says what fails; what it prints is other tests' business.
must() { "$@" >"$root/said" 2>&1 || { echo "by-hand: failed: $*" >&2; tail -n 5 "$root/said" >&2; exit 1; }; }
# by_hand NAME COMMAND…: drydock does it, and its script is kept.
by_hand() { local name=$1; shift; must docker by-hand -o "$scripts/$name.sh" "$@"; }
place_of() { sed -n 's/^export B=${BYHAND:-\(.*\)}$/\1/p' "$scripts/$1.sh"; }
pid_of() { docker inspect -f '{{.State.Pid}}' "$1"; }

. Tests/Scripts/by-hand/looks.sh

# ---- containers -----------------------------------------------------------------------------------------------------------------------

must docker hub fill
# The first one makes the bridge: later scripts find it there.
by_hand web run -d --name web -m 64m --cpus .5 --pids-limit 50 -v "$root/bound folder:/in side:ro" -v data:/data --hostname harbour \
    --ulimit nofile=100:200 -e "A=it's; \$(touch $root/pwned) \`x\`" -e $'B=two\nlines' --add-host db:10.1.2.3 -p 127.0.0.1:38080:80 \
    busybox sh -c 'sleep 1000; :' "'; touch $root/pwned '"
grep -q 'ip link add name .* type bridge' "$scripts/web.sh" || fail "the script of the first container does not make the bridge"
grep -q 'NOT DONE: seccomp' "$scripts/web.sh" || fail "nothing says that the filter is missing"
same_container web
nft list table ip "$(sed -n 's/^add table ip //p' "$scripts/web.sh")" | tr -d '\n\t' | grep -q '48080' || fail "the script's port is not published"

by_hand user run -d --name user -u 1000:1000 -w /tmp --read-only --tmpfs /t:size=1m --network none --security-opt no-new-privileges \
    --cap-drop ALL busybox sleep 1000
same_container user
by_hand host run -d --name host --network host --cap-add NET_ADMIN --shm-size 1m -v /nameless ubuntu:14.04 sleep 1000
same_container host
[ ! -e "$root/pwned" ] || fail "a word of the command line was executed"

# A test that notices nothing is none: each of these must show.
noticed() {
    sed "$2" "$scripts/user.sh" >"$root/changed.sh"
    ! cmp -s "$scripts/user.sh" "$root/changed.sh" || fail "the change $2 changes nothing"
    must bash "$scripts/user.sh" clean
    differences user "$root/changed.sh"
    ! cmp -s "$root/expected" "$root/found" || fail "$1 was not noticed"
}
noticed "a missing mount" '/^mount -t mqueue /d'
noticed "a writable /proc/sys" '/remount.* \/proc\/sys$/d'
noticed "a device too many" 's/^mknod .* \/dev\/zero c 1 5$/&\nmknod \/dev\/mem c 1 1/'
noticed "another mode" 's/^mknod -m 0666 \/dev\/null/mknod -m 0600 \/dev\/null/'
noticed "a missing device rule" '/devices.deny/d'
noticed "a capability" 's/-sys_admin,//'
noticed "another user" 's/--reuid 1000/--reuid 1001/'
noticed "no_new_privs" 's/--no-new-privs //'
noticed "a missing namespace" 's/--ipc //'
noticed "another hostname" 's/^printf %s .* >\/proc\/sys\/kernel\/hostname$/printf %s x >\/proc\/sys\/kernel\/hostname/'
must bash "$scripts/user.sh" clean

# ---- what is done with a container ----------------------------------------------------------------------------------------------------

inside='grep -E "^(Uid|Gid|Groups|Cap|NoNew|Umask)" /proc/self/status; env; pwd; cat /proc/self/cgroup; readlink /proc/1/exe; ulimit -n
    rm /bin/vi; rm -r /var; mkdir /var; echo new >/var/file; chown 5:6 /var/file; chmod 4711 /var/file; ln -s x /link; mkfifo /pipe; exit 7'
docker by-hand -o "$scripts/exec.sh" exec -e C=d -w /etc web sh -c "$inside" 2>/dev/null | own_names >"$root/drydock.txt" && fail "exec lost its exit code"
bash "$scripts/exec.sh" 2>"$root/said" | own_names >"$root/by-hand.txt" && fail "the script of exec lost its exit code"
diff "$root/drydock.txt" "$root/by-hand.txt" >&2 || fail "exec: another outcome"

# members: name, kind and mode, owner, size of a layer's members, in order of name. Of the layer format's marks the name says all.
members() { tar --numeric-owner -tvf "$1" | awk '{ name = $6; for (i = 7; i <= NF; i++) name = name " " $i; print name, $1, $2, $3 }' |
    sed -E 's#^\./##; s#^ #. #; s#/ # #' | sed -E 's#^((.*/)?\.wh\.[^ ]*) .*#\1#' | grep -v '^ *[.]\{0,1\} *d' | LC_ALL=C sort; }
by_hand commit commit web own:1
must bash "$scripts/commit.sh"
mkdir "$root/saved"
docker save own:1 | tar -C "$root/saved" -xf -
layer=$(docker inspect -f '{{index .RootFS.Layers 1}}' own:1)
for file in $(find "$root/saved" -type f); do
    [ "sha256:$(sha256sum <"$file" | cut -c-64)" != "$layer" ] || members "$file" >"$root/drydock.txt"
done
members "$(place_of commit)/layer.tar" >"$root/by-hand.txt"
grep -qx 'bin/.wh.vi' "$root/by-hand.txt" || fail "commit: the script's layer does not tell of a removed file"
grep -qx 'var/.wh..wh..opq' "$root/by-hand.txt" || fail "commit: the script's layer does not tell of a folder that was made anew"
diff "$root/drydock.txt" "$root/by-hand.txt" >&2 || fail "commit: another layer"

by_hand detached exec -d web sh -c 'echo "from afar: $0"; exec sleep 1000' it
must timeout 10 bash "$scripts/detached.sh"
timeout 10 grep -m 1 -qx 'from afar: it' <(tail -n +1 -F "$(place_of web)/exec.log" 2>/dev/null) || fail "exec -d: nothing runs behind the script"

by_hand pause pause web
must bash "$scripts/pause.sh"
grep -q FROZEN "/sys/fs/cgroup/freezer/$(sed -n 's/.* CG=//p' "$scripts/web.sh" | head -n 1)"/*/freezer.state || fail "pause: the script's container runs"
by_hand unpause unpause web
must bash "$scripts/unpause.sh"
by_hand kill kill -s KILL host
must bash "$scripts/kill.sh"
place=$(place_of web)
pid=$(<"$place/pid")
by_hand stop stop -t 1 web
must bash "$scripts/stop.sh"
for try in {1..40}; do [ -e "/proc/$pid" ] || break; sleep 0.05; done
[ ! -e "/proc/$pid" ] || fail "stop: the script's container runs"
by_hand rm rm web
must bash "$scripts/rm.sh"
[ ! -e "$place" ] || fail "rm: the files are still there"

[ "$(docker by-hand -o "$scripts/front.sh" run --rm busybox sh -c 'echo out; exit 3' 2>/dev/null; echo $?)" = $'out\n3' ] || fail "run: another outcome"
[ "$(bash "$scripts/front.sh"; echo $?)" = $'out\n3' ] || fail "run: the script's outcome is another"
[ ! -e "$(place_of front)" ] || fail "run --rm: the script left its folder"

[ "$(echo in | docker by-hand -o "$scripts/input.sh" run -i --rm busybox cat 2>/dev/null)" = in ] || fail "run -i: another outcome"
[ "$(echo again | bash "$scripts/input.sh")" = again ] || fail "run -i: the script's program does not read the script's input"

by_hand create create --name later -v data:/d busybox sleep 1000
by_hand start start later
must bash "$scripts/create.sh"
same_container_after() {
    must bash "$scripts/$1.sh"
    describe "$(pid_of later)" >"$root/drydock.txt" 2>&1
    describe "$(<"$(place_of create)/pid")" >"$root/by-hand.txt" 2>&1
    diff "$root/drydock.txt" "$root/by-hand.txt" | grep '^[<>-]' >"$root/found" || true
    diff "$root/expected" "$root/found" >&2 || fail "$1: another container"
}
same_container_after start
pid=$(<"$(place_of create)/pid")
by_hand restart restart -t 0 later
same_container_after restart
[ ! -e "/proc/$pid" ] || fail "restart: the script's first process still runs"

# ---- copies ---------------------------------------------------------------------------------------------------------------------------

mkdir -p "$root/from/deep"
echo one >"$root/from/one"
echo two >"$root/from/deep/two"
chown 3:4 "$root/from/deep/two"
chmod 2750 "$root/from/deep"
# copies NAME: one into the container, one out of it. What it has written, and what has come out, is the same as drydock's.
copies() {
    local place
    place=$(place_of create)
    by_hand "in-$1" cp "$root/from" later:/var/new
    must bash "$scripts/in-$1.sh"
    by_hand "into-$1" cp "$root/from/deep/." later:/etc
    must bash "$scripts/into-$1.sh"
    files "$DRYDOCK_ROOT/containers/$(docker inspect -f '{{.Id}}' later)/upper" >"$root/drydock.txt"
    files "$place/containers"/*/upper >"$root/by-hand.txt"
    diff "$root/drydock.txt" "$root/by-hand.txt" >&2 || fail "cp into a container, $1: other files"
    grep -q 'new/deep/two' "$root/by-hand.txt" || fail "cp into a container, $1: nothing was compared"
    mkdir "$root/out-$1"
    by_hand "out-$1" cp later:/var/new "$root/out-$1/drydock"
    HERE=$root/out-$1/by-hand must bash "$scripts/out-$1.sh"
    files "$root/out-$1/drydock" >"$root/drydock.txt"
    files "$root/out-$1/by-hand" >"$root/by-hand.txt"
    diff "$root/drydock.txt" "$root/by-hand.txt" >&2 || fail "cp out of a container, $1: other files"
}
copies running
by_hand stop-later stop -t 0 later
must bash "$scripts/stop-later.sh"
copies stopped

# ---- images ---------------------------------------------------------------------------------------------------------------------------

# One with removed files and a folder that was made anew comes back from the registry.
must docker login -u learner -p secret
must docker tag own:1 learner/own:1
must docker push learner/own:1
must docker rmi own:1 learner/own:1
by_hand pull pull learner/own:1
must bash "$scripts/pull.sh"
place=$(place_of pull)
[ -n "$(ls "$place/layers/l")" ] || fail "pull: no layer"
same_layers() {
    local short place
    place=$(place_of "$1")
    : >"$root/layers.txt"
    for short in "$place"/layers/l/*; do
        [ -d "$short/" ] || fail "$1: no layer"
        files "$DRYDOCK_ROOT/layers/$(basename "$(dirname "$(readlink "$short")")")/fs" >"$root/drydock.txt"
        files "$short/" >"$root/by-hand.txt"
        diff "$root/drydock.txt" "$root/by-hand.txt" >&2 || fail "$1: another layer ${short##*/}"
        cat "$root/by-hand.txt" >>"$root/layers.txt"
    done
}
same_layers pull
grep -q '^bin/vi 0:0$' "$root/layers.txt" || fail "pull: no removed file in the layers that were compared"
# What the folder's kind and mode don't tell: that nothing of the layers below shines through.
is_opaque() {
    tar --no-recursion --format=pax --xattrs --xattrs-include='trusted.overlay.opaque' -C "$1" -cf - . | grep -aq 'trusted.overlay.opaque=y'
}
for layer in "$DRYDOCK_ROOT/layers" "$place/layers"; do
    top=
    for var in "$layer"/*/fs/var; do if [ -e "$var/file" ]; then top=$var; fi; done
    is_opaque "$top" || fail "pull: the folder that was made anew shows the old one below $layer"
done
must bash "$scripts/pull.sh" clean
by_hand volume volume create made
must bash "$scripts/volume.sh"
[ -d "$(place_of volume)/volumes/made/_data" ] || fail "volume create: no folder"

# ---- what travels ---------------------------------------------------------------------------------------------------------------------

# The image comes out with drydock's own id: its configuration and its layers' archives are the same to the byte.
archive_of() { tar -xOf "$1" manifest.json | tr -d '[]{} \n' | tr ',' '\n' | grep -E 'Config|RepoTags' | sort; }
by_hand save save -o "$root/saved.tar" learner/own:1
must bash "$scripts/save.sh"
saved=$(place_of save)/saved.tar
archive_of "$root/saved.tar" >"$root/drydock.txt"
archive_of "$saved" >"$root/by-hand.txt"
diff "$root/drydock.txt" "$root/by-hand.txt" >&2 || fail "save: another image"
id=$(docker inspect -f '{{.Id}}' learner/own:1)
must docker rmi learner/own:1
by_hand load load -i "$saved"
[ "$(docker inspect -f '{{.Id}}' learner/own:1)" = "$id" ] || fail "save: the script's archive loads as another image"
must bash "$scripts/load.sh"
same_layers load
must sed -i 's/^unpack /: /' "$scripts/load.sh"
must bash "$scripts/load.sh" clean
must bash "$scripts/load.sh"
! (same_layers load) 2>/dev/null || fail "load: a layer that is not unpacked was not noticed"

by_hand push push learner/own:1
bash "$scripts/push.sh" >/dev/null 2>&1 && fail "push: the script needed no password"
must bash "$scripts/push.sh" clean
must env LOGIN=learner:secret bash "$scripts/push.sh"
must docker pull learner/own:1-by-hand
[ "$(docker inspect -f '{{.Id}}' learner/own:1-by-hand)" = "$id" ] || fail "push: the script has pushed another image"

. Tests/Scripts/by-hand/builds.sh

# ---- refusals, and what is left --------------------------------------------------------------------------------------------------------

docker by-hand ps >/dev/null 2>"$root/said" && fail "ps: not refused"
grep -q "can't be written by hand" "$root/said" || fail "ps: refused without a word"
docker by-hand run --rm busybox /no/such >"$root/script" 2>/dev/null && fail "a command that failed: no code"
[ ! -s "$root/script" ] || fail "a command that failed left a script"
docker --lang ko by-hand run --rm busybox true 2>/dev/null | grep -q '컨테이너' || fail "no Korean in a Korean script"

for name in user host create pull load save push volume web; do must bash "$scripts/$name.sh" clean; done
names=$(sed -n 's/.* CG=//p' "$scripts"/*.sh | sort -u)
for name in $names; do
    [ -z "$(find /sys/fs/cgroup -maxdepth 6 -name "$name")" ] || fail "left: cgroups $name"
    [ ! -e "/var/tmp/$name" ] || fail "left: /var/tmp/$name"
    ! grep -q "$name" /proc/mounts || fail "left: mounts of $name"
    ! ip -o link | grep -q "vbh${name:8:8}" || fail "left: a cable of $name"
done
echo "by-hand: the scripts make what drydock makes" >&2
