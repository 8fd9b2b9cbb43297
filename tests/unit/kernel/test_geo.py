"""Places: metres, datums, strict GeoJSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from backend.kernel.geo import (
    AxisOrder,
    Datum,
    GeoError,
    GeoFault,
    box_around,
    distance_m,
    from_wgs84,
    read_geometry,
    read_wkt,
    to_wgs84,
    zone,
)

POST = (113.2732, 23.1815)
BOX = [[113.27, 23.18], [113.28, 23.18], [113.28, 23.19], [113.27, 23.19], [113.27, 23.18]]
in_china = st.tuples(st.floats(100, 122), st.floats(20, 45))


def test_metres_are_geodesic() -> None:
    assert distance_m(POST, (POST[0], POST[1] + 0.0009)) == pytest.approx(99.67, abs=0.01)
    assert distance_m(POST, (POST[0] + 0.001, POST[1])) == pytest.approx(102.39, abs=0.01)
    assert distance_m(POST, (POST[0], POST[1] + 0.0045)) == pytest.approx(498.4, abs=0.1)


@given(in_china, st.floats(0, 360), st.floats(1, 20_000))
def test_whatever_is_so_near_lies_in_the_box(place: tuple[float, float], heading: float, within_m: float) -> None:
    longitude, latitude, _ = Geod(ellps="WGS84").fwd(*place, heading, within_m)
    west, south, east, north = box_around(place, within_m)
    assert west <= longitude <= east
    assert south <= latitude <= north
    assert distance_m(place, (place[0], north)) < within_m * 1.01


@given(st.floats(113.0, 113.6), st.floats(22.9, 23.5))
def test_a_circle_measures_as_the_geodesic_does(longitude: float, latitude: float) -> None:
    circle = zone({"type": "Point", "coordinates": list(POST)}, 100.0)
    true = distance_m(POST, (longitude, latitude)) - 100
    assert circle.distance_m(longitude, latitude) == pytest.approx(true, rel=2e-5, abs=0.01)


def test_inside_is_negative_the_edge_is_nothing_outside_is_positive() -> None:
    box = zone({"type": "Polygon", "coordinates": [BOX]}, 0.0)
    assert box.distance_m(113.275, 23.185) == pytest.approx(-511.9, abs=2)
    assert box.distance_m(113.27, 23.185) == pytest.approx(0, abs=0.01)
    assert box.distance_m(113.269, 23.185) == pytest.approx(102.39, abs=0.02)


def test_a_hole_is_outside() -> None:
    hole = [[113.274, 23.184], [113.276, 23.184], [113.276, 23.186], [113.274, 23.186], [113.274, 23.184]]
    ring = zone({"type": "Polygon", "coordinates": [BOX, hole]}, 0.0)
    assert ring.distance_m(113.275, 23.185) > 90


def test_a_line_has_its_buffer() -> None:
    line = zone({"type": "LineString", "coordinates": [[113.27, 23.18], [113.28, 23.18]]}, 25.0)
    assert line.distance_m(113.275, 23.18) == pytest.approx(-25, abs=0.2)
    assert line.distance_m(113.275, 23.1809) == pytest.approx(99.67 - 25, abs=0.2)


@pytest.mark.parametrize(("datum", "low", "high"), [(Datum.gcj02, 615, 630), (Datum.bd09, 1_260, 1_280)])
def test_the_shifts_have_the_known_size_here(datum: Datum, low: float, high: float) -> None:
    assert low < distance_m(POST, from_wgs84(*POST, datum)) < high


@given(in_china, st.sampled_from([Datum.gcj02, Datum.bd09, Datum.cgcs2000]))
def test_a_shift_is_undone_exactly(place: tuple[float, float], datum: Datum) -> None:
    assert distance_m(place, to_wgs84(*from_wgs84(*place, datum), datum)) < 0.001


def test_outside_china_gcj02_is_wgs84() -> None:
    assert from_wgs84(2.35, 48.85, Datum.gcj02) == (2.35, 48.85)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ({}, GeoFault.type_unknown),
        ({"type": "Circle", "coordinates": [1, 2]}, GeoFault.type_unknown),
        ({"type": "Point"}, GeoFault.bad_position),
        ({"type": "Point", "coordinates": [500, 23]}, GeoFault.out_of_range),
        ({"type": "Point", "coordinates": [23.18, 113.27]}, GeoFault.axes_swapped),
        ({"type": "Point", "coordinates": [True, 23]}, GeoFault.bad_position),
        ({"type": "Point", "coordinates": [float("nan"), 23]}, GeoFault.bad_position),
        ({"type": "Point", "coordinates": ["113", "23"]}, GeoFault.bad_position),
        ({"type": "LineString", "coordinates": [[113, 23]]}, GeoFault.too_few),
        ({"type": "Polygon", "coordinates": []}, GeoFault.too_few),
        ({"type": "Polygon", "coordinates": [BOX[:4]]}, GeoFault.ring_open),
        ({"type": "Polygon", "coordinates": [[BOX[0], BOX[2], BOX[1], BOX[3], BOX[0]]]}, GeoFault.self_crossing),
        ({"type": "Polygon", "coordinates": [[[110, 23], [113, 23], [113, 24], [110, 23]]]}, GeoFault.too_wide),
        ({"type": "LineString", "coordinates": [[113, 23]] * 6_000}, GeoFault.too_many),
        ({"type": "Point", "coordinates": [113, 23], "crs": {"type": "name"}}, GeoFault.crs_named),
    ],
)
def test_a_broken_geometry_is_named(raw: dict[str, object], fault: GeoFault) -> None:
    with pytest.raises(GeoError) as told:
        read_geometry(raw)
    assert told.value.fault is fault


def test_a_ring_wound_the_wrong_way_is_turned_and_altitude_dropped() -> None:
    clockwise = [[*place, 12.0] for place in reversed(BOX)]
    read = read_geometry({"type": "Polygon", "coordinates": [clockwise]})
    assert sorted(map(tuple, read["coordinates"][0])) == sorted(map(tuple, BOX))
    assert len(read["coordinates"][0][0]) == 2


def test_a_number_too_long_for_a_float_is_refused_like_any_other() -> None:
    with pytest.raises(GeoError):
        read_geometry({"type": "Point", "coordinates": [10**400, 23.18]})


def test_a_crossing_is_told_where_the_drawer_sees_it() -> None:
    bowtie = [BOX[0], BOX[2], BOX[1], BOX[3], BOX[0]]
    drawn = [list(from_wgs84(*place, Datum.bd09)) for place in bowtie]
    with pytest.raises(GeoError) as told:
        read_geometry({"type": "Polygon", "coordinates": [drawn]}, Datum.bd09)
    assert told.value.fault is GeoFault.self_crossing
    assert tuple(map(float, told.value.where.split(", "))) == pytest.approx(
        from_wgs84(113.275, 23.185, Datum.bd09), abs=2e-5
    )


def test_wkt_is_read_in_the_axis_order_that_was_named() -> None:
    ring = ", ".join(f"{y} {x}" for x, y in BOX)
    read = read_geometry(read_wkt(f"POLYGON (({ring}))", AxisOrder.latitude_longitude))
    assert sorted(map(tuple, read["coordinates"][0])) == sorted(map(tuple, BOX))
    point = read_wkt("POINT Z (113.2732 23.1815 12)", AxisOrder.longitude_latitude)
    assert read_geometry(point)["coordinates"] == list(POST)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", GeoFault.not_wkt),
        ("CIRCLE (1 2)", GeoFault.not_wkt),
        ("POLYGON ((1 1, 2 2, 3 3, 4 5))", GeoFault.not_wkt),
        ("POINT EMPTY", GeoFault.too_few),
        ("SRID=4490;POINT (113 23)", GeoFault.crs_named),
        ("POINT (500 23)", GeoFault.out_of_range),
        ("POINT (23 113)", GeoFault.axes_swapped),
        ("POINT (nan 23)", GeoFault.bad_position),
        ("GEOMETRYCOLLECTION (POINT (113 23))", GeoFault.type_unknown),
        ("POINT (1" * 1_000, GeoFault.not_wkt),
    ],
)
def test_broken_wkt_is_named(text: str, fault: GeoFault) -> None:
    with pytest.raises(GeoError) as told:
        read_geometry(read_wkt(text, AxisOrder.longitude_latitude))
    assert told.value.fault is fault
