"""The proof that a command can be aborted wherever it stops: `drydock --step` at a terminal, answered stop by stop."""
import collections, fcntl, json, os, pty, re, select, signal, subprocess, termios

from dock import Trouble
from proofs import Proof

PROMPT = re.compile(rb"\(step\) (\S+?)(?: (\w+)\(\))? (before|after)> $")
FINAL = b"this comes after what can't be taken back"
# Calls that change something which only an undo takes away again.
CHANGES = {"mkdir", "rename", "renameat2", "clone", "clone3", "link", "linkat", "symlink", "symlinkat"}


class Stop:
    """A place at which the command waits, told apart from others that are called the same."""

    def __init__(self, id, call, when, step, number):
        self.id, self.call, self.when, self.step, self.number = id, call, when, step, number

    @property
    def key(self):
        # Calls are counted within their step: the steps before it may have been passed without stopping at theirs.
        return (self.id, self.call, self.when, self.step if self.call else 0, self.number)

    def __str__(self):
        return f"{self.when} {self.id}" + (f" {self.call}()" if self.call else "")


class SteppedCommand:
    """A command at a terminal of its own. Its streams are files; what is asked at each stop comes from the terminal."""

    def __init__(self, dock, words):
        self.narration = dock.folder / "narration"
        self.narration.unlink(missing_ok=True)
        self.errors = dock.folder / "errors"
        self.terminal, inner = pty.openpty()
        environment = dict(dock.environment, TERM="dumb", INPUTRC="/dev/null")
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [dock.bin / "drydock", "--step", "--narrate", "json", "--narrate-to", self.narration, *words], env=environment,
                cwd=dock.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True, pass_fds=[inner],
                preexec_fn=lambda: fcntl.ioctl(inner, termios.TIOCSCTTY, 0))
        os.close(inner)
        self.said = b""
        self.steps = 0
        self.seen = collections.Counter()

    def read(self):
        """What the terminal shows next; nothing at the end."""
        ready, _, _ = select.select([self.terminal], [], [], 30)
        if not ready:
            self.process.send_signal(signal.SIGKILL)
            raise Trouble(f"nothing is told any more after {self.said[-100:]!r}")
        try:
            return os.read(self.terminal, 65536)
        except OSError:
            # The last who had the terminal open has gone.
            return b""

    def next(self):
        """The next stop; None when the command has ended."""
        while True:
            piece = self.read()
            if not piece:
                return None
            self.said += piece
            found = PROMPT.search(self.said)
            if found:
                break
        id, call, when = (part.decode() if part else "" for part in found.groups())
        if not call and "." in id and when == "before":
            self.steps += 1
        place = (id, call, when, self.steps if call else 0)
        self.seen[place] += 1
        return Stop(id, call, when, self.steps, self.seen[place])

    def answer(self, word):
        self.said = b""
        os.write(self.terminal, word.encode() + b"\n")

    def end(self):
        """The exit code, what was said on stderr, and what was narrated."""
        code = self.process.wait(30)
        os.close(self.terminal)
        lines = self.narration.read_text().splitlines() if self.narration.exists() else []
        return code, self.errors.read_text(errors="replace"), [json.loads(line) for line in lines]


class Aborts(Proof):
    """The user aborts at a stop, before or after a verb, a step or a call: all is as before, and it is told what was taken back."""
    did, points_are = "aborted at", "stops"

    def __init__(self):
        super().__init__()
        self.finals = 0
        self.undone = 0

    def remarks(self):
        return [f"{self.undone} undos were told", f"{self.finals} came after what can't be taken back"]

    def count(self, operation):
        operation.prepare()
        command, self.stops = SteppedCommand(self.dock, operation.words), []
        while stop := command.next():
            self.stops.append(stop)
            command.answer("into")
        code, errors, _ = command.end()
        self.dock.settle(operation.words)
        if code != 0:
            raise Trouble(f"{operation.name}, stepped: {errors.strip()}")
        return self.dock.state(), len(self.stops)

    def attempt(self, operation, point, after):
        # There is no stop to look for past those that were counted.
        if point > len(self.stops):
            return False
        dock, target = self.dock, self.stops[point - 1]
        operation.prepare()
        before = dock.state()
        command = SteppedCommand(dock, operation.words)
        was_reached = is_final = False
        while stop := command.next():
            if stop.key == target.key and not was_reached:
                was_reached = True
                command.answer("abort")
            elif was_reached:
                # Asked again at the same stop, or at the clean-up's.
                is_final = is_final or stop.key[:3] == target.key[:3]
                command.answer("continue")
            else:
                command.answer(self.way(stop, target))
        code, errors, events = command.end()
        dock.settle(operation.words)
        if not was_reached:
            return False
        try:
            self.judge(operation, before, after, is_final, code, errors, events)
            if not target.call:
                self.survives(dock.state())
                self.works()
        except Trouble as trouble:
            raise Trouble(f"{target}: {trouble}") from None
        return True

    @staticmethod
    def way(stop, target):
        """The word that leads to a stop: calls are stopped at only in the step that is wanted."""
        if stop.call:
            return "into"
        if "." not in stop.id:
            # At its end, too: an outer one's steps come after it.
            return "into"
        return "into" if stop.when == "before" and target.call and stop.step == target.step else "next"

    def judge(self, operation, before, after, is_final, code, errors, events):
        dock = self.dock
        self.is_clean()
        now = dock.state()
        if is_final:
            self.finals += 1
            if code != 0 or now != after:
                raise Trouble(f"it could not be aborted any more, and ended with {code} ({errors.strip()[-160:]}), lacks "
                              f"{sorted(after - now)} and has {sorted(now - after)}")
        else:
            if code == 0 or "rolled back" not in errors:
                raise Trouble(f"it was aborted, and ended with {code} ({errors.strip()[-160:]})")
            # What is past recall is said to be.
            is_said = operation.ends and now == before - {"running cc"} or operation.is_many and "stay removed" in errors and now < before
            if now != before and not is_said:
                raise Trouble(f"it was aborted, lost {sorted(before - now)} and left {sorted(now - before)}")
            self.is_told(events)

    def is_told(self, events):
        """Where something had been made that an undo takes away, an undo is told."""
        undos = [event for event in events if event["event"] == "undo"]
        failed = [event for event in undos if event.get("error")]
        if failed:
            raise Trouble(f"an undo failed: {failed[0]['id']}: {failed[0]['error']}")
        self.undone += len(undos)
        made = [event for event in events if event["event"] == "end" and "." in event["id"]
                and any(call["name"] in CHANGES and call["result"] >= 0 for call in event["calls"])]
        if made and not undos and not any(event["event"] == "begin" and event["id"] in ("rm", "kill") for event in events):
            raise Trouble(f"{made[0]['id']} had been done, and nothing is told of its being taken back")
