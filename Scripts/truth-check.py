#!/usr/bin/env python3
"""Does the narration tell the truth? Compares what was narrated with what the kernel was asked.

    strace -f -yy -v -s 512 -o trace.log …            # over engine, shim and child (-p ENGINE does, too)
    drydock --narrate json --narrate-to narration.ndjson run --rm ubuntu:14.04 true
    Scripts/truth-check.py narration.ndjson trace.log

Every mount, namespace, cgroup, netlink, capability, seccomp, identity and device call must stand on both sides as often, with the
same result and, where the narration names one, from the same process. Netlink messages that only read (libc's resolver sends some by
itself) may be missing from the narration; they are counted as notes. Prints the differences; exits 1 if there are any, 2 if there is
nothing to compare.
"""
import argparse, collections, json, re, sys, tempfile, pathlib

# Whatever their arguments.
ALWAYS = set("""mount umount2 pivot_root chroot unshare setns sethostname setdomainname capset mknod mknodat
    setuid setgid setgroups setresuid setresgid setreuid setregid setfsuid setfsgid
    fsopen fsconfig fsmount fspick move_mount open_tree mount_setattr""".split())
PRCTL = set("""PR_CAPBSET_DROP PR_CAP_AMBIENT PR_SET_KEEPCAPS PR_SET_NO_NEW_PRIVS PR_SET_PDEATHSIG PR_SET_SECCOMP PR_SET_SECUREBITS
    PR_SET_CHILD_SUBREAPER PR_SET_DUMPABLE""".split())
SENDS = {"sendto", "sendmsg", "sendmmsg", "send"}
WRITES = {"write", "pwrite64", "writev"}
FOLDERS = {"mkdir", "mkdirat", "rmdir", "unlinkat"}
MOUNTS = "/proc/self/mounts"

Call = collections.namedtuple("Call", "name result pid reads text")


def cgroup_mounts(path=MOUNTS):
    try:
        rows = [line.split() for line in open(path)]
    except OSError:
        return []
    return [row[1] for row in rows if len(row) > 2 and row[2] in ("cgroup", "cgroup2")]


def below(path, mounts):
    """Strictly below: the hierarchies' own mount points are made by mkdir as well, in the container's tmpfs."""
    return any(path.startswith(mount.rstrip("/") + "/") for mount in mounts)


# ---- what was narrated ------------------------------------------------------------------------------------------------------------

def narrated(lines, mounts):
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            event = json.loads(line)
        except ValueError as wrong:
            sys.exit(f"truth-check: narration line {number} is not JSON: {wrong}")
        for call in event.get("calls") or []:
            name, arguments = call["name"], [str(a) for a in call.get("args") or []]
            if matters(name, arguments, mounts):
                failed = call.get("errno") or 0
                text = f"{event.get('id')}: {name}({', '.join(arguments)[:120]})"
                yield Call(name, errno_name(failed) if failed else int(call["result"]), call.get("pid") or None, False, text)


def errno_name(value):
    import errno
    return value if isinstance(value, str) else errno.errorcode.get(abs(value), str(value))


def matters(name, arguments, mounts):
    joined = " ".join(arguments)
    if name in ALWAYS:
        return True
    if name in ("clone", "clone3"):
        return "CLONE_NEW" in joined
    if name == "prctl":
        first = arguments[0] if arguments else ""
        return first in PRCTL or not first.startswith("PR_")
    if name == "seccomp":
        return "GET_" not in joined
    if name in WRITES or name in FOLDERS:
        return any(below(argument, mounts) for argument in arguments)
    # Every send that is narrated is a netlink message; the narration knows its own pipes and sockets as no steps.
    return name in SENDS


# ---- what the kernel was asked ------------------------------------------------------------------------------------------------------

LINE = re.compile(r"^(\d+)\s+(?:[\d:.]+\s+)?(.*)$")
UNFINISHED = re.compile(r"^(.*?)\s*<unfinished \.\.\.>\s*$")
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
CALL = re.compile(r"^(\w+)\((.*)\)\s*= (\S+)(.*)$", re.S)


