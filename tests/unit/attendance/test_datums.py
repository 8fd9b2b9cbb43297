"""A fence that was drawn in another datum than was said is asked back."""

import pytest

from backend.attendance.rules import Suspicion, doubt
from backend.kernel.geo import Datum, from_wgs84, read_geometry

POST = (113.2732, 23.1815)
GRID = read_geometry(
    {
        "type": "Polygon",
        "coordinates": [[[113.27, 23.178], [113.2767, 23.178], [113.2767, 23.185], [113.27, 23.185], [113.27, 23.178]]],
    }
)
WEST = {"type": "Polygon", "coordinates": [[[87, 43], [87.6, 43], [87.6, 43.8], [87, 43.8], [87, 43]]]}


def point(*place: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": list(place)}


@pytest.mark.parametrize(
    ("raw", "said", "suspicion"),
    [
        (point(*POST), Datum.wgs84, None),
        (point(*POST), Datum.cgcs2000, None),
        (point(*from_wgs84(*POST, Datum.gcj02)), Datum.gcj02, None),
        (point(*from_wgs84(*POST, Datum.gcj02)), Datum.wgs84, Suspicion.drawn_in_gcj02),
        (point(*from_wgs84(*POST, Datum.bd09)), Datum.cgcs2000, Suspicion.drawn_in_bd09),
        (point(*POST), Datum.bd09, Suspicion.drawn_in_wgs84),
        (point(113.4, 23.3), Datum.wgs84, Suspicion.outside_area),
    ],
)
def test_the_datum_is_suspected_by_the_area(raw: dict[str, object], said: Datum, suspicion: Suspicion | None) -> None:
    assert doubt(raw, said, GRID) is suspicion


def test_swapped_axes_are_suspected_where_both_numbers_could_be_latitudes() -> None:
    assert doubt(point(43.5, 87.3), Datum.wgs84, WEST) is Suspicion.axes_swapped


def test_a_fence_that_lies_partly_across_the_border_is_no_mistake() -> None:
    road = {"type": "LineString", "coordinates": [[113.275, 23.18], [113.279, 23.18]]}
    assert doubt(road, Datum.wgs84, GRID) is None
    assert doubt(point(1, 2), Datum.wgs84, None) is None
