# How a container looks, inside and outside, and what in that may differ: a part of by-hand.sh, which sources it.

# Places and names that each has for itself become words that are the same for both.
own_names() {
    sed -E -e "s#($root/state|/var/tmp/by-hand-[0-9a-f]{12})/(containers|volumes)#PLACE/\2#g" \
        -e 's#/(drydock|by-hand)-[0-9a-z]+/#/CGROUP/#g' \
        -e 's#172\.[0-9]+\.(0|255)\.[0-9]+#ADDRESS#g' -e 's#02:42:ac(:[0-9a-f]{2}){3}#MAC#g'
}

# files FOLDER: kind, mode, owner, size or device and content of everything on its file system.
files() {
    (
        cd "$1" || exit 1
        find . -xdev -printf '%P\t%y %m %U:%G %l\n' | LC_ALL=C sort
        find . -xdev -type f ! -path ./etc/hosts -printf '%P\0' | LC_ALL=C sort -z | xargs -0r sha256sum --
        find . -xdev \( -type c -o -type b \) -printf '%P\0' | LC_ALL=C sort -z | xargs -0r stat -c '%n %t:%T'
    ) | own_names
}

describe() {
    local pid=$1 proc=/proc/$1 kind controller folder file
    echo "command: $(tr '\0' '|' <$proc/cmdline)"
    echo "program: $(readlink $proc/exe) in $(readlink $proc/cwd)"
    echo "environment: $(tr '\0' '|' <$proc/environ)"
    echo "session: $([ "$(cut -d' ' -f6 $proc/stat)" = "$pid" ] && echo own || echo "another's")"
    echo "descriptors: $(ls $proc/fd | tr '\n' ' ')"
    for kind in mnt pid uts ipc net cgroup user; do
        [ "$(readlink $proc/ns/$kind)" = "$(readlink /proc/self/ns/$kind)" ] && echo "$kind: the host's" || echo "$kind: its own"
    done
    grep -E '^(Uid|Gid|Groups|Umask|NSpid|Cap[A-Za-z]*|NoNewPrivs|Seccomp|Seccomp_filters):' $proc/status | sed "s/^NSpid:.*\t/NSpid: /"
    cat $proc/limits
    echo "hostname: $(nsenter -t $pid -u cat /proc/sys/kernel/hostname)"
    # Mount point, what of which file system, and all its options; not the numbers, and not the order of what lies side by side.
    awk '{ dash = 0; for (i = 7; i <= NF; i++) if ($i == "-") dash = i; print "mount:", $5, $4, $6, $(dash + 1), $(dash + 2), $(dash + 3) }' \
        $proc/mountinfo | own_names | LC_ALL=C sort
    sed 's/^[0-9]*://' $proc/cgroup | own_names | LC_ALL=C sort
    while IFS=: read -r _ controller folder; do
        controller=${controller#name=}
        folder=/sys/fs/cgroup/${controller:-unified}$folder
        for file in memory.limit_in_bytes memory.memsw.limit_in_bytes cpu.cfs_quota_us cpu.cfs_period_us cpu.shares pids.max devices.list \
            cpuset.cpus cpuset.mems memory.max cpu.max; do
            [ ! -e "$folder/$file" ] || echo "$file: $(tr '\n' ';' <"$folder/$file")"
        done
    done < $proc/cgroup
    # The host's own are not the script's, and others change them meanwhile.
    if [ "$(readlink $proc/ns/net)" != "$(readlink /proc/self/ns/net)" ]; then
        nsenter -t $pid -n ip -o link | sed -E 's/^[0-9]+: //; s/@if[0-9]+//; s/ link-netnsid [0-9]+//; s/ qlen [0-9]+//' | own_names
        nsenter -t $pid -n ip -o -4 address | sed -E 's/^[0-9]+: //' | own_names
        nsenter -t $pid -n ip route | own_names
    fi
    for file in net/ipv4/ip_unprivileged_port_start net/ipv4/ping_group_range net/ipv6/conf/eth0/disable_ipv6; do
        echo "$file: $(nsenter -t $pid -n cat /proc/sys/$file 2>/dev/null | tr '\t' ' ')"
    done
    files $proc/root
    files $proc/root/dev
    [ ! -d $proc/root/data ] || files $proc/root/data
    for file in hosts hostname resolv.conf; do echo "$file: $(own_names <$proc/root/etc/$file)"; done
}

# What a shell can't do, and nothing else: loading the seccomp filter.
cat > "$root/expected" <<'EXPECTED'
< Seccomp:	2
< Seccomp_filters:	1
---
> Seccomp:	0
> Seccomp_filters:	0
EXPECTED

# differences NAME SCRIPT: runs the script and compares with drydock's container.
differences() {
    must bash "$2"
    describe "$(pid_of "$1")" >"$root/drydock.txt" 2>&1
    describe "$(<"$(place_of "$1")/pid")" >"$root/by-hand.txt" 2>&1
    diff "$root/drydock.txt" "$root/by-hand.txt" | grep '^[<>-]' >"$root/found" || true
}

same_container() {
    differences "$1" "$scripts/$1.sh"
    diff "$root/expected" "$root/found" >&2 || fail "$1: what the script made differs from drydock's container in other things than seccomp"
}
