"""Runs the benchmarks: `python -m bench.run [--only sync.push]`.

Every `bench/bench_*.py` has a list `BENCHMARKS`. Figures go to stdout, one line each, and to `bench/out/results.json`;
progress goes to stderr.
"""

import argparse
import importlib.util
import json
import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

FOLDER = Path(__file__).parent
REPETITIONS = 3


class Benchmark(Protocol):
    """One figure. `run` measures it once, and its reference right after it: (value, reference)."""

    name: str
    unit: str
    reference_unit: str

    def run(self) -> tuple[float, float]: ...


@dataclass(frozen=True, slots=True)
class Result:
    """Medians over the repetitions; `ratio` is value by reference."""

    name: str
    value: float
    unit: str
    reference: float
    reference_unit: str
    ratio: float

    def line(self) -> str:
        """The result as it is printed."""
        return (
            f"{self.name}  {self.value:,.4g} {self.unit}  reference {self.reference:,.4g} {self.reference_unit}"
            f"  ratio {self.ratio:.3g}"
        )


def discover(folder: Path) -> list[Benchmark]:
    """The benchmarks of every bench_*.py of a folder, in order of file names."""
    found: list[Benchmark] = []
    for path in sorted(folder.glob("bench_*.py")):
        spec = importlib.util.spec_from_file_location(f"bench.{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses and pickles look their module up
        spec.loader.exec_module(module)
        found += module.BENCHMARKS
    names = [benchmark.name for benchmark in found]
    assert len(set(names)) == len(names), f"two benchmarks share a name: {names}"
    return found


def chosen(benchmarks: Iterable[Benchmark], only: str) -> list[Benchmark]:
    """Those whose name is `only` or begins with `only.`; all when it is empty."""
    return [b for b in benchmarks if not only or b.name == only or b.name.startswith(only + ".")]


def measure(benchmark: Benchmark, repetitions: int = REPETITIONS) -> Result:
    """Medians of at least three runs; value and reference take turns, so that both meet the same machine."""
    assert repetitions >= REPETITIONS
    runs = []
    for turn in range(repetitions):
        print(f"{benchmark.name}: {turn + 1} of {repetitions}", file=sys.stderr, flush=True)
        runs.append(benchmark.run())
    value, reference = (statistics.median(side) for side in zip(*runs, strict=True))
    ratio = value / reference
    return Result(benchmark.name, value, benchmark.unit, reference, benchmark.reference_unit, ratio)


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """The command line; answers 0 when something was measured, else 2."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Measure against a reference.")
    parser.add_argument("--only", default="", help="a benchmark's name, or the beginning of some: sync.push")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, help="at least 3")
    options = parser.parse_args(arguments)
    if options.repetitions < REPETITIONS:
        parser.error(f"a median needs at least {REPETITIONS} repetitions")
    every = discover(folder)
    wanted = chosen(every, options.only)
    if not wanted:
        print(f"no benchmark is named {options.only!r}; there are: {[b.name for b in every]}", file=sys.stderr)
        return 2
    results = []
    for benchmark in wanted:
        results.append(measure(benchmark, options.repetitions))
        print(results[-1].line(), flush=True)
    out = folder / "out" / "results.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
