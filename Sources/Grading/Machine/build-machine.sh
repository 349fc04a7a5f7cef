# Makes the room of a replay machine and steps into it. Run by busybox's shell as the first process of new namespaces (mount, pid,
# network, ipc, uts, cgroup), in cgroups of the machine's own. What it gets by environment is said in MachineScripts.swift.
#
# Two roots come of it: the machine's, in which the engine runs as root, and /learner in that, into which the learner's program is
# put by chroot. The latter sees programs, its own home and the engine's socket. The kernel makes no user namespace for who is in a
# chroot (user_namespaces(7), EPERM), so there the learner is root nowhere.
set -eu
R=$PLACE
# Who this is on the host: /proc is still the host's.
read -r pid rest </proc/self/stat
echo "first $pid" >&4

# A folder or file of the host, read-only, without devices and set-user-id.
show() {
    mount -o bind "$1" "$2"
    mount -o bind,remount,ro,nosuid,nodev "$2"
}
# The same, with the folders that lead there.
show_at_its_place() {
    mkdir -p "$R$1" "$R/learner$1"
    show "$1" "$R$1"
    show "$1" "$R/learner$1"
}

# What is mounted further in the machine is of no concern to the host.
mount -t tmpfs -o "size=$DISK,nr_inodes=$INODES,mode=755,nosuid,nodev" drydock-machine "$R"
mkdir "$R/learner" "$R/run"
# Of its own, so that sockets and the engine's log have room also when the disk is full.
mount -t tmpfs -o "size=8m,nr_inodes=4k,mode=755,nosuid,nodev" drydock-run "$R/run"
mount -t tmpfs -o "size=1m,nr_inodes=1k,mode=755,nosuid,nodev" drydock-learner "$R/learner"
for root in "$R" "$R/learner"; do
    mkdir -p "$root/proc" "$root/dev" "$root/etc" "$root/run/drydock" "$root/opt/drydock/images"
    mkdir -m 1777 "$root/tmp"
    # /bin is a link into /usr where that is merged, and a folder elsewhere.
    for folder in usr bin sbin lib lib32 lib64 libx32; do
        if [ -L "/$folder" ]; then
            ln -s "$(readlink "/$folder")" "$root/$folder"
        elif [ -d "/$folder" ]; then
            mkdir "$root/$folder"
            show "/$folder" "$root/$folder"
        fi
    done
done
if [ -n "$SWIFT" ]; then show_at_its_place "$SWIFT"; fi
for program in drydock drydock-engine drydock-shim; do
    : >"$R/opt/drydock/$program"
    show "$PROGRAMS/$program" "$R/opt/drydock/$program"
done
: >"$R/learner/opt/drydock/drydock"
show "$PROGRAMS/drydock" "$R/learner/opt/drydock/drydock"
show "$RECIPES" "$R/opt/drydock/images"

# Few files of /etc, and none of the host's own but those by which programs are found.
printf 'root:x:0:0:root:/root:/bin/bash\nlearner:x:%s:%s::/home/learner:/bin/bash\n' "$LEARNER" "$LEARNER" >"$R/etc/passwd"
printf 'root:x:0:\ntty:x:5:\nlearner:x:%s:\n' "$LEARNER" >"$R/etc/group"
printf 'passwd: files\ngroup: files\nhosts: files\n' >"$R/etc/nsswitch.conf"
printf '127.0.0.1\tlocalhost replay\n' >"$R/etc/hosts"
echo replay >"$R/etc/hostname"
: >"$R/etc/resolv.conf"
for name in ld.so.cache alternatives os-release; do
    if [ -e "/etc/$name" ]; then cp -a "/etc/$name" "$R/etc/$name"; fi
done
mount -o bind "$R/etc" "$R/learner/etc"
mount -o bind,remount,ro,nosuid,nodev "$R/learner/etc"

