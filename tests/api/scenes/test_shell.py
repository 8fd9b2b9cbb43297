"""Scene files at the server's shell: checked, begun from a shipped one, taken in, listed."""

from pathlib import Path

from tests.api.cases.loop import Loop
from tests.api.cases.test_shell import run
from tests.api.scenes.test_scenes import FILE, SNOW


def test_a_scene_file_is_checked_written_taken_and_listed(loop: Loop, tmp_path: Path) -> None:
    own, bad = tmp_path / "own.json", tmp_path / "bad.json"
    run(loop, "scenes", "write", "greening", str(own))
    run(loop, "scenes", "write", "greening", str(own), code=2)
    run(loop, "scenes", "check", str(own))
    bad.write_text(SNOW.replace('"lasts_days": 3', '"lasts_days": 0'), "utf-8")
    line = SNOW[: SNOW.index('"lasts_days": 3')].count("\n") + 1
    assert f"bad.json:{line}: plans.0.lasts_days" in run(loop, "scenes", "check", str(bad), code=1).replace("\n", "")
    run(loop, "scenes", "import", str(bad), code=1)
    run(loop, "scenes", "import", str(FILE), code=1)  # its team is not there
    run(loop, "scenes", "import", "sanitation")
    run(loop, "scenes", "import", str(own))
    run(loop, "scenes", "check", "nothing", code=2)
    told = run(loop, "scenes", "list")
    assert all(scene in told for scene in ("greening", "sanitation"))
    assert "snow" not in told
