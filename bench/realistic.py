"""Work orders as a district has them: some 600 bytes of JSON each, ids and places their own, words from a list."""

import random
from collections.abc import Iterator
from typing import Any

from backend.kernel.clock import from_ms

MORNING_MS = 1_788_220_800_000
ROADS = [
    *("黄石东路", "松洲街", "增槎路", "广园西路", "机场路", "三元里大道"),
    *("同和路", "云城东路", "齐心路", "石井大道", "西槎路", "鹤龙路"),
]
WORKS = ["清扫", "清运", "巡查", "冲洗路面", "清理小广告", "修剪绿化", "更换果皮箱", "疏通雨水口"]
NOTES = [
    "",
    "先扫路口，再扫人行道",
    "井盖松动，请带警示牌",
    "树下有一堆落叶，装车后再冲洗",
    "附近学校放学时段避开",
    "请拍前后对比照",
    "商铺门前油污需高压冲洗",
]
STEPS = ["released", "started", "paused", "done", "closed"]


def _uuid(chance: random.Random, ms: int) -> str:
    raw = f"{ms:012x}7{chance.getrandbits(12):03x}{0x8 | chance.getrandbits(2):x}{chance.getrandbits(60):015x}"
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def _at(ms: int) -> str:
    return from_ms(ms).strftime("%Y-%m-%dT%H:%M:%SZ")


def orders(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """So many orders of one week."""
    chance = random.Random(seed)
    teams, people = ([_uuid(chance, MORNING_MS - chance.randrange(10**9)) for _ in range(n)] for n in (3, 40))
    for number in range(count):
        made = MORNING_MS - chance.randrange(7 * 86_400_000)
        step = chance.choice(STEPS)
        ended = step in ("done", "closed")
        yield {
            "id": _uuid(chance, made),
            "code": f"GZ-{number:06d}",
            "title": f"{chance.choice(WORKS)}{chance.choice(ROADS)}{chance.randrange(1, 400)}号段",
            "scene": "sanitation",
            "note": chance.choice(NOTES),
            "crew_note": chance.choice(NOTES) if ended else "",
            "priority": chance.randrange(1, 4),
            "longitude": round(113.2 + chance.random() / 5, 6),
            "latitude": round(23.1 + chance.random() / 5, 6),
            "area_path": f"/440111/songzhou/{chance.randrange(1, 20):02d}/",
            "team_id": chance.choice(teams),
            "assignee_id": chance.choice([None, *people]),
            "step": step,
            "due_at": _at(made + chance.randrange(24) * 3_600_000),
            "released_at": _at(made),
            "started_at": _at(made + chance.randrange(3_600_000)),
            "started_by": chance.choice(people),
            "done_at": _at(made + chance.randrange(3_600_000, 7_200_000)) if ended else None,
            "done_by": chance.choice(people) if ended else None,
            "evidence_rule": "photo",
            "evidence": "complete" if ended else "none",
            "photos": [f"{chance.getrandbits(256):064x}"] if number % 4 == 0 and ended else [],
            "cancel_reason": "",
        }
