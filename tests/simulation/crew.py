"""Draws what happens next: what people, phones, the network, the server and the office do. All chance is here."""

from random import Random
from typing import Any

from tests.simulation.domain import BLOBS, EDITABLE, TEAMS
from tests.simulation.names import DEVICES, PHONES, USERS, Action
from tests.simulation.phone import ROTS
from tests.simulation.world import START_MS, World

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
FIELDS = sorted(EDITABLE)
PAUSES = ((60, 50), (25, 3_000), (9, 60_000), (4, HOUR_MS), (1, 20 * HOUR_MS))
"""(weight, longest pause before an action)"""
RARE_PAUSES = (3 * DAY_MS, 8 * DAY_MS, 30 * DAY_MS, 91 * DAY_MS)
CLOCK_ERRORS = (0, HOUR_MS, -HOUR_MS, -START_MS, 74 * 365 * DAY_MS, 5 * 60_000, -2_000)
"""Right, an hour wrong either way, 1970, 2100, and a little off."""
_WEIGHTS = [weight for weight, _ in PAUSES]


def draw(chance: Random, world: World) -> Action:
    """The next action; it may turn out that there was nothing to do."""
    after_ms = _pause(chance)
    if world.ripe and chance.random() < 0.02:
        return Action("compact", after_ms)
    roll = chance.random()
    under_way = len(world.network.under_way)
    if under_way and roll < 0.55:
        return _network(chance, under_way, after_ms)
    if roll < 0.90:
        return _phone(chance, world, after_ms)
    if roll < 0.955:
        return _office(chance, world, after_ms)
    return _trouble(chance, after_ms)


def _pause(chance: Random) -> int:
    longest = chance.choices(PAUSES, _WEIGHTS)[0][1]
    if chance.random() < 0.002:
        longest = chance.choice(RARE_PAUSES)
    return chance.randrange(longest)


def _network(chance: Random, under_way: int, after_ms: int) -> Action:
    # The newest first, most often: order is the rule, disorder the exception.
    which = under_way - 1 if chance.random() < 0.7 else chance.randrange(under_way)
    roll = chance.random()
    if roll < 0.80:
        return Action("deliver", after_ms, (which,))
    if roll < 0.88:
        return Action("drop", after_ms, (which,))
    if roll < 0.96:
        return Action("copy", after_ms, (which,))
    if roll < 0.998:
        return Action("cut", after_ms, (which, round(chance.random(), 3)))
    return Action("scare", after_ms, (which,))


def _phone(chance: Random, world: World, after_ms: int) -> Action:
    number = chance.randrange(PHONES)
    phone = world.phones[number]
    roll = chance.random()
    if phone.owes_receipt:
        return Action("give_up" if phone.waits_for is not None else "send", after_ms, (number,))
    if phone.waits_for is not None:
        return Action("give_up", after_ms, (number,)) if roll < 0.25 else _work(chance, world, number, after_ms)
    if phone.running and roll < 0.75:
        return Action("send", after_ms, (number,))
    if roll < 0.30:
        return Action("begin", after_ms, (number, chance.random() < 0.9))
    if roll < 0.34:
        return Action("remember", after_ms, (number,))
    if roll < 0.37:
        return Action("sign_in", after_ms, (number, chance.choice(USERS)))
    if roll < 0.42:
        return Action("upload", after_ms, (chance.choice(BLOBS),))
    if roll < 0.45:
        return Action("renew", after_ms, (number,))
    return _work(chance, world, number, after_ms)


# -- work -------------------------------------------------------------------------------------------------------------


def _work(chance: Random, world: World, number: int, after_ms: int) -> Action:
    roll = chance.random()
    if roll < 0.12 or world.rows < 3:
        return Action("deed", after_ms, (number, _new(world), "job.open", _params(chance)))
    if roll < 0.40:
        return _scan(chance, world, number, after_ms)
    if roll < 0.80:
        return _edit(chance, world, number, after_ms)
    if roll < 0.92:
        cmd = chance.choice(("job.start", "job.start", "job.finish", "job.cancel"))
        return Action("deed", after_ms, (number, _known(chance, world), cmd, _params(chance)))
    if roll < 0.97:
        cmd = chance.choice(("job.hand", "job.hand", "job.split", "job.drop", "job.fly"))
        params = _params(chance) | ({"other": _new(world)} if cmd == "job.split" else {})
        return Action("deed", after_ms, (number, _known(chance, world), cmd, params))
    if roll < 0.99:
        return Action("settle", after_ms, (number, chance.randrange(8), chance.choice(("keep", "take"))))
    return Action("void", after_ms, (number,))


def _new(world: World) -> int:
    world.rows += 1
    return world.rows


