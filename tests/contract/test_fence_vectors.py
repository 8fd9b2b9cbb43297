"""The published verdicts are those of this server, and its distances those of the ellipsoid."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.attendance.rules import Fix, judge, zone_of
from mobile_contract.vectors.fences import CIRCLE, RING, ROAD, fences
from mobile_contract.verdicts import place_of, signed_m


@pytest.mark.parametrize("case", fences(), ids=lambda case: str(case["about"]))
def test_a_published_verdict_is_given(case: dict[str, Any]) -> None:
    zone = zone_of(orjson.dumps(case["fence"]["geometry"]).decode(), case["fence"]["radius_m"])
    verdict = judge(Fix(**case["fix"]), [("fence", zone)])
    assert verdict.place == case["gives"]["place"]
    assert verdict.distance_m == pytest.approx(case["distance_m"], abs=0.06)
    fence, fix = case["fence"], case["fix"]
    plain = signed_m(fence["geometry"], fence["radius_m"], fix["longitude"], fix["latitude"])
    assert plain == pytest.approx(case["distance_m"], abs=0.5)


@given(
    st.floats(113.25, 113.30),
    st.floats(23.16, 23.20),
    st.one_of(st.none(), st.floats(-1, 150)),
    st.sampled_from([CIRCLE, RING, ROAD]),
)
def test_a_phone_judges_as_the_server_does_but_at_the_very_edge(
    longitude: float, latitude: float, accuracy_m: float | None, fence: dict[str, Any]
) -> None:
    zone = zone_of(orjson.dumps(fence["geometry"]).decode(), fence["radius_m"])
    metres = zone.distance_m(longitude, latitude)
    plain = signed_m(fence["geometry"], fence["radius_m"], longitude, latitude)
    assert plain == pytest.approx(metres, rel=1e-3, abs=0.05)
    verdict = judge(Fix(longitude, latitude, accuracy_m), [("fence", zone)])
    assert verdict.place is place_of(metres, accuracy_m, None)
