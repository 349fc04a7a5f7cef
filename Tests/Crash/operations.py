"""Every operation that is broken off: what it needs, its command, and what it may change."""
import dataclasses, time


@dataclasses.dataclass
class Operation:
    name: str
    prepare: object
    words: tuple
    # What the state may gain or lose by it; all else stays as it was.
    may_change: frozenset
    # Of these there is always exactly one.
    one_of: frozenset = frozenset()
    # It works on a container's process: a shim has a part in it.
    has_shim: bool = False
    # It ends a container's process, which can't be taken back.
    ends: bool = False
    # As in Docker, `run` is a creation and a start: one that can't be started has been created.
    is_two_commands: bool = False
    # As in Docker, the container of a build's step that failed stays, to be looked at.
    keeps_failed: bool = False
    # Its container is removed at its end; where that fails the command says so, and the container can be removed by hand, as in Docker.
    removes_itself: bool = False
    # It removes several things one after the other: those that are gone are gone.
    is_many: bool = False


def build_context(dock):
    folder = dock.folder / "context"
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text("FROM busybox AS tools\nRUN echo x > /tool\nFROM busybox\nENV A=1\nWORKDIR /w\n"
                                       "COPY --from=tools /tool .\nCOPY file .\nCMD [\"true\"]\n")
    (folder / "file").write_text("text\n")
    return str(folder)


def operations(dock):
    """All of them, one after the other; what several need is made before the first."""
    context = build_context(dock)
    image = str(dock.folder / "image.tar")
    files = str(dock.folder / "files.tar")
    again = str(dock.folder / "again.tar")
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

    def nothing():
        dock.run("rm", "-f", "-v", "cc")
        dock.run("volume", "rm", "kept")

    def paused():
        running()
        dock.must("pause", "cc")

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

    def lone():
        """An image with one name."""
        dock.run("rm", "-f", "cc")
        dock.run("rmi", "-f", "other:1", "saved:1")
        dock.must("load", "-i", image)

    def unused():
        dock.run("rm", "-f", "cc")
        for volume in ("vv", "kept"):
            dock.must("volume", "create", volume)

    def unbuilt():
        dock.must("container", "prune", "-f")
        dock.run("rmi", "-f", "built:1")
        # What a broken build has made would be listed at every point after it.
        dock.must("image", "prune", "-f")

    def outdated():
        """An image that has lost its name to another."""
        dock.must("image", "prune", "-f")
        for _ in range(2):
            (dock.folder / "context/file").write_text(str(time.monotonic()))
            dock.must("build", "-t", "built:1", context)

    def make(name, prepare, words, *may_change, **more):
        return Operation(name, prepare, words, frozenset(may_change), **more)

    running = fresh("run", "-d", "--name", "cc", "-v", "kept:/v", "-p", "127.0.0.1::80", "busybox", "sleep", "1000")
    stopped = fresh("create", "--name", "cc", "-v", "kept:/v", "busybox", "true")
    new = ("container cc", "volume kept", "running cc")
    published = ("-m", "64m", "-p", "127.0.0.1::80")
    yield make("pull", gone("rmi", "-f", "ubuntu:14.04"), ("pull", "ubuntu:14.04"), "image ubuntu:14.04")
    yield make("create", nothing, ("create", "--name", "cc", "-v", "kept:/v", "busybox", "true"), *new)
    yield make("run", gone("rm", "-f", "cc"), ("run", "--name", "cc", *published, "busybox", "true"), *new, has_shim=True, is_two_commands=True)
    yield make("run -d", gone("rm", "-f", "cc"), ("run", "-d", "--name", "cc", *published, "busybox", "sleep", "1000"), *new, has_shim=True, is_two_commands=True)
    yield make("run --rm", gone("rm", "-f", "cc"), ("run", "--rm", "--name", "cc", "-v", "/nameless", "busybox", "true"), *new, has_shim=True,
               removes_itself=True)
    yield make("start", stopped, ("start", "-a", "cc"), "running cc", has_shim=True)
    yield make("exec", running, ("exec", "cc", "true"), has_shim=True)
    yield make("exec -d", running, ("exec", "-d", "cc", "sleep", "1000"), has_shim=True)
    yield make("pause", running, ("pause", "cc"), "running cc", "paused cc", one_of=frozenset(("running cc", "paused cc")), has_shim=True)
    yield make("unpause", paused, ("unpause", "cc"), "running cc", "paused cc", one_of=frozenset(("running cc", "paused cc")), has_shim=True)
    yield make("rename", running, ("rename", "cc", "cc2"), "container cc", "container cc2", "running cc", "running cc2",
               one_of=frozenset(("running cc", "running cc2")))
    yield make("restart", running, ("restart", "-t", "0", "cc"), "running cc", has_shim=True, ends=True)
    yield make("stop", running, ("stop", "-t", "0", "cc"), "running cc", has_shim=True, ends=True)
    yield make("kill", running, ("kill", "cc"), "running cc", has_shim=True, ends=True)
    yield make("cp to", running, ("cp", image, "cc:/tmp/"))
    yield make("cp from", running, ("cp", "cc:/etc/hosts", str(dock.folder / "hosts")))
    yield make("rm", stopped, ("rm", "-v", "cc"), "container cc")
    yield make("rm -f", running, ("rm", "-f", "cc"), "container cc", "running cc", has_shim=True, ends=True)
    yield make("commit", stopped, ("commit", "cc", "made:1"), "image made:1")
    yield make("tag", gone("rmi", "other:1"), ("tag", "saved:1", "other:1"), "image other:1")
    yield make("untag", lambda: dock.must("tag", "saved:1", "other:1"), ("rmi", "other:1"), "image other:1")
    yield make("rmi", lone, ("rmi", "-f", "saved:1"), "image saved:1")
    yield make("load", gone("rmi", "-f", "saved:1"), ("load", "-i", image), "image saved:1")
    yield make("save", lone, ("save", "-o", again, "saved:1"))
    yield make("import", gone("rmi", "-f", "flat:1"), ("import", files, "flat:1"), "image flat:1")
    yield make("export", lambda: None, ("export", "-o", again, "maker"))
    yield make("push", news, ("push", "crash/saved:1"))
    yield make("build", unbuilt, ("build", "--no-cache", "-t", "built:1", context), "image built:1", keeps_failed=True)
    yield make("volume create", gone("volume", "rm", "vv"), ("volume", "create", "vv"), "volume vv")
    yield make("volume rm", lambda: dock.must("volume", "create", "vv"), ("volume", "rm", "vv"), "volume vv")
    yield make("container prune", stopped_ones, ("container", "prune", "-f"), "container cc", "container cc2", is_many=True)
    yield make("volume prune", unused, ("volume", "prune", "-f"),
               "volume vv", "volume kept", is_many=True)
    yield make("image prune", outdated, ("image", "prune", "-f"), is_many=True)
