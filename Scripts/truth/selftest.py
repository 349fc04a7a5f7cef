"""A comparison that can't fail is none: each kind of untruth is planted, and has to be found."""
import io, json, pathlib, sys, tempfile

from truth.calls import cgroup_mounts
from truth.comparison import report
from truth.sides import narrated, traced

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
