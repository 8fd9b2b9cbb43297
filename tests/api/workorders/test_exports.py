"""Lists as spreadsheets, and an order told as a story."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from backend.kernel.clock import SetClock
from backend.kernel.spreadsheets import harmless
from mobile_contract.texts.names import word_of
from mobile_contract.texts.proof import EVIDENCE, INSPECTION, LACKS
from mobile_contract.workorders import Evidence, Inspection, Lack, Step
from tests.api.people.conftest import Town
from tests.api.workorders.test_orders import ORDERS, PHOTO, plan, worker
from tests.shell import typed


@pytest.fixture
def team(town: Town) -> str:
    return town.team()


@pytest.fixture
def desk(town: Town) -> dict[str, str]:
    return town.as_(town.person("dispatcher", area="/440111/")["phone"])


def test_a_list_leaves_as_a_spreadsheet_in_which_nothing_is_a_formula(
    town: Town, team: str, desk: dict[str, str]
) -> None:
    evil = '=HYPERLINK("http://example.org","点我")'
    plan(town, desk, team, title=evil, due_at="2026-09-01T16:30:00Z")
    plan(town, desk, team, title="修剪", scene="greening")
    answer = town.client.get(f"{ORDERS}/export?form=csv&scene=sanitation", headers=desk)
    assert answer.status_code == 200, answer.text
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    (row,) = [dict(zip(head, row, strict=True)) for row in rows]
    assert (row["标题"], row["场景"], row["状态"], row["期限"], row["班组"]) == (
        f"'{evil}",
        "环卫保洁",
        "待开工",
        "2026-09-02 00:30",
        "七网格一班",
    )
    english = town.client.get(f"{ORDERS}/export", headers=desk | {"Accept-Language": "en"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(english.content)).get_sheet_by_index(0).to_python()
    assert sheet[0][:4] == ["code", "title", "scene", "state"]
    assert [line[1:3] for line in sheet[1:]] == [["修剪", "Greening"], [evil, "Sanitation"]]
    crew = town.as_(town.person("crew", team=town.team(name="二班"))["phone"])
    empty = town.client.get(f"{ORDERS}/export?form=csv", headers=crew)
    assert len(empty.content.decode("utf-8-sig").splitlines()) == 1
    town.ask("GET", f"{ORDERS}/export?form=pdf", desk, 422)


def test_what_could_begin_a_formula_is_led_by_an_apostrophe() -> None:
    assert [harmless(cell) for cell in ("=1", "+1", "-1", "@x", "\tx", "＝1", "1=1", "")] == [
        *("'=1", "'+1", "'-1", "'@x", "'\tx", "'＝1", "1=1", "")
    ]


def test_an_order_tells_its_story_with_every_photo(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    form = {"scene": "sanitation", "code": "gully", "name": "雨水口", "items": [{"key": "clear", "label": "畅通"}]}
    made = town.ask("POST", "/workorders/v1/districts/440111/templates", town.admin, 201, **form)
    order = plan(town, desk, team, template_id=made["id"])
    phone = worker(town, clock, team)
    name = town.ask("GET", "/people/v1/me", phone.headers)["name"]
    phone.pulls()
    phone.does("workorders.start", "workorders", order["id"])
    phone.does("workorders.answer", "work_answers", order_id=order["id"], item="clear", value="yes")
    phone.does("workorders.finish", "workorders", order["id"], photos=[PHOTO], note="干净了")
    clock.pass_time(timedelta(minutes=6))
    phone.pushes()
    town.ask("POST", f"{ORDERS}/{order['id']}/cancel", desk, 409, reason="太晚")
    told = town.ask("GET", f"{ORDERS}/{order['id']}/story", desk)
    lines = [line["zh"] for line in told["lines"]]
    assert lines[2] == f"{name}于 09-01 08:00 开工（08:06 才收到）。"
    assert f"{name}于 09-01 08:00 填写“畅通”：是。" in lines
    finish = next(line for line in told["lines"] if line["act"] == "finish")
    assert finish["zh"] == f"{name}于 09-01 08:00 完工，附 1 张照片（08:06 才收到）。备注：干净了"
    assert finish["en"].startswith(f"At 09-01 08:00 {name} finished, with 1 photo (heard of at 08:06).")
    assert finish["photos"] == [{"sha256": PHOTO, "arrived": False}]
    stranger = worker(town, clock, town.team(name="二班"))
    town.ask("GET", f"{ORDERS}/{order['id']}/story", stranger.headers, 404)


def test_the_shell_exports_a_list_and_tells_an_order(tmp_path: Path, migrated_sqlite: Path) -> None:
    from bench.bench_workorders import seed

    database: Any = tmp_path / "gridcrew.db"
    database.write_bytes(migrated_sqlite.read_bytes())
    seed(f"sqlite:///{database}", 600)
    typed(tmp_path, "orders", "export", str(tmp_path / "list.csv"), "--area", "/440111/s03/")
    assert len((tmp_path / "list.csv").read_text("utf-8-sig").splitlines()) == 31
    assert not list(tmp_path.glob("*.part"))
    assert typed(tmp_path, "orders", "story", "S03-00000003").stdout.split()[0] == "S03-00000003"
    typed(tmp_path, "orders", "story", "nothing", code=4)
    typed(tmp_path, "orders", "export", str(tmp_path / "list.pdf"), code=2)


def test_a_list_says_every_step_and_every_proof_in_words() -> None:
    assert {word_of("step", step, "zh") for step in Step}.isdisjoint(Step)
    assert (EVIDENCE.keys(), INSPECTION.keys(), LACKS.keys()) == (set(Evidence), set(Inspection), set(Lack))
