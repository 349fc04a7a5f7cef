#!/usr/bin/env python3
"""Proves that drydock's builder makes the images that Docker's classic builder makes.

    Tests/Oracle/same-images.py --docker DOCKER              # every folder of builds/ beside this file
    Tests/Oracle/same-images.py --docker DOCKER names links  # some of them
    … --beside 'nsenter --net=/run/netns/oracle'             # where DOCKER's engine sees a network of its own

Each folder of builds/ is built by both engines, without cache; both images are saved, and compared: all of the configuration, the history, and
each layer's archive member by member (kind, mode, owner, size, content, link, attributes, device, time). One line for each build, then every
difference. Not part of `make test`: it wants a real Docker Engine (DOCKER is a docker command, DOCKER_BUILDKIT=0 is set here).

A folder holds the context: Dockerfile, or Dockerfile.1, Dockerfile.2 … built in this order. What git can't hold is made by `.prepare` (bash, run
in a copy of the folder, not itself sent), and `.options` has more arguments of `docker build`. $SERVER of both is a web server for `.served`.

What must differ is folded, and nothing else:
* FOLDED: ids, and times of the build.
* A member's time: whichever lies after the beginning of this run becomes "the build's". The times of a context's files lie before it.
* A member's mode holds the kind of file in Docker's archives, which the format does not know, and which tar's and Docker's own readers leave
  out. They must say the same kind, and are then cut off.
* The names of owners: Docker writes what the *host's* /etc/passwd says (uid 5 is "games" there), no matter what the image's says. drydock writes
  none. No reader asks for them: Docker's goes by numbers.
* Attributes: Docker keeps security.capability and drops all others, of files that were there before as well. drydock loses none.
* Which of several hard links comes first in a layer, and has the content.
"""
import argparse, concurrent.futures, hashlib, io, json, os, pathlib, shlex, shutil, signal, stat, subprocess, sys, tarfile, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
BASES = ["busybox:latest", "ubuntu:14.04"]
PORT = 8917
# Path in an image's configuration: why its value can't be the same. Both must have one, or neither.
FOLDED = {
    ("created",): "the time of the build",
    ("container",): "an id made by chance",
    ("container_config", "Hostname"): "the short form of that id",
    ("config", "Image"): "the parent's id, which holds the time of its build",
    ("container_config", "Image"): "the same",
    ("docker_version",): "each engine says its own",
    ("history", "created"): "the time of the step",
    ("rootfs", "diff_ids"): "the sum of a layer in which the times of the build stand; the layers themselves are compared below",
}


def run(command, **more):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, **more)
    except subprocess.TimeoutExpired as late:
        raise RuntimeError(f"{shlex.join(map(str, command))}\n{(late.output or b'').decode(errors='replace')}(no answer in two minutes)")
    if done.returncode != 0:
        raise RuntimeError(f"{shlex.join(map(str, command))}\n{done.stdout.decode(errors='replace')}")
    return done.stdout


# Contexts

def context(folder: pathlib.Path, place: pathlib.Path) -> pathlib.Path:
    """A copy of a build's folder with times that don't depend on when it was checked out."""
    copy = place / "contexts" / folder.name
    shutil.copytree(folder, copy, symlinks=True)
    for number, path in enumerate(sorted(copy.rglob("*"), reverse=True)):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        os.utime(path, (978307200 + number * 86400,) * 2, follow_symlinks=False)
    prepare = copy / ".prepare"
    if prepare.exists():
        script = prepare.read_text()
        prepare.unlink()
        run(["bash", "-euo", "pipefail", "-c", "umask 022\n" + script], cwd=copy)
    return copy


