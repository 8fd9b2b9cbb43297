"""Verdicts: where a fix was, by a fence. Distances are geodesic metres; a client may differ by half a metre."""

from typing import Any

from mobile_contract.vectors import Case
from mobile_contract.verdicts import place_of, signed_m

POST = [113.2732, 23.1815]
BOX = [[113.27, 23.178], [113.276, 23.178], [113.276, 23.184], [113.27, 23.184], [113.27, 23.178]]
HOLE = [[113.272, 23.18], [113.272, 23.182], [113.274, 23.182], [113.274, 23.18], [113.272, 23.18]]
CIRCLE = {"geometry": {"type": "Point", "coordinates": POST}, "radius_m": 100}
RING = {"geometry": {"type": "Polygon", "coordinates": [BOX, HOLE]}, "radius_m": 0}
ROAD = {"geometry": {"type": "LineString", "coordinates": [[113.27, 23.18], [113.28, 23.18]]}, "radius_m": 25}
Row = tuple[str, dict[str, Any], list[float], float | None, float, str, float]

ROWS: list[Row] = [
    # what it shows, fence, place, accuracy, age, verdict, signed metres
    ("the middle of a circle", CIRCLE, POST, 10, 0, "inside", -100.0),
    ("inside by less than its accuracy, which is good", CIRCLE, [113.2732, 23.1823], 25, 0, "inside", -11.4),
    ("inside by less than its accuracy, which is not", CIRCLE, [113.2732, 23.1823], 40, 0, "unsure", -11.4),
    ("inside by more than its accuracy", CIRCLE, [113.2732, 23.1817], 70, 0, "inside", -77.9),
    ("outside by no more than accuracy and tolerance", CIRCLE, [113.2732, 23.18255], 10, 0, "unsure", 16.3),
    ("outside by more than accuracy and tolerance", CIRCLE, [113.2732, 23.18265], 10, 0, "outside", 27.4),
    ("far away by a poor fix", CIRCLE, [113.2832, 23.1815], 101, 0, "unsure", 923.9),
    ("far away by the poorest fix that proves", CIRCLE, [113.2832, 23.1815], 100, 0, "outside", 923.9),
    ("no accuracy", CIRCLE, POST, None, 0, "unsure", -100.0),
    ("accuracy of nothing, as mock positions have", CIRCLE, POST, 0, 0, "unsure", -100.0),
    ("a fix of more than a minute ago", CIRCLE, POST, 10, 61, "unsure", -100.0),
    ("inside a polygon", RING, [113.275, 23.183], 10, 0, "inside", -102.4),
    ("in the hole of a polygon", RING, [113.273, 23.181], 10, 0, "outside", 102.4),
    ("beside a polygon", RING, [113.2769, 23.181], 10, 0, "outside", 92.1),
    ("on a road", ROAD, [113.275, 23.18], 10, 0, "inside", -25.0),
    ("beside a road, within its buffer", ROAD, [113.275, 23.1801], 10, 0, "inside", -13.9),
    ("beside a road, beyond its buffer", ROAD, [113.275, 23.1806], 10, 0, "outside", 41.4),
    ("past the end of a road", ROAD, [113.2806, 23.18], 10, 0, "outside", 36.4),
]


def fences() -> list[Case]:
    """Each: a fence, a fix, the signed metres to the fence's edge (negative inside), and the place it `gives`."""
    return [
        {
            "about": name,
            "fence": fence,
            "fix": {"longitude": at[0], "latitude": at[1], "accuracy_m": accuracy_m, "age_s": age_s},
            "distance_m": distance_m,
            "gives": {"place": place},
        }
        for name, fence, at, accuracy_m, age_s, place, distance_m in ROWS
    ]


def judged(case: Case) -> Case:
    """What the reference handset makes of a case, by its own arithmetic."""
    fence, fix = case["fence"], case["fix"]
    metres = signed_m(fence["geometry"], fence["radius_m"], fix["longitude"], fix["latitude"])
    return {"place": place_of(metres, fix["accuracy_m"], fix["age_s"]).value}
