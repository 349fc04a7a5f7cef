#!/usr/bin/env python3
"""Breaks every operation off at every point, and looks at what is there then.

    DRYDOCK_BIN=.build/release Tests/Crash/crash.py [--shim|--faults|--aborts|--order] [--most N] [--only OPERATION]...

For each operation: what it needs is made; it is run once undisturbed, and its points are counted; then it is broken off at its 1st point, and,
after all has been made anew, at its 2nd, until it comes through. Afterwards the doctor finds nothing, no image, container or volume that should
be there is lost, nothing is there that belongs neither to the state before nor to the one after, and a container runs.

Without an option the engine is killed with -9 before and after each call that changes something, and the next engine looks.
With --shim it is the container's shim, before each of its calls.
With --faults nobody dies: one call of the engine's is not made and fails, as on a broken disk (EIO). Then the command has failed and everything
is as it was before, or it could do without that call and has worked.
With --aborts the command is stepped at a terminal, and aborted at a stop, before or after a verb, a step or a call.
With --order nothing is broken off: of each operation it is looked at whether what lasts was synced before it got its name, and its folder after.

`--most N` tries no more than N points of each operation, evenly spread. Exits 1 when anything was found, or nothing was tried.
"""
import argparse, signal, subprocess, sys, time

from aborts import Aborts
from dock import Trouble
from operations import operations
from order import Order
from proofs import EngineKills, Faults, ShimKills


def choose(points, proof, name, most):
    """The points to try: all, or `most` of them, evenly spread, not the same for each operation."""
    chosen = range(1, points + 1, proof.stride)
    if not most or len(chosen) <= most:
        return list(chosen)
    every = len(chosen) // most
    return [chosen[index * len(chosen) // most + (len(name) + index) % every] for index in range(most)]


def walk(proof, operation, most, only_at=None):
    """Returns how many points were tried, how many there are, and what was found."""
    tried, troubles = 0, []

    def place(point):
        return f"{operation.name}, point {point} ({proof.dock.met()})".replace(" ()", "")

    def attempt(point):
        """True when the point was reached."""
        nonlocal tried
        try:
            reached = proof.attempt(operation, point, after)
        except Trouble as trouble:
            troubles.append(f"{place(point)}: {trouble}"[:600])
            reached = True
            # The next point is to begin clean.
            proof.dock.disarm()
            proof.dock.run("doctor", "--repair")
        except subprocess.TimeoutExpired as late:
            troubles.append(f"{place(point)}: waited for ever: {' '.join(map(str, late.cmd))}")
            reached = True
            proof.dock.disarm()
            proof.dock.restart()
        proof.dock.disarm()
        tried += reached
        return reached

    # The first time there may be more to do: what is made once, and what an earlier operation has left to be taken away.
    proof.count(operation)
    after, points = proof.count(operation)
    chosen = [only_at] if only_at else choose(points, proof, operation.name, most)
    for point in chosen:
        attempt(point)
        if len(troubles) > 4:
            break
    # Threads take turns: now and then there are some points more, or less, than in the first run.
    point = chosen[-1] if chosen else 0
    while not most and not only_at and chosen and not troubles and attempt(point + proof.stride):
        point += proof.stride
    # A proof that hardly breaks anything off proves nothing. Some are lost to what another thread did in the first run.
    if not troubles and tried < 0.7 * len(chosen) - 2:
        troubles.append(f"{operation.name}: only {tried} of {len(chosen)} points were reached")
    return tried, -(-points // proof.stride), troubles


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--most", type=int, default=0, help="points of each operation; 0: all of them")
    ask.add_argument("--at", type=int, help="this point alone: to look into what was found there")
    ask.add_argument("--only", action="append", help="an operation; may be repeated")
    kinds = {"shim": ShimKills, "faults": Faults, "aborts": Aborts, "order": Order}
    which = ask.add_mutually_exclusive_group()
    for kind, proof in kinds.items():
        which.add_argument(f"--{kind}", dest="kind", action="store_const", const=proof, help=proof.__doc__.splitlines()[0])
    given = ask.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    proof = (given.kind or EngineKills)()
    total, troubles = 0, []
    try:
        for operation in operations(proof.dock):
            if given.only and operation.name not in given.only or proof.needs_shim and not operation.has_shim:
                continue
            tried, points, found = walk(proof, operation, given.most, given.at)
            total += tried
            troubles += found
            print(f"crash: {operation.name}: {proof.did} {tried} of {points} {proof.points_are}, {len(found)} of them wrong", flush=True)
            for trouble in found:
                print(f"  {trouble}", flush=True)
    except (Trouble, subprocess.TimeoutExpired) as trouble:
        troubles.append(str(trouble))
        print(f"crash: {trouble}")
    finally:
        proof.dock.close()
    more = "".join(f", {note}" for note in proof.remarks())
    print(f"crash: {proof.did} {total} {proof.points_are} in {time.monotonic() - began:.0f} s{more}: {len(troubles)} found")
    return 1 if troubles or not total else 0


if __name__ == "__main__":
    sys.exit(main())