def serve(root: pathlib.Path, beside: list[str]):
    """A web server on this machine's loopback, and one on that of Docker's engine, where that is another."""
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(root), str(PORT)]
    return [subprocess.Popen(prefix + command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for prefix in ([[], beside] if beside else [[]])]


# Images

KINDS = {tarfile.DIRTYPE: stat.S_IFDIR, tarfile.SYMTYPE: stat.S_IFLNK, tarfile.CHRTYPE: stat.S_IFCHR, tarfile.BLKTYPE: stat.S_IFBLK,
         tarfile.FIFOTYPE: stat.S_IFIFO}


class Image:
    """What `docker save` gives for one name."""

    def __init__(self, archive: pathlib.Path):
        with tarfile.open(archive) as tar:
            manifest = json.load(tar.extractfile("manifest.json"))[0]
            self.config = json.load(tar.extractfile(manifest["Config"]))
            self.tags = sorted(manifest["RepoTags"])
            self.layers = [Layer(tar.extractfile(name).read()) for name in manifest["Layers"]]


class Layer:
    def __init__(self, content: bytes):
        self.members, self.twice, links = {}, [], {}
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for entry in tar:
                name = entry.name.removeprefix("./").rstrip("/")
                if name in self.members: self.twice.append(name)
                self.members[name] = self.member(tar, entry)
                if entry.islnk(): links[name] = entry.linkname.removeprefix("./")
        # Which of several names comes first, and has the content, is chance. All of them have what the first has, and who belongs together counts.
        groups = {}
        for name, first in links.items():
            if first not in self.members:
                self.members[name]["linked to"] = f"{first}, which is not in the layer"
                continue
            groups.setdefault(first, [first]).append(name)
        for first, names in groups.items():
            for name in names: self.members[name] = dict(self.members[first], names=sorted(names))

    @staticmethod
    def member(tar, entry):
        kind = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link", tarfile.LNKTYPE: "name",
                tarfile.CHRTYPE: "character device", tarfile.BLKTYPE: "block device", tarfile.FIFOTYPE: "pipe"}.get(entry.type, repr(entry.type))
        bits = stat.S_IFMT(entry.mode)
        if bits and bits != KINDS.get(entry.type, stat.S_IFREG): kind += f", but its mode says {bits:o}"
        found = {"kind": kind, "mode": f"{stat.S_IMODE(entry.mode):04o}", "owner": f"{entry.uid}:{entry.gid}", "size": entry.size,
                 "time": entry.mtime}
        if kind == "link": found["target"] = entry.linkname
        if kind.endswith("device"): found["device"] = f"{entry.devmajor}:{entry.devminor}"
        if kind == "file": found["content"] = hashlib.sha256(tar.extractfile(entry).read()).hexdigest()
        found["attributes"] = {key: value for key, value in sorted(entry.pax_headers.items())
                               if key.startswith(("SCHILY.xattr.", "LIBARCHIVE.")) and not key.startswith("SCHILY.xattr.user.")}
        return found


# Comparing

def folded(value, path=()):
    if path in FOLDED:
        if isinstance(value, list): return f"<{len(value)}>"
        return "<differs>" if value else value
    if isinstance(value, dict): return {key: folded(below, path + (key,)) for key, below in value.items()}
    if isinstance(value, list): return [folded(below, path) for below in value]
    return value


def flat(value, path=""):
    """Each single value with where it stands. Lists of plain values are one value, since their order counts."""
    if isinstance(value, dict) and value:
        for key, below in value.items(): yield from flat(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(below, (dict, list)) for below in value):
        for number, below in enumerate(value): yield from flat(below, f"{path}[{number}]")
    else:
        yield path, value


def moment(layer: Layer, since: float):
    """Times of the build itself become one: the two engines do not build at the same second. All others, of the context's files, stay."""
    for member in layer.members.values():
        if member["time"] >= since: member["time"] = "the build's"


def differences(docker: Image, drydock: Image):
    theirs, ours = dict(flat(folded(docker.config))), dict(flat(folded(drydock.config)))
    for key in sorted(theirs.keys() | ours.keys()):
        a, b = theirs.get(key, "(not there)"), ours.get(key, "(not there)")
        if a != b or type(a) is not type(b): yield f"configuration: {key}: docker {json.dumps(a)}, drydock {json.dumps(b)}"
    if docker.tags != drydock.tags: yield f"names: docker {docker.tags}, drydock {drydock.tags}"
    if len(docker.layers) != len(drydock.layers): yield f"layers: docker {len(docker.layers)}, drydock {len(drydock.layers)}"
    for number, (a, b) in enumerate(zip(docker.layers, drydock.layers), 1):
        for engine, layer in ("docker", a), ("drydock", b):
            for name in layer.twice: yield f"layer {number}: {name!r}: twice in {engine}'s"
        for name in sorted(a.members.keys() | b.members.keys()):
            if name not in b.members: yield f"layer {number}: {name!r}: only docker has it: {a.members[name]}"
            elif name not in a.members: yield f"layer {number}: {name!r}: only drydock has it: {b.members[name]}"
            else:
                for key in sorted(a.members[name].keys() | b.members[name].keys()):
                    x, y = a.members[name].get(key), b.members[name].get(key)
                    if x != y: yield f"layer {number}: {name!r}: {key}: docker {x!r}, drydock {y!r}"