def traced(lines, mounts, before=()):
    """The significant calls of a trace, and what is known of its processes: thread -> process, for threads that began in it.

    What came before it counts for that knowledge alone."""
    known, begins = list(before), len(before)
    # Processes that have executed another program than drydock's own, and their children: what a container does is its own business.
    others = set()
    calls, threads, begun, open_calls, netlinks = [], {}, set(), {}, collections.defaultdict(set)
    for place, line in enumerate(known + list(lines)):
        match = LINE.match(line.rstrip("\n"))
        if not match:
            continue
        pid, rest = int(match[1]), match[2]
        cut = UNFINISHED.match(rest)
        if cut:
            open_calls[pid] = cut[1]
            continue
        resumed = RESUMED.match(rest)
        if resumed:
            begin = open_calls.pop(pid, None)
            if begin is None:
                continue
            rest = begin + resumed[2]
        match = CALL.match(rest)
        if not match or match[3] == "?":
            continue  # a signal, an exit, or a call that the kernel restarts: it will show up again
        name, arguments, result, tail = match.groups()
        error = re.match(r"\s+(E[A-Z0-9]+)\b", tail) if result == "-1" else None
        digits = re.match(r"-?(0x[0-9a-f]+|\d+)", result)
        number = int(digits[0], 16 if "x" in digits[0] else 10) if digits else 0
        if name in ("execve", "execveat") and not error:
            if is_own_program(arguments):
                others.discard(pid)
            else:
                others.add(pid)
        if name in ("clone", "clone3", "fork", "vfork") and number > 0:
            begun.add(number)
            if pid in others:
                others.add(number)
            else:
                others.discard(number)  # the kernel gives numbers again
            if "CLONE_THREAD" in arguments:
                threads[number] = threads.get(pid, pid)
        if name == "socket" and arguments.startswith("AF_NETLINK") and number >= 0:
            netlinks[threads.get(pid, pid)].add(number)
        if place >= begins and pid not in others and significant(name, arguments, mounts, netlinks[threads.get(pid, pid)]):
            reads = name in SENDS and only_reads(arguments)
            calls.append(Call(name, error[1] if error else number, pid, reads, f"{name}({arguments[:140]})"))
    return calls, threads, begun


def is_own_program(arguments):
    """The shim, by its name or by the memory that the engine keeps it in; the hosts' tools that the engine runs are not its own."""
    return "drydock-" in arguments.split(", [")[0] or '["drydock-' in arguments


def only_reads(arguments):
    kinds = re.findall(r"(?:nlmsg_type|type)=([A-Z0-9_<|x ]+)", arguments)
    return bool(kinds) and all("_GET" in kind for kind in kinds)


def significant(name, arguments, mounts, netlinks):
    if name in ALWAYS:
        return True
    if name in ("clone", "clone3"):
        return "CLONE_NEW" in arguments
    if name == "prctl":
        return arguments.split(",")[0].strip() in PRCTL
    if name == "seccomp":
        # libseccomp asks what the kernel can do by offering filters that are no filters; they install nothing.
        return "SECCOMP_SET_MODE" in arguments and not arguments.rstrip().endswith("NULL")
    if name in WRITES:
        path = re.match(r"\d+<([^>]*)>", arguments)
        return bool(path) and below(path[1], mounts)
    if name in FOLDERS:
        folder = re.match(r"(?:AT_FDCWD|\d+)<([^>]*)>, ", arguments)
        path = re.search(r'"((?:[^"\\]|\\.)*)"', arguments)
        if name == "unlinkat" and "AT_REMOVEDIR" not in arguments:
            return False
        whole = path[1] if path else ""
        return below(whole if whole.startswith("/") or not folder else f"{folder[1].rstrip('/')}/{whole}", mounts)
    if name in SENDS:
        descriptor = re.match(r"(\d+)(<[^>]*>?)?", arguments)
        decorated = descriptor and descriptor[2] or ""
        if decorated and "socket:" not in decorated:
            return "NETLINK" in decorated
        return "nlmsg_len=" in arguments or "AF_NETLINK" in arguments or bool(descriptor) and int(descriptor[1]) in netlinks
    return False


# ---- both --------------------------------------------------------------------------------------------------------------------------

