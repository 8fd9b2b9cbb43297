"""The demo's findings: cases of the last days, each as far as it has come, with pictures from the spot."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from backend.attachments import actions as attachments
from backend.cases import actions as cases
from backend.cases import queries as case_queries
from backend.cases.actions import Said
from backend.demo import pictures
from backend.demo.places import CELL, ROADS, DemoTeam, corner
from backend.kernel.authority import Role
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.ids import new_id
from backend.people import queries as people
from mobile_contract.cases import Act, CloseCase, CodeKind, Dispatch, NewCase, Place, Register, Source, ToPerson
from sync.kinds import Claim

DISPATCHER, GANGER = "13800000002", "13800000007"
LOOKERS = (("梁晓峰", "13800000008", Role.collector), ("罗小玲", "13800000009", Role.acceptor))
FOUND: tuple[tuple[str, str, str, int, int], ...] = (
    ("0102", "暴露垃圾", "路口垃圾袋散落，占用人行道", 70, 7),
    ("0504", "店外经营", "水果摊超出门面约两米", 64, 7),
    ("0104", "道路不洁", "施工车辆带泥", 55, 7),
    ("0406", "道路积水", "暴雨后积水约十厘米", 49, 7),
    ("0506", "非机动车乱停放", "地铁口共享单车堆积", 40, 7),
    ("0201", "非法小广告", "电箱上贴满小广告", 30, 5),
    ("0103", "积存垃圾渣土", "围墙边建筑垃圾三袋", 26, 4),
    ("0507", "乱堆物堆料", "消防通道堆放木板", 22, 3),
    ("0105", "水域不洁", "河涌漂浮垃圾", 20, 3),
    ("0302", "工地扬尘", "未喷淋作业", 9, 2),
    ("0510", "露天烧烤", "夜间占道烧烤", 8, 2),
    ("0106", "绿地脏乱", "绿化带内有生活垃圾", 6, 1),
    ("0408", "架空线缆损坏", "通信线垂落，离地约两米", 3, 2),
    ("0203", "占道广告牌", "灯箱占盲道", 2, 0),
    ("0102", "暴露垃圾", "公交站旁垃圾桶满溢", 1, 0),
    ("0508", "商业噪音", "店铺音响外放", 1, 0),
)
"""(code, title, note, hours ago, steps of the loop it has gone)."""
AWAITED = frozenset({6})
"""Cases whose photo has not arrived yet."""
CONDITIONS = ["垃圾未在收集容器内", "位于公共区域", "经营物品超出门窗外墙"]
"""What must hold for some of these codes to be registered."""


def plant(ctx: Ctx, by: Callable[[str], Ctx], crews: Sequence[DemoTeam]) -> int:
    """Enters every finding and takes it as far as it has come; `by` is whoever has a phone number. Gives how many."""
    for number, (code, title, note, hours_ago, steps) in enumerate(FOUND):
        team = crews[number % len(crews)]
        hours = iter(range(hours_ago, 0, -max(1, hours_ago // 8)))
        _Finding(ctx, by, team, number, hours).play((code, title, note), steps)
    return len(FOUND)


@dataclass(slots=True)
class _Finding:
    """One case, from the call to its end."""

    ctx: Ctx
    by: Callable[[str], Ctx]
    team: DemoTeam
    number: int
    hours: Iterator[int]
    """How long ago each act was done."""
    tablet: str = field(default_factory=new_id)

    def play(self, said: tuple[str, str, str], steps: int) -> None:
        """So many steps of the loop."""
        case = cases.enter(self._next(self.by(DISPATCHER)), self._ask(*said)).id
        near = case_queries.similar(self.by(GANGER), case)
        registered = Register(conditions=CONDITIONS, similar_seen=[one.case.id for one in near])
        worker = self.team.people[self.number % len(self.team.people)]
        hand = replace(self.by(DISPATCHER), caller=people.principal_of(self.ctx, worker, None))
        looker = self.by(LOOKERS[0][1])
        checker = ToPerson(person_id=looker.principal.person_id)
        way: Sequence[Callable[[], object]] = (
            lambda: cases.register(self._next(self.by(GANGER)), case, registered),
            lambda: cases.dispatch(self._next(self.by(DISPATCHER)), case, Dispatch(team_id=self.team.id)),
            lambda: cases.accept(self._next(hand), case, None, Said()),
            lambda: self._looked(self._next(hand), case, Act.finish, "已处理"),
            lambda: cases.send_check(self._next(self.by(DISPATCHER)), case, checker),
            lambda: self._looked(self._next(looker), case, Act.check_pass, "现场已复核"),
            lambda: cases.close(self._next(self.by(GANGER)), case, CloseCase(reply="您反映的问题已处理，感谢监督。")),
        )
        for step in way[:steps]:
            step()

    def _looked(self, ctx: Ctx, case: str, act: Act, note: str) -> None:
        """An act on the spot, with its photo."""
        name = f"case {self.number} {act.value}"
        if self.number in AWAITED and act is Act.finish:
            photo = hashlib.sha256(name.encode()).hexdigest()
        else:
            photo = attachments.take_in(ctx, pictures.street(name, ctx.done_at(), littered=False), f"{act.value}.jpg")
        cases.act_on(ctx, case, act, Said(note, [photo], self._spot()))

    def _next(self, ctx: Ctx) -> Ctx:
        """Whoever acts, at the hour of the next act."""
        at_ms = to_ms(self.ctx.now() - timedelta(hours=next(self.hours, 0)))
        who = ctx.principal.person_id
        return replace(ctx, claim=Claim(self.tablet, 1, who, 1, at_ms, at_ms, 200, "anchored", at_ms))

    def _spot(self) -> Place:
        west, south = corner(self.team)
        return Place(longitude=round(west + CELL * (self.number % 7 + 1) / 9, 6), latitude=round(south + CELL / 3, 6))

    def _ask(self, code: str, title: str, note: str) -> NewCase:
        spot, number = self._spot(), self.number
        return NewCase(
            source=Source.hot_line if number % 2 else Source.citizen,
            kind=CodeKind.event,
            big=code[:2],
            small=code[2:],
            title=title,
            area_path=self.team.area,
            longitude=spot.longitude,
            latitude=spot.latitude,
            note=note,
            address=f"{ROADS[number % len(ROADS)]}{number * 7 + 12}号旁",
        )
