"""Phones of a retired contract: they drain, they are told to upgrade, and no work of theirs is stranded."""

from datetime import timedelta

import pytest

from mobile_contract import version
from sync.handset.client import DRAIN_PATH
from tests.api.handsets.conftest import Field
from tests.makers import Handset


def test_a_retired_contract_drains_for_180_days_and_then_by_the_devices_own_right(
    handset: Handset, crews: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = crews.clock.now().date()
    monkeypatch.setitem(version.RETIRED, 0, today - timedelta(days=version.DRAINS_DAYS))
    deed = handset.deed("attendance.clock_in", "punches")
    assert handset.push(deed, schema=0)["results"][0]["r"] == "applied"
    assert handset.pull(schema=0, expect=409)[0]["code"] == "sync.contract_too_old"
    monkeypatch.setitem(version.RETIRED, 0, today - timedelta(days=version.DRAINS_DAYS + 1))
    late = handset.deed("attendance.clock_in", "punches")
    assert handset.push(late, schema=0, expect=409)["code"] == "sync.contract_too_old"
    answer = crews.client.post(
        DRAIN_PATH, json=handset.push_body([late], schema=0), headers={"Device-Secret": handset.device_secret}
    )
    assert answer.status_code == 200
    assert answer.json()["acked"] == 2