def compare(told, asked, threads, begun):
    """Pairs them off: same name, same result, same process. A thread that was there before the trace may be anyone's."""
    def process(call):
        pid = threads.get(call.pid, call.pid)
        return pid if pid in begun or call.pid in threads else (pid, "unknown")

    by_key = collections.defaultdict(list)
    for call in asked:
        by_key[call.name, call.result].append(call)

    def take(call, fits):
        candidates = by_key[call.name, call.result]
        for reads in (False, True):
            for index, other in enumerate(candidates):
                if other.reads == reads and fits(other):
                    del candidates[index]
                    return True
        return False

    rounds = (
        lambda call: lambda other: call.pid in (other.pid, threads.get(other.pid, other.pid)),
        lambda call: lambda other: call.pid is None or isinstance(process(other), tuple),
    )
    left = list(told)
    for fits in rounds:
        left = [call for call in left if not take(call, fits(call))]
    rest = [call for calls in by_key.values() for call in calls]
    return left, [call for call in rest if not call.reads], [call for call in rest if call.reads]


def report(told, asked, threads, begun, out=sys.stdout):
    if not told or not asked:
        print(f"truth-check: nothing to compare: {len(told)} narrated and {len(asked)} traced calls that matter", file=out)
        return 2
    unasked, untold, notes = compare(told, asked, threads, begun)
    for title, calls in (("narrated, but the kernel was never asked", unasked), ("asked of the kernel, but not narrated", untold)):
        groups = collections.defaultdict(list)
        for call in calls:
            groups[call.name, str(call.result), call.pid].append(call)
        if groups:
            print(f"{title}:", file=out)
        for (name, result, pid), group in sorted(groups.items(), key=str):
            print(f"  {len(group):3d} × {name} = {result}  pid {pid or 'unknown'}   e.g. {group[0].text}", file=out)
    counts = collections.Counter(call.name for call in told)
    alike = len(told) - len(unasked)
    print(f"{alike} calls alike, {len(unasked)} only narrated, {len(untold)} only traced"
          f"{f', {len(notes)} netlink reads outside of steps' if notes else ''}"
          f" ({', '.join(f'{name} {count}' for name, count in sorted(counts.items()))})", file=out)
    verbs = collections.Counter(re.split(r"[.:]", call.text)[0] for call in told)
    print(f"narrated by verb: {', '.join(f'{verb} {count}' for verb, count in sorted(verbs.items()))}", file=out)
    return 1 if unasked or untold else 0


# ---- self-test -----------------------------------------------------------------------------------------------------------------------

TRACE = r'''100 clone3({flags=CLONE_VM|CLONE_THREAD|CLONE_SIGHAND, child_tid=0x7f, exit_signal=0}, 88) = 101
101 mkdir("/sys/fs/cgroup/memory/a/b", 0755) = 0
101 mkdir("/var/lib/x", 0755) = 0
101 write(7</sys/fs/cgroup/memory/a/b/cgroup.procs>, "0", 1) = 1
101 write(1</dev/pts/0>, "hello", 5) = 5
101 sendto(9<NETLINK:[ROUTE:100]>, [{nlmsg_len=108, nlmsg_type=RTM_NEWLINK, nlmsg_flags=NLM_F_REQUEST}], 108, 0, NULL, 0) = 108
101 sendto(9<NETLINK:[ROUTE:100]>, [{nlmsg_len=20, nlmsg_type=RTM_GETADDR, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP}], 20, 0, NULL, 0) = 20
101 sendto(4<UNIX-STREAM:[1->2]>, "x", 1, 0, NULL, 0) = 1
101 clone3({flags=CLONE_NEWNS|CLONE_NEWPID, exit_signal=SIGCHLD}, 88 <unfinished ...>
200 mount(NULL, "/", NULL, MS_REC|MS_PRIVATE, NULL <unfinished ...>
101 <... clone3 resumed> => {pidfd=[6]}, 88) = 200
200 <... mount resumed>) = 0
200 mount("/dev/null", "/proc/kcore", NULL, MS_BIND, NULL) = -1 ENOENT (No such file or directory)
200 --- SIGWINCH {si_signo=SIGWINCH} ---
200 prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) = 1
200 prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN) = 0
200 seccomp(SECCOMP_GET_ACTION_AVAIL, 0, [SECCOMP_RET_LOG]) = 0
200 seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, NULL) = -1 EFAULT (Bad address)
200 seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=997, filter=0x55}) = 0
200 setgroups(1, [0]) = 0
200 execve("/bin/true", ["true"], 0x55 /* 3 vars */) = 0
200 setuid(1000) = 0
200 clone(child_stack=NULL, flags=SIGCHLD) = 201
201 setgid(1000) = 0
200 exit_group(0) = ?
'''