mkdir -p "$R/sys" "$R/root" "$R/home" "$R/var/lib/drydock/cache" "$R/var/lib/hub" "$R/var/lib/hub-upper" \
    "$R/var/lib/hub-work" "$R/old"
mount -t proc -o nosuid,nodev,noexec proc "$R/proc"
# Of processes the learner sees its own; of the engine not even the command line.
mount -t proc -o nosuid,nodev,noexec,hidepid=2 proc "$R/learner/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$R/sys"

mount -t tmpfs -o "size=16m,nr_inodes=1k,mode=755,nosuid,noexec" drydock-dev "$R/dev"
make_device() { mknod -m "$2" "$R/dev/$1" c "$3" "$4"; }
make_device null 666 1 3
make_device zero 666 1 5
make_device full 666 1 7
make_device random 666 1 8
make_device urandom 666 1 9
make_device tty 666 5 0
mkdir "$R/dev/pts"
mkdir -m 1777 "$R/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5,nosuid,noexec devpts "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"
ln -s /proc/self/fd "$R/dev/fd"
for fd in 0,stdin 1,stdout 2,stderr; do ln -s "/proc/self/fd/${fd%,*}" "$R/dev/${fd#*,}"; done
mount -o bind "$R/dev" "$R/learner/dev"
mount -o bind "$R/dev/pts" "$R/learner/dev/pts"

mkdir -p "$R/learner/home/learner"
mount -t tmpfs -o "size=$HOME_SIZE,nr_inodes=4k,mode=755,uid=$LEARNER,gid=$LEARNER,nosuid,nodev" drydock-home "$R/learner/home/learner"
mount -t tmpfs -o "size=$HOME_SIZE,nr_inodes=4k,mode=1777,nosuid,nodev" drydock-tmp "$R/learner/tmp"

# The machine's own part of each cgroup hierarchy: a cgroup namespace shows no more (cgroup_namespaces(7)).
mount -t tmpfs -o size=64k,mode=755,nosuid,nodev,noexec drydock-cgroups "$R/sys/fs/cgroup"
# Read before: the list grows by what is mounted here.
hierarchies=$(grep -e ' - cgroup2\? ' /proc/self/mountinfo)
echo "$hierarchies" | while read -r line; do
    set -- ${line#* - }
    type=$1
    options=${3#rw,}
    set -- $line
    case $type in
    cgroup)
        # A hierarchy without controllers has to be asked for as such.
        case $options in name=* | *,name=*) options=none,$options ;; esac
        point=$R/sys/fs/cgroup/${5##*/}
        mkdir -p "$point"
        mount -t cgroup -o "$options,nosuid,nodev,noexec" cgroup "$point"
        ;;
    cgroup2)
        point=$R/sys/fs/cgroup
        if [ "$5" != /sys/fs/cgroup ]; then point=$point/${5##*/}; fi
        mkdir -p "$point"
        mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$point"
        ;;
    esac
done

# The hub is filled once for all machines; what a learner pushes stays in this one. It is mounted beside the engine's root: what is
# mounted within that the engine takes for left over (see Doctor).
mount -t overlay -o "lowerdir=$PREPARED/hub,upperdir=$R/var/lib/hub-upper,workdir=$R/var/lib/hub-work" overlay "$R/var/lib/hub"
ln -s ../hub "$R/var/lib/drydock/hub"
cp -a "$PREPARED/seccomp" "$R/var/lib/drydock/cache/seccomp"

hostname replay
ifconfig lo 127.0.0.1 up

# The learner's end of the grader's pipes, by way of the host's /proc, which is about to vanish from here.
exec 10<"/proc/$GRADER/fd/$INPUT" 11>"/proc/$GRADER/fd/$OUTPUT" 12>"/proc/$GRADER/fd/$ERRORS"
cd "$R"
pivot_root . old
umount -l /old
rmdir /old
exec /bin/bash -c "$KEEPER" keeper "$@"
