"""The published verdicts are those of this server, and its distances those of the ellipsoid."""

from typing import Any

import orjson
import pytest

from backend.attendance.rules import Fix, judge, zone_of
from mobile_contract.vectors.fences import fences


@pytest.mark.parametrize("case", fences(), ids=lambda case: str(case["name"]))
def test_a_published_verdict_is_given(case: dict[str, Any]) -> None:
    zone = zone_of(orjson.dumps(case["fence"]["geometry"]).decode(), case["fence"]["radius_m"])
    verdict = judge(Fix(**case["fix"]), [("fence", zone)])
    assert verdict.place == case["place"]
    assert verdict.distance_m == pytest.approx(case["distance_m"], abs=0.06)