def told_calls():
    call = lambda name, args, result=0, errno=0, pid=200: {"name": name, "args": args, "result": result, "errno": errno, "us": 1.0, "pid": pid}
    return [
        call("mkdir", ["/sys/fs/cgroup/memory/a/b", "0755"], pid=100),
        call("mkdir", ["/var/lib/x", "0755"], pid=100),
        call("write", ["/sys/fs/cgroup/memory/a/b/cgroup.procs", "0"], 1, pid=100),
        call("sendto", ["RTM_NEWLINK", "veth0"], 108, pid=100),
        call("clone3", ["CLONE_NEWNS|CLONE_NEWPID"], 200, pid=100),
        call("mount", ["", "/", "", "MS_REC|MS_PRIVATE"]),
        call("mount", ["/dev/null", "/proc/kcore"], -1, 2),
        call("prctl", ["PR_CAPBSET_DROP", "CAP_SYS_ADMIN"]),
        call("seccomp", ["SECCOMP_SET_MODE_FILTER", "997 instructions"]),
        call("setgroups", ["0"], pid=0),
    ]

def self_test():
    import io
    mounts, failures = ["/sys/fs/cgroup/memory"], []

    def judge(what, wanted, calls, trace=TRACE, words=()):
        out = io.StringIO()
        lines = [json.dumps({"event": "end", "op": "1", "id": "start.x", "path": ["start"], "calls": calls})]
        code = report(list(narrated(lines, mounts)), *traced(trace.splitlines(), mounts), out=out)
        missing = [word for word in words if word not in out.getvalue()]
        if code != wanted or missing:
            failures.append(f"{what}: exit {code}, wanted {wanted}; missing {missing}; said:\n{out.getvalue()}")

    whole = told_calls()
    judge("alike", 0, whole, words=["9 calls alike", "1 netlink reads"])
    for index, call in enumerate(whole):
        if call["args"][:1] != ["/var/lib/x"]:
            judge(f"{call['name']} left out of the narration", 1, whole[:index] + whole[index + 1:], words=["not narrated", call["name"]])
    judge("an invented mount", 1, whole + [whole[5]], words=["never asked", "mount = 0"])
    judge("a hidden failure", 1, whole[:6] + [dict(whole[6], result=0, errno=0)] + whole[7:], words=["ENOENT"])
    judge("another process", 1, whole[:7] + [dict(whole[7], pid=999)] + whole[8:], words=["pid 999"])
    judge("a line missing from the trace", 1, whole, TRACE.replace("200 setgroups", "200 getgroups"), words=["setgroups"])
    judge("the shim's own calls count", 1, whole, TRACE.replace('execve("/bin/true", ["true"]', 'execve("/x/drydock-shim", ["drydock-shim"]'),
          words=["setuid"])
    judge("a narrated read", 0, whole + [dict(whole[3], args=["RTM_GETADDR"], result=20)])
    judge("an empty narration", 2, [])
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "mounts")
        path.write_text("tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n")
        if cgroup_mounts(path) != ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/unified"]:
            failures.append("cgroup mounts")
    print("\n".join(failures) or "truth-check: self-test passed", file=sys.stderr)
    return 1 if failures else 0


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("narration", nargs="?", help="newline-delimited JSON of --narrate json")
    ask.add_argument("trace", nargs="*", help="logs of strace -f -yy -v")
    ask.add_argument("--before", help="a trace of what came before, for the threads and sockets that began in it")
    ask.add_argument("--self-test", action="store_true")
    given = ask.parse_args()
    if given.self_test:
        return self_test()
    if not given.narration or not given.trace:
        ask.error("a narration and a trace are needed")
    mounts = cgroup_mounts()
    lines = [line for path in given.trace for line in open(path, errors="replace")]
    before = list(open(given.before, errors="replace")) if given.before else []
    with open(given.narration, errors="replace") as narration:
        return report(list(narrated(narration, mounts)), *traced(lines, mounts, before))


if __name__ == "__main__":
    sys.exit(main())
