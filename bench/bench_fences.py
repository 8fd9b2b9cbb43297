"""Verdicts against the fences of a whole district, beside bare shapely on the same fences."""

import random
import time
from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from backend.attendance.rules import Fix, judge
from backend.attendance.rules.index import FenceIndex
from backend.kernel.geo import Zone, zone

FENCES = 20_000
SITES = 300
BATCH = 1_000
BATCHES = 20
SINGLES = 3_000
WEST, SOUTH, SIDE = 113.02, 23.02, 0.44
"""A district of 45 by 49 km, in one cell of the map."""


def _fence(number: int, dice: random.Random) -> tuple[str, Zone]:
    x, y = dice.uniform(WEST, WEST + SIDE), dice.uniform(SOUTH, SOUTH + SIDE)
    if number % 3 == 0:
        return f"{number:06d}", zone({"type": "Point", "coordinates": [x, y]}, dice.uniform(30, 150))
    if number % 3 == 1:
        road = [[x + i * 0.0006, y + dice.uniform(-1, 1) * 0.0002] for i in range(8)]
        return f"{number:06d}", zone({"type": "LineString", "coordinates": road}, 25.0)
    turns = [i * 0.5236 for i in range(12)]
    reach = [dice.uniform(0.0005, 0.002) for _ in turns]
    ring = [[x + r * np.cos(t), y + r * np.sin(t)] for t, r in zip(turns, reach, strict=True)]
    return f"{number:06d}", zone({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, 0.0)


@lru_cache(maxsize=1)
def _district() -> tuple[list[tuple[str, Zone]], FenceIndex, shapely.STRtree]:
    dice = random.Random(440_111)
    fences = [_fence(number, dice) for number in range(FENCES)]
    return fences, FenceIndex(fences), shapely.STRtree([each.flat for _, each in fences])


def _fixes(count: int, seed: int) -> list[Fix]:
    """Where clock-ins come from: two of three near a fence, one anywhere."""
    dice, (fences, _, _) = random.Random(seed), _district()
    found = []
    for number in range(count):
        x, y = dice.uniform(WEST, WEST + SIDE), dice.uniform(SOUTH, SOUTH + SIDE)
        if number % 3:
            _, post = dice.choice(fences)
            west, south, east, north = post.box
            x, y = post.plane.place((west + east) / 2 + dice.gauss(0, 60), (south + north) / 2 + dice.gauss(0, 60))
        found.append(Fix(x, y, dice.choice((5.0, 15.0, 40.0, 120.0))))
    return found


def _bare(tree: shapely.STRtree, plane: Any, fixes: list[Fix], size: int) -> float:
    """Nearest outline and its distance: no radius, no sign, no accuracy, no verdict."""
    x, y = plane.points(np.array([f.longitude for f in fixes]), np.array([f.latitude for f in fixes]))
    started = time.perf_counter()
    for i in range(0, len(fixes), size):
        tree.query_nearest(shapely.points(x[i : i + size], y[i : i + size]), all_matches=False, return_distance=True)
    return len(fixes) / (time.perf_counter() - started)


class Batches:
    """Verdicts a second, a thousand fixes at a time."""

    name = "attendance.fence_verdicts"
    unit = "verdicts/s"
    reference_unit = "nearest/s, bare shapely"

    def run(self) -> tuple[float, float]:
        fences, index, tree = _district()
        fixes = _fixes(BATCH * BATCHES, 1)
        index.judge(fixes[:BATCH])
        started = time.perf_counter()
        for i in range(0, len(fixes), BATCH):
            index.judge(fixes[i : i + BATCH])
        rate = len(fixes) / (time.perf_counter() - started)
        return rate, _bare(tree, fences[0][1].plane, fixes, BATCH)


class Singles:
    """Verdicts a second, one call each."""

    name = "attendance.fence_verdict_single"
    unit = "verdicts/s"
    reference_unit = "nearest/s, bare shapely"

    def run(self) -> tuple[float, float]:
        fences, index, tree = _district()
        fixes = _fixes(SINGLES, 2)
        started = time.perf_counter()
        for fix in fixes:
            index.judge_one(fix)
        rate = len(fixes) / (time.perf_counter() - started)
        return rate, _bare(tree, fences[0][1].plane, fixes, 1)


class Sites:
    """Verdicts a second for a person of three hundred sites, one call each, without an index."""

    name = "attendance.fence_verdict_sites"
    unit = "verdicts/s"
    reference_unit = "nearest/s, bare shapely"

    def run(self) -> tuple[float, float]:
        fences, _, _ = _district()
        mine = fences[:SITES]
        tree = shapely.STRtree([each.flat for _, each in mine])
        fixes = _fixes(SINGLES, 3)
        started = time.perf_counter()
        for fix in fixes:
            judge(fix, mine)
        rate = len(fixes) / (time.perf_counter() - started)
        return rate, _bare(tree, fences[0][1].plane, fixes, 1)


BENCHMARKS = [Batches(), Singles(), Sites()]