class Engine:
    def __init__(self, name: str, command: list[str], place: pathlib.Path):
        self.name, self.command, self.place = name, command, place
        self.environment = dict(os.environ, DOCKER_BUILDKIT="0")
        self.made: list[str] = []

    def call(self, *words): return run(self.command + list(words), env=self.environment)

    def build(self, folder: pathlib.Path) -> Image:
        """Builds all Dockerfiles of a folder.
        :return: The last one's image.
        """
        options = (folder / ".options").read_text().replace("$SERVER", f"http://127.0.0.1:{PORT}/{folder.name}/.served") \
            if (folder / ".options").exists() else ""
        files = sorted(folder.glob("Dockerfile*"))
        names = [f"same/{folder.name}:{number}" for number in range(1, len(files) + 1)]
        for file, name in zip(files, names):
            self.made.append(name)
            self.call("build", "--no-cache", "-t", name, "-f", str(file), *shlex.split(options), str(folder))
        archive = self.place / f"{self.name}.tar"
        self.call("save", "-o", str(archive), names[-1])
        return Image(archive)

    def clean(self):
        for name in reversed(self.made): subprocess.run(self.command + ["rmi", "-f", name], stdin=subprocess.DEVNULL, capture_output=True)
        self.made = []


def compare(folder, engines, place, since):
    made = context(folder, place)
    try:
        with concurrent.futures.ThreadPoolExecutor() as pool: images = list(pool.map(lambda engine: engine.build(made), engines))
    except RuntimeError as failure:
        return None, [str(failure)]
    finally:
        for engine in engines: engine.clean()
    for image in images:
        for layer in image.layers: moment(layer, since)
    return images[0], list(differences(*images))


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("builds", nargs="*", help="names of folders in builds/ (all)")
    ask.add_argument("--docker", required=True, help="a docker command that reaches a Docker Engine")
    ask.add_argument("--drydock", default=str(HERE.parent.parent / ".build/release/drydock"))
    ask.add_argument("--beside", default="", help="words before a command that runs it where DOCKER's engine is")
    given = ask.parse_args()
    folders = sorted(path for path in (HERE / "builds").iterdir() if path.is_dir() and (not given.builds or path.name in given.builds))
    if not folders or len(folders) < len(given.builds): sys.exit(f"same-images: no such build: {' '.join(given.builds)}")
    alike = members = 0
    since = int(time.time())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("same-images: ended"))
    with tempfile.TemporaryDirectory(prefix="drydock-test-same-", dir="/var/tmp") as name:
        place = pathlib.Path(name)
        docker = Engine("docker", shlex.split(given.docker), place)
        drydock = Engine("drydock", [given.drydock, "--root", f"{place}/root"], place)
        drydock.environment["DRYDOCK_REGISTRY"] = "lab"
        (place / "contexts").mkdir()
        servers = serve(place / "contexts", shlex.split(given.beside))
        try:
            docker.call("save", "-o", f"{place}/bases.tar", *BASES)
            drydock.call("load", "-i", f"{place}/bases.tar")
            for folder in folders:
                image, found = compare(folder, (docker, drydock), place, since)
                count = sum(len(layer.members) for layer in image.layers) if image else 0
                alike, members = alike + (not found), members + count
                print(f"{'the same' if not found else 'DIFFERS '}  {folder.name}: "
                      + (f"{len(image.config['history'])} steps, {len(image.layers)} layers, {count} members" if image else "not built"))
                for line in found: print(f"    {line}")
                sys.stdout.flush()
        finally:
            for server in servers: server.kill()
            drydock.call("shutdown")
    print(f"{alike} of {len(folders)} builds the same, {members} members of layers compared")
    sys.exit(0 if alike == len(folders) else 1)


main()
