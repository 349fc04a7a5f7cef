"""A state root with an engine of its own that can be told where to die, which call is to fail, and what to write down."""
import http.client, json, mmap, os, pathlib, shutil, socket, struct, subprocess, tempfile

HERE = pathlib.Path(__file__).resolve().parent
BIN = pathlib.Path(os.environ.get("DRYDOCK_BIN", HERE / "../../.build/release")).resolve()


class Trouble(Exception):
    """What a proof has found."""


class Dock:
    """`kills_shim`: points are the shim's calls instead of the engine's. `notes_syncs`: the engine writes down what it syncs and renames."""

    def __init__(self, kills_shim=False, notes_syncs=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="drydock-crash-", dir="/var/tmp"))
        self.root = self.folder / "state"
        self.bin = BIN
        (self.folder / "points").write_bytes(bytes(64))
        self.points = mmap.mmap(os.open(self.folder / "points", os.O_RDWR), 64)
        self.environment = dict(os.environ, DOCKER_HOST=f"unix://{self.root}/run/engine.sock", DOCKER_CONFIG=str(self.folder / "config"),
                                DRYDOCK_LANG="en", DRYDOCK_REGISTRY="lab")
        self.engine_environment = dict(self.environment)
        if notes_syncs:
            self.engine_environment["CRASH_SYNCS"] = str(self.folder / "syncs")
        if kills_shim:
            self.stand_in()
        else:
            self.compile("-shared", "-fPIC", "-o", self.folder / "crash.so", HERE / "crash.c", "-ldl")
            self.engine_environment.update(LD_PRELOAD=str(self.folder / "crash.so"), CRASH_POINTS=str(self.folder / "points"),
                                           CRASH_PROCESS="drydock-engine")
        self.engine = None
        self.repairs = 0
        self.start()

    def compile(self, *words):
        compiler = shutil.which("cc") or shutil.which("clang")
        subprocess.run([compiler, "-O1", "-Wall", *words], check=True)

    def stand_in(self):
        """The engine finds the shim beside itself: here it finds the one that is traced."""
        tree = self.folder / "tree"
        self.bin = tree / "bin"
        self.bin.mkdir(parents=True)
        # The lab hub's recipes are looked for above the engine.
        for above in BIN.parents:
            if (above / "Lessons/Images").is_dir():
                (tree / "Lessons").symlink_to(above / "Lessons")
                break
        shutil.copy(BIN / "drydock-engine", self.bin)
        (self.bin / "drydock").symlink_to(BIN / "drydock")
        self.compile(f'-DPOINTS="{self.folder}/points"', f'-DSHIM="{BIN}/drydock-shim"', "-o", self.bin / "drydock-shim", HERE / "shim.c")

    def start(self):
        """Starts an engine, and waits for its word that it is ready."""
        read, write = os.pipe()
        self.engine = subprocess.Popen([self.bin / "drydock-engine", "--root", self.root, "--ready-fd", str(write)], pass_fds=[write],
                                       env=self.engine_environment, stdin=subprocess.DEVNULL,
                                       stderr=open(self.folder / "engine.log", "ab"))
        os.close(write)
        with os.fdopen(read) as ready:
            said = ready.readline().strip()
        if said != "ok":
            raise SystemExit(f"crash: the engine did not start: {said}")

    def restart(self):
        self.engine.kill()
        self.engine.wait()
        self.start()

    # The points: calls that are counted while armed.

    def arm(self, fatal, error=0):
        self.points[:] = struct.pack("qqqq32x", 1, 0, fatal, error)

    def counted(self):
        return struct.unpack("qqqq", self.points[:32])[1]

    def met(self):
        """The name of the call at the fatal point."""
        return self.points[32:].rstrip(b"\0").decode()

    def disarm(self):
        armed, counted, fatal, error = struct.unpack("qqqq", self.points[:32])
        self.points[:32] = struct.pack("qqqq", 0, counted, 0, 0)
        return counted

    # Commands.

    def run(self, *words, input=None):
        return subprocess.run([self.bin / "drydock", *words], env=self.environment, input=input, capture_output=True, timeout=60,
                              cwd=self.folder)

    def must(self, *words, input=None):
        outcome = self.run(*words, input=input)
        if outcome.returncode != 0:
            raise Trouble(f"{' '.join(words)}: {outcome.stderr.decode(errors='replace').strip()}")
        return outcome.stdout.decode()

    def api(self, method, path, seconds=30.0):
        """The engine's own answer; None when it has died, or none has come after so many seconds."""
        connection = http.client.HTTPConnection("engine")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(seconds)
        try:
            connection.sock.connect(str(self.root / "run/engine.sock"))
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
            return json.loads(body) if answer.status < 300 and body else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def told(self, path):
        answer = self.api("GET", path)
        if answer is None:
            raise Trouble(f"no answer to {path}")
        return answer

    def settle(self, words):
        """What follows a container's end happens behind the client's back: waits for it, or for the engine's own end."""
        if "--rm" in words:
            self.api("POST", "/v1.41/containers/cc/wait?condition=removed", seconds=5)

    def has_died(self, seconds=0.0):
        try:
            self.engine.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def state(self):
        """Names of images, containers and volumes, and which containers run or are paused."""
        state = {f"volume {volume['Name']}" for volume in self.told("/v1.41/volumes")["Volumes"] or []}
        for image in self.told("/v1.41/images/json"):
            state.update(f"image {name}" for name in image["RepoTags"] or [] if "<none>" not in name)
        for container in self.told("/v1.41/containers/json?all=1"):
            name = container["Names"][0].removeprefix("/")
            state.add(f"container {name}")
            if container["State"] in ("running", "paused"):
                state.add(f"{container['State']} {name}")
        return state

    def doctor(self):
        """What the doctor has found; nothing when all is clean."""
        findings = self.told("/drydock/doctor")["findings"]
        return "; ".join(f"{finding['kind']} {finding['what']}: {finding['why']}" for finding in findings)

    def empty(self):
        ids = self.run("ps", "-aq").stdout.decode().split()
        if ids:
            self.run("rm", "-f", *ids)
        self.run("shutdown")
        if not self.has_died(20):
            self.engine.kill()

    def close(self):
        self.disarm()
        try:
            if self.has_died():
                self.start()
            self.empty()
        except subprocess.TimeoutExpired:
            # It waits for something that doesn't come: the next one doesn't.
            self.restart()
            self.empty()
        shutil.rmtree(self.folder, ignore_errors=True)
