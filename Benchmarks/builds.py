#!/usr/bin/env python3
"""How long builds take: drydock beside a Docker engine's classic builder.

    Benchmarks/builds.py [--docker COMMAND] [--files N] [--runs N] [--json FILE]

Measured: the notes' nine-step Dockerfile, without cache and with all of it cached; and a context of N files (10000) of 4 kB, once more as it
was, and with one file changed. Figures are medians of whole commands; contenders take turns. Without --docker, drydock alone is measured.
Both need ubuntu:14.04 and busybox (the lab hub's, or the oracle's).
"""
import argparse, json, os, pathlib, statistics, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent.parent
NINE = """FROM ubuntu:14.04
MAINTAINER rhehdrla
LABEL "purpose"="practice"
RUN echo update
ADD test.html /var/www/html/
WORKDIR /var/www/html
RUN ["/bin/bash", "-c", "echo hello >> test.html"]
EXPOSE 80
CMD httpd -f -p 80
"""


def timed(words):
    environment = dict(os.environ, DRYDOCK_REGISTRY="lab", DOCKER_BUILDKIT="0")
    start = time.perf_counter()
    done = subprocess.run(words, capture_output=True, env=environment)
    if done.returncode:
        sys.exit(f"benchmark: {' '.join(words)}: {done.stderr.decode(errors='replace')}")
    return (time.perf_counter() - start) * 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docker")
    parser.add_argument("--files", type=int, default=10000)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    engines = {"drydock": str(HERE / ".build/release/drydock")}
    if options.docker:
        engines["Docker"] = options.docker
    times = {}

    def measure(what, words, before=lambda: None, runs=options.runs):
        for _ in range(runs):
            for name, command in engines.items():
                before()
                times.setdefault(what, {}).setdefault(name, []).append(timed([command] + words))

    timed([engines["drydock"], "pull", "ubuntu:14.04"]), timed([engines["drydock"], "pull", "busybox"])
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        small, large = pathlib.Path(folder, "small"), pathlib.Path(folder, "large")
        small.mkdir()
        (small / "Dockerfile").write_text(NINE)
        (small / "test.html").write_text("test\n")
        measure("nine steps, no cache", ["build", "--no-cache", "-t", "bench:nine", str(small)])
        measure("nine steps, cached", ["build", "-t", "bench:nine", str(small)])
        for number in range(options.files):
            place = large / "src" / f"d{number % 100}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"f{number}").write_text(f"{number:04} " * 800)
        (large / "Dockerfile").write_text("FROM busybox\nCOPY src/d0/f0 /\n")
        context = ["build", "-t", "bench:large", str(large)]
        measure(f"{options.files} files, first time", context, runs=1)
        measure(f"{options.files} files, as they were", context)

        def change():
            with open(large / "src/d1/f1", "a") as file:
                file.write("x")
        measure(f"{options.files} files, one changed", context, change)
        (large / "Dockerfile").write_text("FROM busybox\nCOPY src /src\n")
        for command in engines.values():
            timed([command] + context)
        measure(f"{options.files} files, all copied, cached", context)
    for command in engines.values():
        subprocess.run([command, "rmi", "bench:nine", "bench:large"], capture_output=True)
    medians = {what: {name: statistics.median(values) for name, values in each.items()} for what, each in times.items()}
    print("| build | " + " | ".join(f"{name} ms" for name in engines) + (" | Docker / drydock |" if options.docker else " |"))
    print("|---|" + "--:|" * (len(engines) + bool(options.docker)))
    for what, each in medians.items():
        ratio = f" | {each['Docker'] / each['drydock']:.1f} |" if options.docker else " |"
        print(f"| {what} | " + " | ".join(f"{each[name]:.0f}" for name in engines) + ratio)
    if options.json:
        options.json.write_text(json.dumps({"medians": medians, "all": times}, indent=2))


main()
