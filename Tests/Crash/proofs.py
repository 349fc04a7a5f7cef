"""The proofs that break an operation off at a point: what happens there, and what must hold afterwards."""
import errno, json, re

from dock import Dock, Trouble


class Proof:
    """One way of breaking operations off. What it works on is counted first, in a run that nothing disturbs."""
    # Words for the counts: what is done, and to what.
    did, points_are = "", ""
    needs_shim = False
    stride = 1

    def __init__(self):
        self.dock = self.make_dock()

    def make_dock(self):
        return Dock()

    def count(self, operation):
        """Runs the operation to its end.

        Returns what the state is then, and how many points there are."""
        dock = self.dock
        operation.prepare()
        dock.arm(0)
        outcome = dock.run(*operation.words)
        dock.settle(operation.words)
        points = dock.disarm()
        if dock.has_died():
            raise Trouble(f"{operation.name}: the engine ended by itself")
        if outcome.returncode != 0:
            raise Trouble(f"{operation.name}: {outcome.stderr.decode().strip()}")
        return dock.state(), points

    def attempt(self, operation, point, after):
        """Breaks the operation off at a point and looks at what there is then.

        Returns whether the point was reached; raises Trouble for what it finds."""
        raise NotImplementedError

    def remarks(self):
        """What else is worth telling of all that was tried."""
        return []

    def survives(self, now):
        """What one engine has said is what the next one reads from the disk."""
        self.dock.restart()
        after = self.dock.state()
        if after != now:
            raise Trouble(f"the next engine lacks {sorted(now - after)} and has {sorted(after - now)}")

    def works(self):
        """The next operation."""
        self.dock.must("run", "--rm", "busybox", "true")

    def looks_whole(self, operation, before, now):
        """What is not the operation's is as it was, and its own is whole or gone."""
        lost, strange = before - now - operation.may_change, now - before - operation.may_change
        if operation.name == "run --rm":
            strange = named(strange)
        if lost or strange:
            raise Trouble(f"lost: {sorted(lost)}, neither there before nor after: {sorted(strange)}")
        if operation.one_of and len(now & operation.one_of) != 1:
            raise Trouble(f"there is {sorted(now & operation.one_of)} of {sorted(operation.one_of)}")

    def is_clean(self):
        found = self.dock.doctor()
        if found:
            raise Trouble(f"the doctor: {found}")


def named(state):
    """Without the volumes that nobody gave a name. One that can't be removed with its container stays a volume, in Docker, too."""
    return {thing for thing in state if not re.fullmatch(r"volume [0-9a-f]{64}", thing)}


class EngineKills(Proof):
    """The engine dies; the next one finds everything whole or gone, nothing is left, and it works."""
    did, points_are = "killed the engine at", "points"

    def attempt(self, operation, point, after):
        dock = self.dock
        operation.prepare()
        before = dock.state()
        dock.arm(point)
        dock.run(*operation.words)
        dock.settle(operation.words)
        # Whoever is killed has not gone at once.
        if not dock.has_died(5 if dock.counted() >= point else 0):
            return False
        dock.disarm()
        dock.start()
        self.is_clean()
        self.looks_whole(operation, before, dock.state())
        self.works()
        return True


