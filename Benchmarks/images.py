#!/usr/bin/env python3
"""How long pull, load, save and push take: drydock beside a Docker engine, on the same registry and the same image.

    Benchmarks/images.py [--docker COMMAND] [--into-namespace PID] [--megabytes N] [--runs N] [--json FILE]

The images have one layer each of N MB (200), of this machine's own files from /usr. The registry is Debian's
docker-registry on loopback. --into-namespace: the process in whose network namespace the Docker engine runs, where a second registry on the
same data then listens. Figures are medians of whole commands; what is told is the ratio.
"""
import argparse, hashlib, io, json, os, pathlib, shutil, socket, statistics, subprocess, sys, tarfile, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent.parent


def layer(megabytes, seed):
    """A tar of files of /usr, about as large as asked for, and like no other one."""
    plain, left = io.BytesIO(), megabytes << 20
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as tar:
        info = tarfile.TarInfo("seed")
        info.size = len(seed)
        tar.addfile(info, io.BytesIO(seed.encode()))
        for folder, _, names in sorted(os.walk("/usr/lib")):
            for name in sorted(names):
                path = os.path.join(folder, name)
                if os.path.islink(path) or not os.path.isfile(path) or os.path.getsize(path) > 20 << 20:
                    continue
                tar.add(path, arcname=path.lstrip("/"))
                left -= os.path.getsize(path) + 1024
            if left <= 0:
                break
    return plain.getvalue()


def archive(path, megabytes, seed):
    """What `docker save` would write, in OCI's form: both engines load it."""
    content = layer(megabytes, seed)
    config = json.dumps({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["true"]}, "created": "2024-01-01T00:00:00Z",
        "history": [{"created": "2024-01-01T00:00:00Z", "created_by": "bench"}],
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(content).hexdigest()]}}).encode()
    with tarfile.open(path, "w") as tar:
        def add(name, data):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        digest = hashlib.sha256(config).hexdigest()
        add(digest + ".json", config)
        add("layer.tar", content)
        add("manifest.json", json.dumps([{"Config": digest + ".json", "RepoTags": [f"bench:{seed}"], "Layers": ["layer.tar"]}]).encode())
    return len(content)


def run(words, **options):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode:
        sys.exit(f"{' '.join(words)}: {done.stderr.decode(errors='replace')}")


def timed(words):
    start = time.perf_counter()
    run(words)
    return time.perf_counter() - start


def registry(folder, port, namespace=None):
    config = folder / "registry.yml"
    config.write_text(f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n"
                      f"http: {{addr: '127.0.0.1:{port}'}}\n")
    words = ["docker-registry", "serve", str(config)]
    if namespace:
        words = ["nsenter", "-t", str(namespace), "-n"] + words
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(engines, port, folder, megabytes, runs):
    """Each command as often as asked for. Nothing is removed in between: ext4 is slow to make files where many have just been deleted, and
    what an engine pulls is what the other one has pushed."""
    times = {name: {verb: [] for verb in ("load", "save", "push", "pull")} for name in engines}
    pushed = {}
    for number in range(runs):
        for name, engine in engines.items():
            seed, file = f"{name}{number}", str(folder / "image.tar")
            archive(file, megabytes, seed)
            os.sync()
            image = f"localhost:{port}/bench/{name}:{number}"
            times[name]["load"].append(timed(engine + ["load", "-q", "-i", file]))
            times[name]["save"].append(timed(engine + ["save", "-o", str(folder / "saved.tar"), f"bench:{seed}"]))
            run(engine + ["tag", f"bench:{seed}", image])
            times[name]["push"].append(timed(engine + ["push", "-q", image]))
            pushed[name] = image
        names = list(engines)
        for name, other in zip(names, reversed(names)):
            os.sync()
            times[name]["pull"].append(timed(engines[name] + ["pull", "-q", pushed[other]]))
    return {name: {verb: statistics.median(values) for verb, values in verbs.items()} for name, verbs in times.items()}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--docker", default="")
    arguments.add_argument("--into-namespace", type=int)
    arguments.add_argument("--megabytes", type=int, default=200)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--json")
    wanted = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="drydock-bench-", dir="/var/tmp") as place:
        folder = pathlib.Path(place)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        servers = [registry(folder, port)] + ([registry(folder, port, wanted.into_namespace)] if wanted.into_namespace else [])
        drydock = [str(HERE / ".build/release/drydock"), "--root", str(folder / "state")]
        try:
            time.sleep(1)
            engines = {"drydock": drydock, "docker": [wanted.docker] if wanted.docker else drydock[:2] + [str(folder / "other")]}
            results = measure(engines, port, folder, wanted.megabytes, wanted.runs)
        finally:
            if wanted.docker:
                for name in ("drydock", "docker"):
                    for number in range(wanted.runs):
                        for image in (f"bench:{name}{number}", f"localhost:{port}/bench/{name}:{number}"):
                            subprocess.run([wanted.docker, "rmi", "-f", image], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for root in ("state", "other"):
                subprocess.run(drydock[:2] + [str(folder / root), "shutdown"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for server in servers:
                server.kill()
                server.wait()
    for verb in ["pull", "load", "save", "push"]:
        line = f"{verb:5} drydock {results['drydock'][verb]:6.2f} s"
        if wanted.docker:
            line += f"   docker {results['docker'][verb]:6.2f} s   {results['docker'][verb] / results['drydock'][verb]:5.1f} times"
        print(line)
    if wanted.json:
        pathlib.Path(wanted.json).write_text(json.dumps(results, indent=2))


main()
