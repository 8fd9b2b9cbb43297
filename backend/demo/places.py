"""Where the demo lies, and who works there."""

from dataclasses import dataclass, field

from mobile_contract.people import Trade

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
