"""What whoever holds the server's shell may type: migrate, init, doctor, import, keys, audit, jobs, labels."""

import csv
import json
import re
from pathlib import Path

import pytest

from tests.e2e.conftest import Run
from tests.walls.sources import ROOT

SECRET = "a-secret-of-this-test-alone-0123456789abcdef"


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """A server's variables."""
    return {"GRIDCREW_DATA_DIR": str(tmp_path / "data"), "GRIDCREW_SECRET": SECRET, "GRIDCREW_ARGON2_MEMORY_KIB": "64"}


def founded(gridcrew: Run, shell: dict[str, str]) -> None:
    words = ("--name", "白云区", "--admin-name", "陈伟", "--admin-phone", "13800000001")
    assert re.fullmatch(r"[2-9A-Z]{8}", gridcrew("init", *words, env=shell).stdout.strip())


def test_a_district_is_founded_and_the_doctor_finds_it_well(gridcrew: Run, shell: dict[str, str]) -> None:
    found = {f["check"]: f for f in json.loads(gridcrew("doctor", "--json", env=shell, code=1).stdout)}
    assert found["database"]["state"] == "fail"
    assert "gridcrew migrate" in found["database"]["todo"]
    founded(gridcrew, shell)
    found = {f["check"]: f for f in json.loads(gridcrew("doctor", "--json", env=shell).stdout)}
    assert {"python", "font", "migrations", "settings", "secret", "data_dir", "disk", "database", "sqlite"} < set(found)
    assert {f["state"] for f in found.values()} <= {"ok", "warn"}
    assert "audit" in gridcrew("doctor", env=shell).stdout
    twice = ("init", "--name", "x", "--admin-name", "y", "--admin-phone", "13800000002")
    assert "people.district_exists" in gridcrew(*twice, env=shell, code=4).output


def test_a_server_without_a_secret_does_not_start(gridcrew: Run, shell: dict[str, str]) -> None:
    said = gridcrew("serve", env=shell | {"GRIDCREW_SECRET": ""}, code=2).output
    assert "settings.invalid" in said
    assert "database.not_migrated" in gridcrew("serve", env=shell, code=1).output


def test_a_file_that_cannot_be_is_told_in_words(gridcrew: Run, shell: dict[str, str], tmp_path: Path) -> None:
    founded(gridcrew, shell)
    nowhere = tmp_path / "nowhere"
    for words in (("backup", str(nowhere / "b.db")), ("gas", "report", "coverage", str(nowhere / "c.csv"))):
        assert "文件无法读写" in gridcrew(*words, env=shell, code=1).stderr
    assert "以 .xlsx 或 .csv 结尾" in gridcrew("gas", "report", "coverage", "c.pdf", env=shell, code=2).stderr
    sheet = str(tmp_path / "c.csv")
    assert "专项报表须写明专项" in gridcrew("gas", "report", "campaign", sheet, env=shell, code=2).stderr
    assert "kind：应为" in gridcrew("gas", "report", "nothing", sheet, env=shell, code=2).stderr


def test_people_are_imported_and_every_bad_line_is_told(gridcrew: Run, shell: dict[str, str], tmp_path: Path) -> None:
    founded(gridcrew, shell)
    sheet, report = tmp_path / "people.csv", tmp_path / "report.csv"
    sheet.write_text("姓名,手机号\n李梅,13900000001\n,13900000002\n王强,123\n", encoding="utf-8")
    words = ("people", "import", str(sheet), "--report", str(report))
    assert "试运行" in gridcrew(*words, "--dry-run", env=shell, code=1).output
    gridcrew(*words, env=shell, code=1)
    rows = list(csv.reader(report.read_text("utf-8-sig").splitlines()))
    assert [row[:2] for row in rows[1:]] == [["2", "新增"], ["3", "错误"], ["4", "错误"]]
    again = gridcrew(*words, env=shell, code=1).output
    assert "未变 1" in again


def test_a_roster_is_imported_and_every_bad_line_is_told(gridcrew: Run, shell: dict[str, str], tmp_path: Path) -> None:
    founded(gridcrew, shell)
    sheet = tmp_path / "roster.csv"
    sheet.write_text("手机号,1,2\n13800000001,休,没有的班\n13800000001,休,\n13911111111,休,休\n", encoding="utf-8")
    words = ("attendance", "import", str(sheet), "--month", "2026-09")
    assert "试运行" in gridcrew(*words, "--dry-run", env=shell, code=1).output
    said = gridcrew(*words, env=shell, code=1).output
    assert "排定 1 个人天" in said
    assert "attendance.line_invalid" in said
    assert "attendance.person_unknown" in said
    assert "未变 1" in gridcrew(*words, env=shell, code=1).output
    assert "attendance.column_missing" in gridcrew(*words[:2], __file__, env=shell, code=2).output
    assert "attendance.month_invalid" in gridcrew(*words[:3], "--month", "2026-13", env=shell, code=2).output


def test_leave_is_imported_and_every_bad_line_is_told(gridcrew: Run, shell: dict[str, str], tmp_path: Path) -> None:
    founded(gridcrew, shell)
    sheet = tmp_path / "leave.csv"
    sheet.write_text("手机号,类型,开始,结束\n13800000001,年假,2026-09-01,2026-09-02\n13800000001,旅游,,\n", "utf-8")
    words = ("attendance", "import-absences", str(sheet))
    assert "试运行" in gridcrew(*words, "--dry-run", env=shell, code=1).output
    said = gridcrew(*words, env=shell, code=1).output
    assert "新增 1 条" in said
    assert "attendance.line_invalid" in said
    assert "未变 1" in gridcrew(*words, env=shell, code=1).output
    assert "attendance.column_missing" in gridcrew(*words[:2], __file__, env=shell, code=2).output


def test_two_persons_swap_shifts(gridcrew: Run, shell: dict[str, str]) -> None:
    founded(gridcrew, shell)
    words = ("attendance", "swap", "13800000001", "2026-09-01")
    assert "attendance.person_unknown" in gridcrew(*words, "13911111111", env=shell, code=4).output
    assert "attendance.roster_unknown" in gridcrew(*words, "13800000001", "2026-09-02", env=shell, code=4).output
    assert "attendance.day_invalid" in gridcrew(*words, "13800000001", "tomorrow", env=shell, code=2).output


def test_keys_audit_and_jobs(gridcrew: Run, shell: dict[str, str]) -> None:
    founded(gridcrew, shell)
    before = gridcrew("audit", "verify", env=shell).stdout.split()
    assert gridcrew("keys", "rotate", env=shell).stdout.strip()
    after = gridcrew("audit", "verify", env=shell).stdout.split()
    assert int(after[0]) > int(before[0])
    gridcrew("jobs", "list", env=shell)
    gridcrew("jobs", "list", "--state", "lost", env=shell, code=2)
    gridcrew("jobs", "retry", "01a1fd51-f55d-7ac3-a3eb-15e15719414e", env=shell, code=1)
    gridcrew("labels", "cylinders", "--out", "none.pdf", env=shell, code=1)


def test_every_command_that_the_docs_name_is_there(gridcrew: Run) -> None:
    docs = [*ROOT.glob("README*.md"), *ROOT.glob("*/README.md")]
    told = re.compile(r"(?:`|bin/)gridcrew ([a-z][a-z-]*(?: [a-z][a-z-]*)?)")
    named = {words for doc in docs for words in told.findall(doc.read_text("utf-8"))}
    for words in sorted({"demo", "day", "doctor", "publish", "handset sync"} | named):
        gridcrew(*words.split(), "--help")
