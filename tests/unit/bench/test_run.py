"""The harness of the benchmarks: every figure stands beside a reference of the same run."""

import json
from pathlib import Path

import pytest

from bench.run import main

TRIVIAL = """
class Trivial:
    unit, reference_unit = "rows/s", "inserts/s"

    def __init__(self, name, runs):
        self.name, self._runs = name, iter(runs)

    def run(self):
        return next(self._runs)


BENCHMARKS = [
    Trivial("sync.push", [(10, 40), (90, 20), (20, 30)]),
    Trivial("sync.pushed", [(1, 1)] * 3),
]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bench_sync.py").write_text(TRIVIAL)
    return tmp_path


def test_each_figure_is_a_median_beside_its_reference(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "sync.push"], folder) == 0
    said = capsys.readouterr()
    assert said.out == "sync.push  20 rows/s  reference 30 inserts/s  ratio 0.667\n"
    assert said.err.splitlines()[-1] == "sync.push: 3 of 3"
    assert json.loads((folder / "out" / "results.json").read_text()) == [
        {
            "name": "sync.push",
            "value": 20,
            "unit": "rows/s",
            "reference": 30,
            "reference_unit": "inserts/s",
            "ratio": pytest.approx(2 / 3),
        }
    ]


@pytest.mark.parametrize(("only", "lines"), [([], 2), (["--only", "sync"], 2), (["--only", "sync.pushed"], 1)])
def test_a_name_chooses_itself_and_what_is_below_it(
    folder: Path, only: list[str], lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(only, folder) == 0
    assert len(capsys.readouterr().out.splitlines()) == lines


def test_an_unknown_name_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "sync.pus"], folder) == 2
    assert "there are: ['sync.push', 'sync.pushed']" in capsys.readouterr().err


def test_fewer_than_three_repetitions_are_refused(folder: Path) -> None:
    with pytest.raises(SystemExit):
        main(["--repetitions", "2"], folder)


def test_two_benchmarks_of_one_name_are_refused(folder: Path) -> None:
    (folder / "bench_twice.py").write_text(TRIVIAL)
    with pytest.raises(AssertionError, match="share a name"):
        main([], folder)
