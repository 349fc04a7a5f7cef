#!/usr/bin/env python3
"""Kills the engine with -9 before and after every call that changes something, in every operation, and looks at what the next one finds.

    DRYDOCK_BIN=.build/release Tests/Crash/crash.py [--most N] [--only VERB]

For each operation: what it needs is made; the engine dies at its 1st point, then, after all has been made anew, at its 2nd, until it
comes through. It counts them first, in a run that nothing disturbs. After each death a new engine is started, and then: the doctor finds nothing, no image or container that was there and
should be is lost, nothing is there that belongs neither to the state before nor to the one after, and a container runs. `--most N` tries
no more than N points of each operation, evenly spread.

With `--faults` nobody dies: one call of the operation is not made and fails, as on a broken disk (EIO). Then the command has failed and
everything is as it was before (but that what is half removed is gone), or it could do without that call and has worked; the doctor finds nothing, and a container runs. Exits 1 when anything was found, or nothing was tried.
"""
import argparse, errno, mmap, os, pathlib, re, shutil, signal, struct, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
BIN = pathlib.Path(os.environ.get("DRYDOCK_BIN", HERE / "../../.build/release")).resolve()


class Dock:
    """A state root with an engine that can be told where to die."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="drydock-crash-", dir="/var/tmp"))
        self.root = self.folder / "state"
        compiler = shutil.which("cc") or shutil.which("clang")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self.folder / "crash.so", HERE / "crash.c", "-ldl"], check=True)
        (self.folder / "points").write_bytes(bytes(32))
        self.points = mmap.mmap(os.open(self.folder / "points", os.O_RDWR), 32)
        self.environment = dict(os.environ, DOCKER_HOST=f"unix://{self.root}/run/engine.sock", DOCKER_CONFIG=str(self.folder / "config"),
                                DRYDOCK_LANG="en", DRYDOCK_REGISTRY="lab")
        self.engine = None
        self.repairs = 0
        self.start()

    def start(self):
        """Starts an engine, and waits for its word that it is ready."""
        read, write = os.pipe()
        environment = dict(self.environment, LD_PRELOAD=str(self.folder / "crash.so"), CRASH_POINTS=str(self.folder / "points"),
                           CRASH_PROCESS="drydock-engine")
        self.engine = subprocess.Popen([BIN / "drydock-engine", "--root", self.root, "--ready-fd", str(write)], pass_fds=[write],
                                       env=environment, stdin=subprocess.DEVNULL, stderr=open(self.folder / "engine.log", "ab"))
        os.close(write)
        with os.fdopen(read) as ready:
            said = ready.readline().strip()
        if said != "ok":
            raise SystemExit(f"crash: the engine did not start: {said}")

    def arm(self, fatal, error=0):
        self.points[:] = struct.pack("qqqq", 1, 0, fatal, error)

    def counted(self):
        return struct.unpack("qqqq", self.points[:])[1]

    def disarm(self):
        armed, counted, fatal, error = struct.unpack("qqqq", self.points[:])
        self.points[:] = struct.pack("qqqq", 0, counted, 0, 0)
        return counted

    def run(self, *words, input=None):
        return subprocess.run([BIN / "drydock", *words], env=self.environment, input=input, capture_output=True, timeout=60,
                              cwd=self.folder)

    def must(self, *words, input=None):
        outcome = self.run(*words, input=input)
        if outcome.returncode != 0:
            raise Trouble(f"{' '.join(words)}: {outcome.stderr.decode(errors='replace').strip()}")
        return outcome.stdout.decode()

    def has_died(self, seconds=0.0):
        try:
            self.engine.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def state(self):
        """Names of images, containers and volumes."""
        images = self.must("images", "--format", "{{.Repository}}:{{.Tag}}").split()
        containers = self.must("ps", "-a", "--format", "{{.Names}}").split()
        volumes = self.must("volume", "ls", "-q").split()
        return {f"image {name}" for name in images if "<none>" not in name} | {f"container {name}" for name in containers} | {
            f"volume {name}" for name in volumes}

    def close(self):
        self.disarm()
        if not self.has_died():
            ids = self.run("ps", "-aq").stdout.decode().split()
            if ids:
                self.run("rm", "-f", *ids)
            self.run("shutdown")
            if not self.has_died(20):
                self.engine.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Trouble(Exception):
    pass


def build_context(dock):
    folder = dock.folder / "context"
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text("FROM busybox AS tools\nRUN echo x > /tool\nFROM busybox\nENV A=1\nWORKDIR /w\n"
                                       "COPY --from=tools /tool .\nCOPY file .\nCMD [\"true\"]\n")
    (folder / "file").write_text("text\n")
    return str(folder)


def operations(dock):
    """(name, what it needs, the command, what the state may gain or lose by it)."""
    context = build_context(dock)
    image = str(dock.folder / "image.tar")
    files = str(dock.folder / "files.tar")
    dock.must("pull", "busybox")
    dock.must("run", "--name", "maker", "busybox", "sh", "-c", "echo x > /file; mkdir /d; echo y > /d/e")
    dock.must("commit", "maker", "saved:1")
    dock.must("save", "-o", image, "saved:1")
    dock.must("export", "-o", files, "maker")
    dock.must("login", "-u", "crash", "--password-stdin", input=b"pw123456")

    def gone(*words):
        return lambda: dock.run(*words)

    def fresh(*words):
        def make():
            dock.run("rm", "-f", "-v", "cc", "cc2")
            dock.must(*words)
        return make

    def news():
        """An image with a layer that no registry has."""
        dock.run("rm", "-f", "news")
        dock.must("run", "--name", "news", "busybox", "sh", "-c", "head -c 64 /dev/urandom > /news")
        dock.must("commit", "news", "crash/saved:1")
        dock.must("rm", "news")

    def stopped_ones():
        dock.run("rm", "-f", "-v", "cc", "cc2", "maker")
        dock.must("create", "--name", "cc", "busybox")
        dock.must("create", "--name", "cc2", "busybox")

    def outdated():
        """An image that has lost its name to another."""
        (dock.folder / "context/file").write_text(str(time.monotonic()))
        dock.must("build", "-t", "built:1", context)
        (dock.folder / "context/file").write_text(str(time.monotonic()))
        dock.must("build", "-t", "built:1", context)

    running = fresh("run", "-d", "--name", "cc", "-v", "kept:/v", "-p", "127.0.0.1::80", "busybox", "sleep", "1000")
    stopped = fresh("create", "--name", "cc", "-v", "kept:/v", "busybox", "true")
    some = {"container cc", "volume kept"}
    yield "pull", gone("rmi", "-f", "ubuntu:14.04"), ("pull", "ubuntu:14.04"), {"image ubuntu:14.04"}
    yield "create", gone("rm", "-f", "-v", "cc"), ("create", "--name", "cc", "-v", "kept:/v", "busybox", "true"), some
    yield "run", gone("rm", "-f", "cc"), ("run", "--name", "cc", "-m", "64m", "-p", "127.0.0.1::80", "busybox", "true"), some
    yield "run --rm", gone("rm", "-f", "cc"), ("run", "--rm", "--name", "cc", "-v", "/nameless", "busybox", "true"), some
    yield "start", stopped, ("start", "-a", "cc"), some
    yield "exec", running, ("exec", "cc", "true"), some
    yield "pause", running, ("pause", "cc"), some
    yield "rename", running, ("rename", "cc", "cc2"), some | {"container cc2"}
    yield "restart", running, ("restart", "-t", "0", "cc"), some
    yield "stop", running, ("stop", "-t", "0", "cc"), some
    yield "kill", running, ("kill", "cc"), some
    yield "cp to", running, ("cp", image, "cc:/tmp/"), some
    yield "cp from", running, ("cp", "cc:/etc/hosts", str(dock.folder / "hosts")), some
    yield "rm", stopped, ("rm", "-v", "cc"), some
    yield "rm -f", running, ("rm", "-f", "cc"), some
    yield "commit", stopped, ("commit", "cc", "made:1"), some | {"image made:1"}
    yield "tag", gone("rmi", "other:1"), ("tag", "saved:1", "other:1"), {"image other:1"}
    yield "untag", lambda: dock.must("tag", "saved:1", "other:1"), ("rmi", "other:1"), {"image other:1"}
    yield "rmi", lambda: dock.must("load", "-i", image) and dock.run("rm", "-f", "cc"), ("rmi", "-f", "saved:1"), {"image saved:1"}
    yield "load", gone("rmi", "-f", "saved:1"), ("load", "-i", image), {"image saved:1"}
    yield "save", lambda: None, ("save", "-o", str(dock.folder / "again.tar"), "saved:1"), set()
    yield "import", gone("rmi", "-f", "flat:1"), ("import", files, "flat:1"), {"image flat:1"}
    yield "export", lambda: None, ("export", "-o", str(dock.folder / "again.tar"), "maker"), set()
    yield "push", news, ("push", "crash/saved:1"), {"image crash/saved:1"}
    yield "build", gone("image", "prune", "-a", "-f", "--filter", "label=none"), ("build", "--no-cache", "-t", "built:1", context), {"image built:1"}
    yield "volume create", gone("volume", "rm", "vv"), ("volume", "create", "vv"), {"volume vv"}
    yield "volume rm", lambda: dock.must("volume", "create", "vv"), ("volume", "rm", "vv"), {"volume vv"}
    yield "container prune", stopped_ones, ("container", "prune", "-f"), {"container cc", "container cc2"}
    yield "volume prune", lambda: dock.run("rm", "-f", "cc") and dock.must("volume", "create", "vv"), ("volume", "prune", "-f"), {"volume vv", "volume kept"}
    yield "image prune", outdated, ("image", "prune", "-f"), set()


def after_death(dock, before, may_change, kind):
    """The next engine's view: everything whole or gone, nothing left, and it works."""
    dock.disarm()
    dock.start()
    outcome = dock.run("doctor")
    if outcome.returncode != 0:
        raise Trouble(f"the doctor: {outcome.stdout.decode()} {outcome.stderr.decode()}")
    now = dock.state()
    lost, strange = before - now - may_change, now - before - may_change
    # A volume without a name that a container was to have is its container's.
    strange = {thing for thing in strange if not (kind == "run --rm" and re.fullmatch(r"volume [0-9a-f]{64}", thing))}
    if lost or strange:
        raise Trouble(f"lost: {sorted(lost)}, neither there before nor after: {sorted(strange)}")
    dock.must("run", "--rm", "busybox", "true")


