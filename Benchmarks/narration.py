#!/usr/bin/env python3
"""What narration costs: the same run told and untold, and on an engine that keeps no journal.

Contenders take turns within a round, in an order that changes from round to round, and what is reported is the median of each round's
ratio to the untold run: a slower minute of the machine is in both. A run is timed from the spawn of the command until it is reaped. It is
one without --rm: a client that removes does not wait for the files to go, but one that narrates the removal does, and that is no cost of
narrating. The containers are removed between rounds.

  Benchmarks/narration.py [--runs N] [--json FILE]
"""
import argparse, json, os, pathlib, random, shutil, statistics, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from compare import IMAGE, Drydock, timed  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parents[1]
DRYDOCK = str(HERE / ".build/release/drydock")
WORKLOADS = {"true": ["true"], "a tenth of a second of work": ["sh", "-c", "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"]}


class Engine(Drydock):
    """One with options of its own."""

    def __init__(self, folder, *options):
        folder.mkdir()
        ready, told = os.pipe()
        self.process = subprocess.Popen(
            [str(HERE / ".build/release/drydock-engine"), "--root", str(folder / "root"), "--ready-fd", str(told), *options], pass_fds=[told])
        os.close(told)
        # Before it serves, a client would start another one, without the options.
        if os.read(ready, 64) != b"ok\n":
            sys.exit("benchmark: the engine did not start")
        os.close(ready)
        super().__init__(DRYDOCK, folder)

    def sweep(self):
        if containers := self.call("ps", "-aq").split():
            self.call("rm", "-f", *containers)

    def end(self):
        self.sweep()
        super().end()
        self.process.wait()


def measure(engines, work, runs):
    """Milliseconds of each contender, a list for each with one entry a round.

    The journal is compared on two engines that do nothing else: where four kinds of runs make and remove files, each is slower."""
    plain, noting, silent = engines
    told = lambda mode: plain.command + ["--narrate", mode, "--narrate-to", os.devnull, "run", IMAGE, *work]
    contenders = {
        "untold, journal": noting.command + ["run", IMAGE, *work],
        "untold, no journal": silent.command + ["run", IMAGE, *work],
        "untold": plain.command + ["run", IMAGE, *work],
        "brief": told("brief"), "full": told("full"), "json": told("json"),
    }
    times = {name: [] for name in contenders}
    for _ in range(runs):
        for name in random.sample(list(contenders), len(contenders)):
            times[name].append(timed(contenders[name], dict(os.environ)))
        for engine in engines:
            engine.sweep()
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="drydock-narration-", dir="/var/tmp"))
    engines, results = [], {}
    try:
        engines = [Engine(folder / "plain"), Engine(folder / "noting"), Engine(folder / "silent", "--operations", "0")]
        for name, work in WORKLOADS.items():
            times = results[name] = measure(engines, work, arguments.runs)
            print(f"\n| `run {IMAGE}`, {name} | median ms | × untold |\n|---|--:|--:|")
            for contender, own in times.items():
                beside = times["untold, journal" if "journal" in contender else "untold"]
                ratio = statistics.median(a / b for a, b in zip(own, beside))
                print(f"| {contender} | {statistics.median(own):.1f} | {ratio:.3f} |", flush=True)
    finally:
        for engine in engines:
            engine.end()
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(results))


if __name__ == "__main__":
    main()
