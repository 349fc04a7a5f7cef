#!/usr/bin/env python3
"""Does the narration tell the truth? Compares what was narrated with what the kernel was asked.

    strace -f -yy -v -s 512 -o trace.log …            # over engine, shim and child (-p ENGINE does, too)
    drydock --narrate json --narrate-to narration.ndjson run --rm ubuntu:14.04 true
    Scripts/truth-check.py narration.ndjson trace.log

Every mount, namespace, cgroup, netlink, capability, seccomp, identity and device call, every change of a file's name, owner and links,
and every connection over the Internet must stand on both sides as often, with the same result, the same arguments where both sides
have them whole (paths, owners, mount flags, addresses), and, where the narration names one, from the same process. A step that makes
very many calls alike tells the first of them, and of the rest how many they were: those are compared by their number. Netlink messages
that only read (libc's resolver sends some by itself) may be missing from the narration; they are counted as notes. Prints the
differences; exits 1 if there are any, 2 if there is nothing to compare.
"""
import argparse, sys

from truth.calls import cgroup_mounts
from truth.comparison import report
from truth.selftest import self_test
from truth.sides import narrated, traced


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
