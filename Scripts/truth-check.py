#!/usr/bin/env python3
"""Does the narration tell the truth? Compares what was narrated with what the kernel was asked.

    strace -f -yy -v -s 512 -o trace.log …            # over engine, shim and child (-p ENGINE does, too)
    drydock --narrate json --narrate-to narration.ndjson run --rm ubuntu:14.04 true
    Scripts/truth-check.py narration.ndjson trace.log

Every mount, namespace, cgroup, netlink, capability, seccomp, identity and device call, every change of a file's name, owner and links,
and every connection over the Internet must stand on both sides as often, with the same result, the same arguments where both sides
have them whole (paths, owners, mount flags, addresses), and, where the narration names one, from the same process. A step that makes
very many calls alike tells the first of them, and of the rest how many they were: those are compared by their number. Netlink messages that only read (libc's resolver sends some by
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
# Names of files, their owners and links.
FILES = {"rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "chown", "lchown", "fchown", "fchownat", "mknodat"}
MOUNTS = "/proc/self/mounts"

# `arguments`: those that both sides have whole, in one form; None where one of them has not.
Call = collections.namedtuple("Call", "name result pid reads text arguments", defaults=[None])


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
            if matters(name, arguments, mounts) and not is_anothers(name, " ".join(arguments), ()):
                failed = call.get("errno") or 0
                text = f"{event.get('id')}: {name}({', '.join(arguments)[:120]})"
                count = call.get("count") or 1
                whole = told_arguments(name, arguments) if count == 1 and arguments != ["…"] else None
                one = Call(canonical(name), errno_name(failed) if failed else int(call["result"]), call.get("pid") or None, False, text, whole)
                for _ in range(count):
                    yield one


def canonical(name):
    """One name for what is the same call to the kernel, made with a folder's descriptor or without."""
    return {"lchown": "fchownat", "chown": "fchownat", "symlink": "symlinkat", "link": "linkat"}.get(name, name)


def told_arguments(name, arguments):
    if name in ("symlink", "symlinkat", "link", "linkat", "rename", "renameat", "renameat2"):
        return tuple(arguments)
    if name in ("chown", "lchown", "fchown", "fchownat"):
        # The container's first process names its standard streams by their numbers.
        return (None if arguments[0].isdigit() else arguments[0],) + tuple(arguments[1:])
    if name == "mknodat":
        return tuple(a for a in arguments if a.startswith("/"))
    if name == "mount" and len(arguments) > 3:
        return tuple("" if a in ("NULL", "none") else a for a in arguments[1:3]) + (flags(arguments[3]),)
    if name == "umount2" and len(arguments) > 1:
        return (arguments[0], flags(arguments[1]))
    if name == "connect":
        return (arguments[1],)
    if name in ("sethostname", "setresuid", "setresgid"):
        return tuple(arguments[:1] if name == "sethostname" else arguments)
    if name == "prctl" and arguments[:1] == ["PR_CAPBSET_DROP"]:
        return tuple(arguments[:2])
    if name in WRITES:
        return (arguments[0],)
    if name in ("mkdir", "rmdir"):
        return (arguments[0],)
    return None


def flags(text):
    return frozenset(text.split("|")) - {"0", ""}


STRINGS = re.compile(r'"((?:[^"\\]|\\.)*)"')


