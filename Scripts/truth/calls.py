"""Which calls are compared, and how one call looks on either side."""
import collections, re

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


# ---- the form of arguments ------------------------------------------------------------------------------------------------------------

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


# ---- which calls --------------------------------------------------------------------------------------------------------------------

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
