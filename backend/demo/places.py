"""Where the demo lies, and who works there."""

from dataclasses import dataclass, field

from mobile_contract.people import Trade
from mobile_contract.worklines import NewWorkLine

WEST, SOUTH, CELL = 113.255, 23.170, 0.01
"""The corner of the demo's grid of cells, and the side of a cell, in degrees."""
GRIDS = ("01", "02", "03", "04")
ROADS = ("增槎路", "松洲北路", "机场路", "广园西路", "景泰直街", "三元里大道", "柯子岭路", "大金钟路")


@dataclass(slots=True)
class DemoTeam:
    id: str
    name: str
    trade: Trade
    area: str
    street: int
    grid: str
    people: list[str] = field(default_factory=list)


def corner(team: DemoTeam) -> tuple[float, float]:
    """The south-western corner of a team's grid; of a street's first where it has the whole street."""
    place = GRIDS.index(team.grid) if team.grid else 0
    return WEST + CELL * (team.street * 2 + place % 2), SOUTH + CELL * (place // 2)


def stretch(team: DemoTeam, number: int, many: int) -> NewWorkLine:
    """One of so many stretches of the road that a team sweeps, west to east through the middle of its grid."""
    west, south = corner(team)
    ends = (round(west + CELL * (0.1 + 0.8 * (number + n) / many), 6) for n in (0, 1))
    return NewWorkLine(type="LineString", coordinates=[[end, round(south + CELL / 2, 6)] for end in ends])