def traced_arguments(name, text):
    """As `told_arguments` has them, out of what strace prints."""
    def path(folder, name):
        name = unescaped(name)
        if name.startswith("/") or not folder:
            return name
        return f"{folder}/{name}" if name else folder

    if name in ("rename", "symlink", "link"):
        return tuple(unescaped(s) for s in STRINGS.findall(text)[:2])
    if name in ("renameat", "renameat2", "linkat"):
        pairs = re.findall(r'(?:AT_FDCWD|\d+)(?:<((?:[^>\\]|\\.)*)>)?, "((?:[^"\\]|\\.)*)"', text)
        return tuple(path(unescaped(f), n) for f, n in pairs[:2])
    if name == "symlinkat":
        match = re.match(r'"((?:[^"\\]|\\.)*)", (?:AT_FDCWD|\d+)(?:<((?:[^>\\]|\\.)*)>)?, "((?:[^"\\]|\\.)*)"', text)
        return (unescaped(match[1]), path(unescaped(match[2] or ""), match[3])) if match else None
    if name in ("chown", "lchown"):
        match = re.match(r'"((?:[^"\\]|\\.)*)", (-?\d+), (-?\d+)', text)
        return (unescaped(match[1]), match[2], match[3]) if match else None
    if name == "fchown":
        match = re.match(r"\d+<((?:[^>\\]|\\.)*)>(?:\(deleted\))?, (-?\d+), (-?\d+)", text)
        return (unescaped(match[1]), match[2], match[3]) if match else None
    if name == "fchownat":
        match = re.match(r'(?:AT_FDCWD|\d+)(?:<((?:[^>\\]|\\.)*)>)?, "((?:[^"\\]|\\.)*)", (-?\d+), (-?\d+)', text)
        return (path(unescaped(match[1] or ""), match[2]), match[3], match[4]) if match else None
    if name == "mknodat":
        match = re.match(r'(?:AT_FDCWD|\d+)(?:<((?:[^>\\]|\\.)*)>)?, "((?:[^"\\]|\\.)*)"', text)
        return (path(unescaped(match[1] or ""), match[2]),) if match else None
    if name == "mount":
        match = re.match(r'(?:NULL|"(?:[^"\\]|\\.)*"), "((?:[^"\\]|\\.)*)", (?:NULL|"((?:[^"\\]|\\.)*)"), ([A-Z0-9_|]+)', text)
        return (unescaped(match[1]), unescaped(match[2] or ""), flags(match[3])) if match else None
    if name == "umount2":
        match = re.match(r'"((?:[^"\\]|\\.)*)", ([A-Z0-9_|]+)', text)
        return (unescaped(match[1]), flags(match[2])) if match else None
    if name == "connect":
        match = re.search(r'sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)', text)
        if match:
            return (f"{match[2]}:{match[1]}",)
        match = re.search(r'sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]+)"', text)
        return (f"[{match[2]}]:{match[1]}",) if match else None
    if name == "sethostname":
        return tuple(unescaped(s) for s in STRINGS.findall(text)[:1])
    if name in ("setresuid", "setresgid"):
        return tuple(text.split(", "))
    if name == "prctl" and text.startswith("PR_CAPBSET_DROP"):
        return tuple(text.split(", ")[:2])
    if name in WRITES:
        match = re.match(r"\d+<((?:[^>\\]|\\.)*)>", text)
        return (unescaped(match[1]),) if match else None
    if name in ("mkdir", "rmdir"):
        return tuple(unescaped(s) for s in STRINGS.findall(text)[:1])
    return None


def unescaped(text):
    """What strace wrote with backslashes, as the bytes that it stands for."""
    if "\\" not in text:
        return text
    known = {"n": "\n", "t": "\t", "r": "\r", "v": "\v", "f": "\f", '"': '"', "\\": "\\"}
    out = re.sub(r"\\([0-7]{1,3}|.)", lambda m: chr(int(m[1], 8)) if m[1][0] in "01234567" else known.get(m[1], m[1]), text)
    return out.encode("latin-1", "replace").decode("utf-8", "replace") if all(ord(c) < 256 for c in out) else out


def errno_name(value):
    import errno
    return value if isinstance(value, str) else errno.errorcode.get(abs(value), str(value))


def matters(name, arguments, mounts):
    joined = " ".join(arguments)
    if name in ALWAYS or name in FILES or name == "connect":
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


def traced(lines, mounts, before=(), ignored=()):
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
        if place >= begins and pid not in others and significant(
                name, arguments, mounts, netlinks[threads.get(pid, pid)], ignored):
            reads = name in SENDS and only_reads(arguments)
            calls.append(Call(canonical(name), error[1] if error else number, pid, reads, f"{name}({arguments[:140]})",
                              traced_arguments(name, arguments)))
    return calls, threads, begun


def is_own_program(arguments):
    """The shim, by its name or by the memory that the engine keeps it in; the hosts' tools that the engine runs are not its own."""
    return "drydock-" in arguments.split(", [")[0] or '["drydock-' in arguments


