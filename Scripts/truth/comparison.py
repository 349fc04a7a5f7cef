"""Pairs the calls of both sides off and prints what is left."""
import collections, re, sys


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
