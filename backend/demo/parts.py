"""Components of the demo: what stands along the crews' roads, and what two of a crew say of the same bin."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from backend.components import actions as components
from backend.demo.places import CELL, ROADS, DemoTeam, corner
from backend.kernel.context import Ctx
from backend.kernel.ids import new_id
from mobile_contract.attendance import GeometryAsk
from mobile_contract.components import ComponentState, NewComponent, ProposeParams, Unit

DISTRICT = "440111"
SORTS: tuple[tuple[str, str, str, int], ...] = (
    ("0305", "垃圾箱", "Point", 4),
    ("0118", "路灯", "Point", 3),
    ("0402", "行道树", "Point", 3),
    ("0103", "雨水井盖", "Point", 2),
    ("0211", "交通护栏", "LineString", 1),
    ("0405", "绿地", "Polygon", 1),
)
"""(class, name, shape, how many in each team's place)."""
AUTHORITY = Unit(code="BY-CG", name="示例城管局")
UPKEEP = Unit(code="BY-HW", name="示例环卫所")
METRE = 1e-5
"""Of latitude, in degrees; roughly."""


def plant(by: Ctx, hand: Callable[[str], Ctx], crews: Sequence[DemoTeam]) -> int:
    """Registers what stands in each crew's place as `by`; two of the first crew propose to change the same bin. Gives
    how many components stand."""
    serials: dict[str, int] = {}
    made = [components.register(by, ask) for team in crews for ask in _around(team, serials)]
    bin_, (first, second) = made[0], crews[0].people[:2]
    moved = [bin_.longitude + 12 * METRE, bin_.latitude + 4 * METRE]
    drawn = GeometryAsk(type="Point", coordinates=[round(one, 6) for one in moved])
    said: tuple[tuple[str, dict[str, Any], str], ...] = (
        (first, {"geometry": drawn}, "箱子已移到公交站旁"),
        (second, {"geometry": _nudged(drawn), "state": ComponentState.damaged}, "箱门脱落，位置也不对"),
    )
    for person, changes, reason in said:
        ask = ProposeParams(component_id=bin_.id, base_version=bin_.version, reason=reason, **changes)
        components.propose(hand(person), new_id(), ask, [])
    return len(made)


def _nudged(drawn: GeometryAsk) -> GeometryAsk:
    longitude, latitude = drawn.coordinates
    return GeometryAsk(type="Point", coordinates=[round(longitude - 3 * METRE, 6), latitude])


def _around(team: DemoTeam, serials: dict[str, int]) -> Iterator[NewComponent]:
    west, south = corner(team)
    road = ROADS[team.street * 3 % len(ROADS)]
    for row, (sort, name, shape, count) in enumerate(SORTS):
        for number in range(count):
            serials[sort] = serials.get(sort, 0) + 1
            x, y = west + CELL * (number + 1) / (count + 1), south + CELL * (row + 1) / (len(SORTS) + 1)
            yield NewComponent(
                code=f"{DISTRICT}{sort}{serials[sort]:06d}",
                name=f"{road}{name}{number + 1}",
                area_path=team.area,
                geometry=GeometryAsk(type=shape, coordinates=_drawn(shape, x, y)),
                authority=AUTHORITY,
                upkeep=UPKEEP,
            )


def _drawn(shape: str, x: float, y: float) -> list[Any]:
    def at(east: float, north: float) -> list[float]:
        return [round(x + east * METRE, 6), round(y + north * METRE, 6)]

    if shape == "Point":
        return list(at(0, 0))
    if shape == "LineString":
        return [at(-60, 0), at(60, 0)]
    return [[at(-40, -15), at(40, -15), at(40, 15), at(-40, 15), at(-40, -15)]]
