"""The two sides: what was narrated, and what strace saw."""
import collections, json, re, sys

from truth.calls import Call, SENDS, canonical, errno_name, is_anothers, is_own_program, matters, only_reads, significant, told_arguments, traced_arguments


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