def only_reads(arguments):
    kinds = re.findall(r"(?:nlmsg_type|type)=([A-Z0-9_<|x ]+)", arguments)
    return bool(kinds) and all("_GET" in kind for kind in kinds)


def is_anothers(name, text, ignored):
    """The lab hub's own files (a registry that happens to live in the engine's process); the shim's note of the end, which it writes
    when there may be no engine to tell it to; what is kept for later beside what the steps make (counts beside a layer, a build's story,
    the list of a kept context, how a container ended), which may be written when its step is over; and the emptying of a build's own folder at its end."""
    return name in FILES and (any(path in text for path in ignored) or name == "renameat" and '"exit.json.new"' in text
                              or name in ("rename", "renameat") and KEPT.search(text) is not None)


KEPT = re.compile(r"/(layers/[0-9a-f]{64}/\.(changes|sources|copied)\.\d+|builds/\.new-\d+|cache/contexts/\S*/list\.new|containers/[0-9a-f]{64}/state\.json\.new)\b|/staging/build\b.*\.removing-\d+")


def significant(name, arguments, mounts, netlinks, ignored=()):
    if is_anothers(name, arguments, ignored):
        return False
    if name in ALWAYS or name in FILES:
        return True
    if name == "connect":
        # libc asks for routes, and for names, with datagram sockets; local sockets are no registries.
        return "AF_INET" in arguments and re.match(r"\d+<TCP", arguments) is not None
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

    def same(call, other):
        if call.arguments is None or other.arguments is None:
            return True
        return len(call.arguments) == len(other.arguments) and all(a is None or a == b for a, b in zip(call.arguments, other.arguments))

    # Those that say most are paired off first: what is told by numbers alone takes what is left.
    rounds = (
        lambda call: lambda other: call.arguments is not None and same(call, other)
        and call.pid in (other.pid, threads.get(other.pid, other.pid)),
        lambda call: lambda other: same(call, other) and call.pid in (other.pid, threads.get(other.pid, other.pid)),
        lambda call: lambda other: same(call, other) and (call.pid is None or isinstance(process(other), tuple)),
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
101 rename("/var/lib/x/a", "/var/lib/x/b") = 0
101 fchownat(5</var/lib/x>, "file", 5, 6, AT_SYMLINK_NOFOLLOW) = 0
101 fchown(6</var/lib/x/g>, 0, 0) = 0
101 fchown(6</var/lib/x/h>, 0, 0) = 0
101 connect(7<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(5000), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINPROGRESS (Operation now in progress)
101 connect(8<UDP:[2]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
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
        call("rename", ["/var/lib/x/a", "/var/lib/x/b"], pid=101),
        call("fchownat", ["/var/lib/x/file", "5", "6"], pid=101),
        dict(call("fchown", ["…"], pid=101), count=2),
        call("connect", ["7", "127.0.0.1:5000"], -1, 115, pid=101),
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
    judge("alike", 0, whole, words=["14 calls alike", "1 netlink reads"])
    judge("another target", 1, whole, TRACE.replace('"/var/lib/x/b")', '"/var/lib/x/c")'), words=["rename"])
    judge("another owner", 1, whole, TRACE.replace('"file", 5, 6', '"file", 5, 7'), words=["fchownat"])
    judge("another address", 1, whole, TRACE.replace("htons(5000)", "htons(5001)"), words=["connect"])
    judge("other flags", 1, whole, TRACE.replace("MS_REC|MS_PRIVATE", "MS_REC|MS_SLAVE"), words=["mount"])
    judge("one more than were told", 1, whole, TRACE.replace("101 fchown(6</var/lib/x/g>, 0, 0) = 0", "101 fchown(6</g>, 0, 0) = 0\n101 fchown(6</i>, 0, 0) = 0"), words=["fchown"])
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
    ask.add_argument("--ignore", action="append", default=[], metavar="FOLDER", help="files below it are another program's")
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
        return report(list(narrated(narration, mounts)), *traced(lines, mounts, before, given.ignore))


if __name__ == "__main__":
    sys.exit(main())
