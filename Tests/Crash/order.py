"""The proof that what matters is synced: a kill -9 loses nothing that the kernel has been told, a power cut does.

The engine writes down each file that it makes, each sync and each rename (crash.c). What lasts must have been synced before it gets its name,
and the folder that has the name afterwards, before the command is answered; of what is removed the folder that it leaves."""
import os, re

from dock import Dock, Trouble
from proofs import Proof

# What gets its name by a rename and lasts. What needn't last, and why: running.json and state.json (Container's saveState), changes.json and the
# other notes beside a layer (made again when they are missing), what is only staged.
ARRIVES = re.compile(r"/state/(images/index\.json|(images|hub)/blobs/sha256/\w+|hub/index\.json|layers/\w{64}|containers/\w{64}(/config\.json)?"
                     r"|volumes/[^./][^/]*)$")
# What is gone once it has this name.
LEAVES = re.compile(r"/state/(making/rm-\w+|volumes/\.rm-[^/]+)$")
# Files in a folder that is renamed as a whole.
INSIDE = {"config.json", "state.json", "volume.json", "layer.json"}
# Containers that remove themselves, a build's among them, and their volumes have nothing to survive (Container.isDurable).
PASSING = re.compile(r"/(containers/\w{64}|volumes/\w{64}|making/rm-\w{64}|volumes/\.rm-\w{64})(/config\.json)?$")


class Order(Proof):
    """Nothing is broken off: what lasts is synced before it gets its name, and its folder after."""
    did, points_are = "followed", "renames"

    def make_dock(self):
        return Dock(notes_syncs=True)

    def count(self, operation):
        notes = self.dock.folder / "syncs"
        operation.prepare()
        notes.write_text("")
        outcome = self.dock.run(*operation.words)
        # Before what follows a container's end behind the client's back.
        answered = notes.read_text()
        self.dock.settle(operation.words)
        if outcome.returncode != 0:
            raise Trouble(f"{operation.name}: {outcome.stderr.decode().strip()}")
        self.findings = self.examine([line.split("\t") for line in answered.splitlines()], operation)
        return None, len(self.findings)

    def attempt(self, operation, point, after):
        if point > len(self.findings):
            return False
        if self.findings[point - 1]:
            raise Trouble(self.findings[point - 1])
        return True

    def examine(self, notes, operation):
        """Of each rename that counts: what is wrong with it, or nothing."""
        passes = operation.name in ("run --rm", "build")
        synced, made, findings, waiting = set(), [], [], []
        for what, identity, *rest in notes:
            if what in ("sync", "syncfs"):
                synced.add(identity)
                for index, folder in [entry for entry in waiting if entry[1] == identity]:
                    findings[index] = ""
                    waiting.remove((index, folder))
            elif what == "make":
                made.append((identity, rest[0]))
                # What is made with a number that another file had is not that one.
                synced.discard(identity)
            elif what == "rename":
                left, entered, source, target = rest
                name = target.split("/state/")[-1]
                if passes and PASSING.search(target):
                    continue
                if ARRIVES.search(target):
                    inside = [path for file, path in made if path.startswith(source + "/") and os.path.basename(path) in INSIDE
                              and file not in synced and os.path.exists(path.replace(source, target, 1))]
                    if identity not in synced or inside:
                        findings.append(f"{name} got its name before {os.path.basename(inside[0]) if inside else 'it'} was synced")
                        continue
                    waiting.append((len(findings), entered))
                    findings.append(f"{name} was renamed, and its folder was not synced")
                elif LEAVES.search(target):
                    waiting.append((len(findings), left))
                    findings.append(f"{name} was renamed, and the folder that it left was not synced")
        return findings