class Faults(Proof):
    """A call is not made and fails, as on a broken disk. The command fails and all is as before, or it can do without and has worked."""
    did, points_are = "failed", "calls"
    # Calls by which things are removed; where images are, a layer goes by a rename first.
    removes = {"unlink", "unlinkat", "rmdir", "umount2", "renameat"}
    # A fault is before a call: those are the odd points.
    stride = 2

    def attempt(self, operation, point, after):
        dock = self.dock
        operation.prepare()
        before = dock.state()
        dock.arm(point, errno.EIO)
        outcome = dock.run(*operation.words)
        dock.settle(operation.words)
        was_reached = dock.disarm() >= point
        if dock.has_died():
            raise Trouble("the engine ended")
        self.is_mended(self.removes | ({"rename"} if operation.name in ("rmi", "image prune") else set()))
        now = dock.state()
        if operation.keeps_failed and outcome.returncode != 0:
            kept = {thing for thing in now - before if thing.startswith("container ")}
            dock.run("rm", "-f", *(thing.split()[1] for thing in kept))
            now -= kept
        if operation.removes_itself and b"unable to remove" in outcome.stderr:
            dock.must("rm", "-v", "cc")
            now = dock.state()
        if outcome.returncode != 0 and not self.may_fail_to(operation, before, now):
            raise Trouble(f"it failed ({outcome.stderr.decode().strip()[-160:]}), lost {sorted(before - now)} and left {sorted(now - before)}")
        if outcome.returncode == 0 and named(now) != named(after):
            raise Trouble(f"it said that it worked, but lacks {sorted(after - now)} and has {sorted(now - after)}")
        self.looks_whole(operation, before, now)
        self.survives(now)
        self.works()
        return was_reached

    def remarks(self):
        return [f"after {self.dock.repairs} of which the doctor had something to repair"]

    def is_mended(self, removes):
        """What can't be removed, since the disk fails, is removed when it works again. Of all else nothing may be left."""
        dock = self.dock
        found = dock.doctor()
        if not found:
            return
        if dock.met() not in removes:
            raise Trouble(f"{dock.met()} failed, which removes nothing, and the doctor: {found}")
        repaired = dock.run("doctor", "--repair")
        if repaired.returncode != 0 or dock.doctor():
            raise Trouble(f"the doctor: {found} {repaired.stdout.decode()} {repaired.stderr.decode()}")
        dock.repairs += 1

    def may_fail_to(self, operation, before, now):
        """A command that failed has left all as it was, but for what can't be taken back in Docker either."""
        lost, gained = before - now, now - before
        if operation.is_two_commands:
            # Docker, too, leaves a container that was made and could not be started.
            return not lost and gained <= {"container cc", "volume kept"}
        if operation.ends:
            return not gained and lost <= {"running cc"}
        if operation.is_many:
            return not gained and lost <= operation.may_change
        return now == before


class ShimKills(Proof):
    """A container's shim dies: its container ends, which is told as it is; nothing is left, and it can be started again."""
    did, points_are = "killed the shim before", "calls"
    needs_shim = True

    def make_dock(self):
        return Dock(kills_shim=True)

    def attempt(self, operation, point, after):
        dock = self.dock
        operation.prepare()
        before = dock.state()
        dock.arm(point)
        outcome = dock.run(*operation.words)
        dock.settle(operation.words)
        if dock.disarm() < point:
            return False
        if dock.has_died():
            raise Trouble("the engine ended with it")
        # The engine hears of the end by itself: nobody looks before it has. What was started anew has another shim, and may run on.
        dock.api("POST", "/v1.41/containers/cc/wait", seconds=1 if operation.name == "restart" else 10)
        self.is_clean()
        now = dock.state()
        self.tells_truth(operation, outcome, now)
        # Its container ends with it.
        self.looks_whole(operation, before - {"running cc", "paused cc"}, now - {"running cc", "paused cc"})
        if "container cc" in now and "running cc" not in now:
            dock.must("start", "cc")
        self.works()
        return True

    def tells_truth(self, operation, outcome, now):
        dock = self.dock
        if "container cc" not in now:
            return
        state = json.loads(dock.must("inspect", "cc"))[0]["State"]
        if state["Running"]:
            if operation.name != "restart":
                raise Trouble("the container is said to run, and its shim is dead")
            return
        code, error = state["ExitCode"], state["Error"]
        # `true` may have ended well before; what was killed has 137, and what never ran the start's own error.
        right = (0, 137) if operation.name in ("run", "run --rm", "start") else (137,)
        if code not in right and not (outcome.returncode != 0 and error):
            raise Trouble(f"the container is said to have ended with {code} ({error}); the command with {outcome.returncode}")
