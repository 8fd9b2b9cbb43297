"""A story is a list of actions: drawn from a seed, played, and when a law breaks, shrunk to what matters."""

import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.simulation.crew import draw
from tests.simulation.laws import LawBroken
from tests.simulation.names import NAMES, Action
from tests.simulation.world import World

REST_EVERY = 500
DRAWS_PER_STEP_MAX = 50
SHRINK_S = 40.0
Made = Callable[[str, Path | None], World]


@dataclass(frozen=True, slots=True)
class Run:
    """Names a story for ever."""

    seed: int
    steps: int
    store: str

    def text(self) -> str:
        return f"{self.seed} {self.steps} {self.store}"


@dataclass(frozen=True, slots=True)
class Broken:
    """A law did not hold at the end of these actions."""

    law: str
    detail: str
    actions: Sequence[Action]


def play(run: Run, made: Made = World) -> int:
    """Plays a run to its end; gives how many steps it had. Raises LawBroken, with the minimal story in it."""
    broken, steps = tell(run, made)
    if broken is not None:
        raise LawBroken(broken.law, report(run, shrink(broken, run.store, made), made))
    return steps


def tell(run: Run, made: Made = World) -> tuple[Broken | None, int]:
    """Draws and plays; gives what broke, if anything, and the steps taken."""
    chance = Random(run.seed)
    actions: list[Action] = []
    with tempfile.TemporaryDirectory(prefix="gridcrew-sim-") as folder:
        world = made(run.store, None if run.store == "memory" else Path(folder))
        try:
            while world.steps < run.steps:
                rests = world.steps and world.steps % REST_EVERY == 0
                action = Action("rest", 0) if rests else draw(chance, world)
                actions.append(action)
                if not world.apply(action) and not rests:
                    actions.pop() if action.after_ms == 0 else None
            actions.append(Action("rest", 0))
            world.apply(actions[-1])
        except Exception as fault:
            broken = _broken(fault)
            return Broken(broken.law, str(broken), actions), world.steps
        finally:
            world.close()
    return None, world.steps


def _broken(fault: Exception) -> LawBroken:
    """A fault of the machinery breaks the law that there is none."""
    if isinstance(fault, LawBroken):
        return fault
    where = "".join(traceback.format_exception(fault)[-12:])
    return LawBroken("Fault", f"{type(fault).__name__}: {fault}\n{where}")


def replay(actions: Sequence[Action], store: str, made: Made, log: list[str] | None = None) -> LawBroken | None:
    """Plays given actions, and a rest at the end."""
    with tempfile.TemporaryDirectory(prefix="gridcrew-sim-") as folder:
        world = made(store, None if store == "memory" else Path(folder))
        world.log = log
        try:
            for action in (*actions, Action("rest", 0)):
                if log is not None:
                    log.append("")
                    log[-1] = f"* {_spoken(action)}"
                world.apply(action)
        except Exception as fault:
            return _broken(fault)
        finally:
            world.close()
    return None


# -- shrinking --------------------------------------------------------------------------------------------------------


def shrink(broken: Broken, store: str, made: Made = World, within_s: float = SHRINK_S) -> Broken:
    """The fewest of the actions that still break the same law: delta debugging, first by halves, then one by one."""
    until = time.monotonic() + within_s

    def breaks(actions: Sequence[Action]) -> bool:
        found = replay(actions, store, made)
        return found is not None and found.law == broken.law

    actions = list(broken.actions)
    if not breaks(actions):
        return broken
    parts = 2
    while len(actions) > 1 and time.monotonic() < until:
        size = max(1, len(actions) // parts)
        for start in range(0, len(actions), size):
            fewer = actions[:start] + actions[start + size :]
            if breaks(fewer):
                actions, parts = fewer, max(parts - 1, 2)
                break
            if time.monotonic() > until:
                break
        else:
            if size == 1:
                break
            parts = min(len(actions), parts * 2)
    actions = _at_ease(actions, breaks, until)
    return Broken(broken.law, str(replay(actions, store, made)), actions)


def _at_ease(actions: list[Action], breaks: Callable[[Sequence[Action]], bool], until: float) -> list[Action]:
    """Takes out pauses that do not matter, as long as there is time."""
    for i, action in enumerate(actions):
        if time.monotonic() > until:
            break
        calmer = [*actions[:i], Action(action.name, 1, action.args), *actions[i + 1 :]]
        if action.after_ms > 1 and breaks(calmer):
            actions = calmer
    return actions


# -- telling ----------------------------------------------------------------------------------------------------------


def report(run: Run, broken: Broken, made: Made = World) -> str:
    """The minimal story, readable; and what to add to seeds.txt."""
    log: list[str] = []
    replay(broken.actions, run.store, made, log)
    told = "\n".join(line if line.startswith("*") else f"    {line}" for line in log)
    return f"{broken.detail}\n\nseeds.txt: {run.text()}\n{len(broken.actions)} actions:\n{told}\n{broken.detail}"


def _spoken(action: Action) -> str:
    said = ", ".join(NAMES.get(arg, str(arg)) if isinstance(arg, str) else str(arg) for arg in action.args)
    return f"{action.name.replace('_', ' ')} {said}" + (
        f"  (after {action.after_ms} ms)" if action.after_ms > 1 else ""
    )