def after_fault(dock, outcome, before, may_change, kind):
    dock.disarm()
    if dock.has_died():
        raise Trouble("the engine ended")
    found = dock.run("doctor")
    if found.returncode != 0:
        # What can't be removed, since the disk fails, is removed when it works again.
        repaired = dock.run("doctor", "--repair")
        if repaired.returncode != 0 or dock.run("doctor").returncode != 0:
            raise Trouble(f"the doctor: {found.stdout.decode()} {repaired.stdout.decode()} {repaired.stderr.decode()}")
        dock.repairs += 1
    now = dock.state()
    # Docker, too, leaves a container that was made and could not be started. What was half removed can't be taken back: it is gone.
    is_dockers = kind == "run" and now - before <= {"container cc", "volume kept"}
    is_removal = not now - before and re.search(r"can't remove \S+/(making/rm-|volumes/\.rm-)", outcome.stderr.decode())
    if outcome.returncode != 0 and now != before and not is_dockers and not is_removal:
        raise Trouble(f"it failed ({outcome.stderr.decode().strip()[-160:]}), lost {sorted(before - now)} and left {sorted(now - before)}")
    if (before ^ now) - may_change:
        raise Trouble(f"it worked, and changed {sorted((before ^ now) - may_change)}")
    dock.must("run", "--rm", "busybox", "true")