def _known(chance: Random, world: World) -> int:
    """A row that was once named: a late one, most often, which people still work at."""
    return (
        max(1, world.rows - int(chance.expovariate(0.15))) if chance.random() < 0.9 else chance.randint(1, world.rows)
    )


def _params(chance: Random) -> dict[str, Any]:
    params: dict[str, Any] = {"team": chance.choice(TEAMS)}
    roll = chance.random()
    if roll < 0.05:
        params["trouble"] = "refuse"
    elif roll < 0.08:
        params["trouble"] = "fault"
    elif roll < 0.11:
        params["colour"] = "unknown to the server"
    elif roll < 0.12:
        params["team"] = 7
    return params


def _scan(chance: Random, world: World, number: int, after_ms: int) -> Action:
    params = _params(chance)
    row = _new(world) if chance.random() < 0.97 else _known(chance, world)
    needs = [_known(chance, world) + chance.randrange(2)] if chance.random() < 0.08 else []
    blobs = [chance.choice(BLOBS)] if chance.random() < 0.2 else []
    return Action("deed", after_ms, (number, row, "scan.add", params, needs, blobs))


def _edit(chance: Random, world: World, number: int, after_ms: int) -> Action:
    if chance.random() < 0.2:  # what everybody has a word on
        row = max(1, world.rows - world.rows % 8)
        return Action("edit", after_ms, (number, [(row, {"word": _value(chance, "word", world)})]))
    edits = []
    for _ in range(2 if chance.random() < 0.15 else 1):
        names = chance.sample(FIELDS, 2 if chance.random() < 0.2 else 1)
        edits.append((_known(chance, world), {name: _value(chance, name, world) for name in names}))
    return Action("edit", after_ms, (number, edits))


def _value(chance: Random, name: str, world: World) -> Any:
    if name in ("high", "low"):
        return chance.randrange(100)
    if name == "count":
        return chance.choice((1, 2, 5, -1, 10))
    if name == "tags":
        some = chance.sample("abcde", 2)
        return {"add": some[:1]} if chance.random() < 0.6 else {"add": some[:1], "remove": some[1:]}
    if name == "photos":
        return [f"photo {chance.randrange(50)}"]
    if name == "holder":
        return chance.choice(USERS)
    if chance.random() < 0.04:
        return "poison"
    return f"{name} {chance.randrange(1000)}"


# -- the office and all that goes wrong -------------------------------------------------------------------------------


def _office(chance: Random, world: World, after_ms: int) -> Action:
    roll = chance.random()
    if roll < 0.22:
        return Action("join", after_ms, (chance.choice(USERS), chance.choice(TEAMS)))
    if roll < 0.38:
        return Action("leave", after_ms, (chance.choice(USERS), chance.choice(TEAMS)))
    if roll < 0.41:
        return Action("dissolve", after_ms, (chance.choice(TEAMS),))
    if world.rows == 0 or roll < 0.44:
        return Action("expire", after_ms)
    if roll < 0.48:
        return Action("season" if chance.random() < 0.4 else "compact", after_ms)
    row = _known(chance, world)
    if roll < 0.60:
        return Action("write", after_ms, (row, {"team": chance.choice(TEAMS)}))
    if roll < 0.70:
        return Action("delete", after_ms, (row,))
    name = chance.choice(("note", "word", "holder"))
    return Action("write", after_ms, (row, {name: _value(chance, name, world)}))


def _trouble(chance: Random, after_ms: int) -> Action:
    number = chance.randrange(PHONES)
    roll = chance.random()
    if roll < 0.22:
        return Action("server_dies", after_ms, (chance.randrange(40),))
    if roll < 0.32:
        return Action("server_full", after_ms, (chance.randrange(40),))
    if roll < 0.52:
        return Action("power", after_ms, (number, chance.randrange(25)))
    if roll < 0.62:
        return Action("phone_full", after_ms, (number, chance.randrange(25)))
    if roll < 0.70:
        return Action("reboot", after_ms, (number,))
    if roll < 0.76:
        return Action("set_clock", after_ms, (number, chance.choice(CLOCK_ERRORS)))
    if roll < 0.81:
        return Action("rot", after_ms, (number, chance.randrange(1_000), chance.choice(sorted(ROTS))))
    return _disaster(chance, number, after_ms)


def _disaster(chance: Random, number: int, after_ms: int) -> Action:
    roll = chance.random()
    if roll < 0.35:
        return Action("back_up", after_ms)
    if roll < 0.55:
        return Action("restore", after_ms)
    if roll < 0.75:
        return Action("save", after_ms, (number,))
    if roll < 0.85:
        return Action("rewind", after_ms, (number,))
    if roll < 0.89:
        return Action("revoke", after_ms, (len(DEVICES) - 1,))
    if roll < 0.92:
        return Action("retire", after_ms)
    if roll < 0.94:
        return Action("sweep", after_ms)
    return Action("upgrade", after_ms, (number,))
