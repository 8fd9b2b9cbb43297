"""What whoever holds the server's shell does with cases: code tables in and out, lists written to files."""

import csv
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from backend.cli.commands import app
from tests.api.cases.loop import Loop

NAMED = ("--standard", "local", "--jurisdiction", "440111", "--certainty", "invented")
BAD = ("=HYPERLINK(1)", "'=1", "''", "-名", "+1", "@x", "＝x", "'x")


def run(loop: Loop, *words: str, code: int = 0) -> str:
    settings = loop.crews.house.settings
    env = {
        "GRIDCREW_DATABASE_URL": settings.url(),
        "GRIDCREW_DATA_DIR": str(loop.crews.folder),
        "GRIDCREW_TESTING": "1",
    }
    done = CliRunner().invoke(app, list(words), env=env)
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def lines(names: tuple[str, ...] = ("暴露垃圾",)) -> list[dict[str, Any]]:
    plain = {"kind": "event", "big": "01", "big_name": "市容环境", "limits": "A: 2 work_hour; 1 work_day"}
    return [plain | {"small": f"{n:02d}", "name": name} for n, name in enumerate(names, 1)]


def test_a_code_table_is_taken_written_out_and_taken_again(loop: Loop, tmp_path: Path) -> None:
    file = tmp_path / "codes.json"
    file.write_text(json.dumps(lines()), "utf-8")
    run(loop, "codes", "import", str(file), *NAMED, "--version", "1", "--dry-run")
    run(loop, "codes", "export", "local@1", str(tmp_path / "none.csv"), code=2)
    assert "1" in run(loop, "codes", "import", str(file), *NAMED, "--version", "1")
    for form in ("csv", "xlsx", "json"):
        out = tmp_path / f"out.{form}"
        run(loop, "codes", "export", "local@1", str(out))
        run(loop, "codes", "import", str(out), *NAMED, "--version", "1")
        known = loop.crews.desk("admin").get("/cases/v1/code-tables", expect=200).json()
        assert [one["version"] for one in known] == ["1"]
    file.write_text(json.dumps([*lines(), {"kind": "thing"}]), "utf-8")
    assert "kind" in run(loop, "codes", "import", str(file), *NAMED, "--version", "2", code=1)
    file.write_text(json.dumps(lines(("别名",))), "utf-8")
    run(loop, "codes", "import", str(file), *NAMED, "--version", "1", code=2)
    run(loop, "codes", "export", "local@1", str(tmp_path / "out.pdf"), code=2)
    run(loop, "codes", "example")


def test_names_that_look_like_formulas_are_harmless_in_a_csv_and_come_back_as_they_were(
    loop: Loop, tmp_path: Path
) -> None:
    file, out = tmp_path / "codes.json", tmp_path / "out.csv"
    file.write_text(json.dumps(lines(BAD)), "utf-8")
    run(loop, "codes", "import", str(file), *NAMED, "--version", "1")
    run(loop, "codes", "export", "local@1", str(out))
    cells = [row["name"] for row in csv.DictReader(out.read_text("utf-8-sig").splitlines())]
    assert all(cell.startswith("'") for cell in cells)
    run(loop, "codes", "import", str(out), *NAMED, "--version", "2")
    codes = loop.crews.desk("admin").get("/cases/v1/codes", expect=200).json()["items"]
    assert {one["version"] for one in codes} == {"2"}
    assert [one["name"] for one in codes] == list(BAD)


def test_a_list_of_cases_is_written_whole_or_not_at_all(loop: Loop, tmp_path: Path) -> None:
    cases = [loop.enter(title=f"积水{n}", longitude=113.3 + n / 100) for n in range(3)]
    loop.does(cases[0], "cancel", reason="重复")
    run(loop, "cases", "export", str(tmp_path / "all.csv"))
    run(loop, "cases", "export", str(tmp_path / "open.xlsx"), "--open")
    run(loop, "cases", "export", str(tmp_path / "found.csv"), "--q", "积水1")
    rows = (tmp_path / "all.csv").read_text("utf-8-sig").splitlines()
    assert (len(rows), rows[0].split(",")[0]) == (4, "案卷号")
    assert len((tmp_path / "found.csv").read_text("utf-8-sig").splitlines()) == 2
    assert (tmp_path / "open.xlsx").read_bytes()[:2] == b"PK"
    run(loop, "cases", "export", str(tmp_path / "all.pdf"), code=2)
    run(loop, "cases", "export", str(tmp_path / "bad.csv"), "--state", "nowhere", code=2)
    assert sorted(file.name for file in tmp_path.glob("*.part")) == []
    assert not (tmp_path / "bad.csv").exists()