def settle(dock, words):
    """What follows a container's end happens behind the client's back: waits for it, or for the engine's own end."""
    if "--rm" in words:
        subprocess.run(["curl", "-s", "--max-time", "5", "--unix-socket", dock.root / "run/engine.sock", "-X", "POST",
                        "http://engine/v1.41/containers/cc/wait?condition=removed"], capture_output=True)


def walk(dock, name, prepare, words, may_change, most, faults):
    tried, troubles = 0, []

    def attempt(fatal):
        """True when the engine has died of it."""
        prepare()
        before = dock.state()
        dock.arm(fatal, errno.EIO if faults and fatal else 0)
        outcome = dock.run(*words)
        settle(dock, words)
        if faults and fatal:
            was_reached = dock.disarm() >= fatal
            try:
                after_fault(dock, outcome, before, may_change, name)
            except Trouble as trouble:
                troubles.append(f"{name}: failed at point {fatal}: {trouble}")
            return was_reached
        # Whoever is killed has not gone at once.
        if not dock.has_died(5 if fatal and dock.counted() >= fatal else 0):
            if outcome.returncode != 0:
                troubles.append(f"{name}: {outcome.stderr.decode().strip()}")
            return False
        if fatal == 0:
            raise Trouble(f"{name}: the engine ended by itself")
        try:
            after_death(dock, before, may_change, name)
        except Trouble as trouble:
            troubles.append(f"{name}: killed at point {fatal}: {trouble}")
        return True

    attempt(0)
    points = dock.disarm()
    # A fault is before a call: those are the odd points.
    chosen = range(1, points + 1, 2 if faults else 1)
    if most and len(chosen) > most:
        every = len(chosen) // most
        chosen = [chosen[index * len(chosen) // most + (len(name) + index) % every] for index in range(most)]
    for point in chosen:
        # Threads take turns: now and then there are some points less than in the first run.
        tried += attempt(point)
        dock.disarm()
        if len(troubles) > 4:
            break
    point = chosen[-1] if points else 0
    while not most and not faults and not troubles and attempt(point + 1):
        point += 1
        tried += 1
    dock.disarm()
    return tried, points, troubles


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--most", type=int, default=0, help="points of each operation; 0: all of them")
    ask.add_argument("--only")
    ask.add_argument("--faults", action="store_true", help="fail a call instead of killing the engine")
    given = ask.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    dock = Dock()
    total, troubles, began = 0, [], time.monotonic()
    try:
        for name, prepare, words, may_change in operations(dock):
            if given.only and given.only != name:
                continue
            tried, points, found = walk(dock, name, prepare, words, may_change, given.most, given.faults)
            total += tried
            troubles += found
            what = f"failed {tried} of {(points + 1) // 2} calls" if given.faults else f"killed the engine at {tried} of {points} points"
            print(f"crash: {name}: {what}, {len(found)} of them left something", flush=True)
            for trouble in found:
                print(f"  {trouble}", flush=True)
    except (Trouble, subprocess.TimeoutExpired) as trouble:
        troubles.append(str(trouble))
        print(f"crash: {trouble}")
    finally:
        dock.close()
    print(f"crash: {total} {'faults' if given.faults else 'kills'} in {time.monotonic() - began:.0f} s, {len(troubles)} found"
          + (f"; after {dock.repairs} the doctor had something to repair" if given.faults else ""))
    return 1 if troubles or not total else 0


if __name__ == "__main__":
    sys.exit(main())
