#!/usr/bin/env python3
"""Runs the same tiny container on drydock, on the engines that are installed and on the floor, and prints a table.

Contenders take turns, one run each, so that a machine that slows down slows them all. A run is timed from outside: from the
spawn of the command until it is reaped. The floor times itself, without the start of its own process.
"""
import argparse, http.client, json, os, pathlib, shutil, socket, statistics, subprocess, sys, tempfile, time

IMAGE = "ubuntu:14.04"
ORACLE = pathlib.Path(__file__).resolve().parents[2] / "shared" / "oracle" / "docker"


def timed(command, environment):
    """Milliseconds from spawn to end; a failed run ends the benchmark, since its time means nothing."""
    null = os.open(os.devnull, os.O_RDWR)
    started = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, environment, file_actions=[
        (os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1)])
    status = os.waitpid(pid, 0)[1]
    took = (time.perf_counter() - started) * 1e3
    os.close(null)
    if status != 0:
        sys.exit(f"benchmark: {' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return took


def works(command, **more):
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, **more).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def make_layers(folder):
    """The lab image's three layers, as folders: busybox with its links, bash, os-release. Topmost first."""
    base, bash, release = (folder / name for name in ("1-busybox", "2-bash", "3-release"))
    for name in "bin etc tmp root home proc sys dev".split():
        (base / name).mkdir(parents=True)
    shutil.copy("/bin/busybox", base / "bin")
    for applet in subprocess.run(["/bin/busybox", "--list"], capture_output=True, text=True, check=True).stdout.split():
        if applet != "busybox":
            (base / "bin" / applet).symlink_to("busybox")
    (base / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (bash / "bin").mkdir(parents=True)
    shutil.copy("/usr/bin/bash-static", bash / "bin/bash")
    (release / "etc").mkdir(parents=True)
    (release / "etc/os-release").write_text('NAME="Ubuntu"\nVERSION="14.04"\n')
    return [release, bash, base]


class Contender:
    def __init__(self, name, command, share=1.0, note="", environment=None):
        self.name, self.command, self.share, self.note = name, command, share, note
        self.environment = dict(os.environ, **(environment or {}))
        self.times = []

    def run(self):
        self.times.append(timed(self.command, self.environment))


def docker():
    """The oracle where it is up, else whatever Docker Engine answers."""
    for command in ([str(ORACLE)], ["docker"]):
        if works(command + ["image", "inspect", IMAGE]):
            version = subprocess.run(command + ["version", "--format", "{{.Server.Version}}"], capture_output=True, text=True).stdout.strip()
            return Contender(f"Docker Engine {version}", command + ["run", "--rm", IMAGE, "true"], share=1 / 3)
    return None


def podman(layers):
    if not shutil.which("podman"):
        return None
    image = "localhost/drydock-bench:latest"
    if not works(["podman", "image", "exists", image]):
        archive = subprocess.Popen(["tar", "-C", str(layers[-1]), "-c", "."], stdout=subprocess.PIPE)
        if subprocess.run(["podman", "import", "-q", "-", image], stdin=archive.stdout, capture_output=True).returncode != 0:
            return None
    command = ["podman", "run", "--rm", image, "true"]
    return Contender("podman", command, share=1 / 3) if works(command) else None


def runtime(name, layers, folder):
    """crun or runc on a prepared bundle: no image, no network, no engine."""
    if not shutil.which(name):
        return None
    bundle = folder / name
    bundle.mkdir()
    if not works([name, "spec"], cwd=bundle):
        return None
    config = json.loads((bundle / "config.json").read_text())
    config["process"].update(terminal=False, args=["true"])
    config["process"].pop("rlimits", None)  # a machine without CAP_SYS_RESOURCE refuses them
    config["root"] = {"path": str(layers[-1]), "readonly": True}
    (bundle / "config.json").write_text(json.dumps(config))
    command = [name, "run", "--bundle", str(bundle), f"drydock-bench-{os.getpid()}"]
    return Contender(f"{name} run", command, note="a prepared bundle: no layers, no network") if works(command) else None


class Drydock:
    """A drydock engine on a root of its own, warm, with the image pulled."""

    def __init__(self, binary, folder):
        self.root = folder / "root"
        self.command = [os.path.abspath(binary), "--root", str(self.root)]
        self.call("hub", "fill")
        self.call("pull", IMAGE)
        self.call("run", "--rm", IMAGE, "true")

    def call(self, *arguments):
        done = subprocess.run(self.command + list(arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"benchmark: drydock {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout.strip()

    def contender(self):
        return Contender("drydock", self.command + ["run", "--rm", IMAGE, "true"], note="one-shot command, engine warm")

    def idle_shim(self):
        """Memory of the shim beside an idle container, in KB."""
        container = self.call("run", "-d", IMAGE, "sleep", "600")
        try:
            # The shim takes its first quiet second to give back what only its start needed.
            time.sleep(1.5)
            return [memory(pid) for pid in shims() if container[:12] in command_line(pid)] or [memory(pid) for pid in shims()]
        finally:
            self.call("rm", "-f", container)

    def end(self):
        connection = http.client.HTTPConnection("drydock")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(self.root / "run" / "engine.sock"))
        connection.request("POST", "/drydock/shutdown")
        connection.getresponse().read()


def shims():
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and os.path.basename(os.readlink(f"/proc/{entry}/exe")).startswith("drydock-shim"):
                yield int(entry)
        except OSError:
            pass


def command_line(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def memory(pid):
    rows = (line.split() for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return {row[0].rstrip(":"): int(row[1]) for row in rows if row[0] in ("Rss:", "Pss:", "Private_Dirty:")}


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--floor", required=True)
    ask.add_argument("--drydock", required=True)
    ask.add_argument("--runs", type=int, default=30)
    ask.add_argument("--json", type=pathlib.Path, help="write the figures there, too")
    given = ask.parse_args()

    folder = pathlib.Path(tempfile.mkdtemp(prefix="drydock-bench-", dir="/var/tmp"))
    engine = None
    try:
        layers = make_layers(folder)
        engine = Drydock(given.drydock, folder)
        contenders = [engine.contender(), runtime("crun", layers, folder), runtime("runc", layers, folder), podman(layers), docker()]
        contenders = [c for c in contenders if c]
        for turn in range(given.runs):
            for contender in contenders:
                if turn < max(3, round(given.runs * contender.share)):
                    contender.run()
        command = [given.floor, ":".join(map(str, layers)), str(given.runs)]
        floor = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        shim = engine.idle_shim()
    finally:
        if engine:
            engine.end()
        # The engine may still be closing its log.
        shutil.rmtree(folder, ignore_errors=True)

    rows = [("floor (C)", floor["median_ms"], floor["min_ms"], floor["runs"], "the kernel work alone")]
    rows += [(c.name, statistics.median(c.times), min(c.times), len(c.times), c.note) for c in contenders]
    own = next(row[1] for row in rows if row[0] == "drydock")
    print("| `run --rm ubuntu:14.04 true` | median ms | min ms | runs | × floor | × drydock | |")
    print("|---|--:|--:|--:|--:|--:|---|")
    for name, median, least, runs, note in rows:
        print(f"| {name} | {median:.1f} | {least:.1f} | {runs} | {median / floor['median_ms']:.1f} | {median / own:.1f} | {note} |")
    for one in shim:
        print(f"\nIdle shim: {one['Rss'] / 1024:.1f} MB resident, {one['Pss'] / 1024:.1f} MB proportional, {one['Private_Dirty'] / 1024:.1f} MB private dirty.")
    if given.json:
        given.json.write_text(json.dumps({"floor": floor, "shim_kb": shim, "contenders": {
            c.name: {"median_ms": statistics.median(c.times), "min_ms": min(c.times), "runs": len(c.times)} for c in contenders}}, indent=2) + "\n")


if __name__ == "__main__":
    main()
