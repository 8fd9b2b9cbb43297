"""The demo's month: twenty teams, the shipped scenes, plans round by round, and the last days' work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from backend.demo import proofs
from backend.demo.places import CELL, ROADS, DemoTeam, corner, stretch
from backend.kernel.calendar import local_day, minute_ms
from backend.kernel.clock import SetClock, from_ms
from backend.kernel.context import Ctx
from backend.people import queries as people
from backend.scenes import actions as scenes
from backend.workorders import actions as workorders
from backend.workorders import queries as work_queries
from mobile_contract.people import Trade
from mobile_contract.scenes import NewScene, ScenePlan
from mobile_contract.workorders import Act, OrderFilter, WorkOrder
from mobile_contract.workplans import NewPlace
from mobile_contract.worktemplates import NewTemplate

MORE_TEAMS: tuple[tuple[str, int, str, Trade], ...] = (
    ("松洲公厕保洁班", 0, "04", Trade.sanitation),
    ("松洲绿化二班", 0, "03", Trade.greening),
    ("三元里清扫二班", 1, "03", Trade.sanitation),
    ("三元里机扫班", 1, "04", Trade.sanitation),
    ("三元里市容班", 1, "03", Trade.street_order),
    ("三元里夜间市容班", 1, "01", Trade.street_order),
    ("景泰清扫二班", 2, "04", Trade.sanitation),
    ("景泰绿化班", 2, "02", Trade.greening),
    ("景泰夜间市容班", 2, "04", Trade.street_order),
    ("景泰瓶装气配送班", 2, "", Trade.gas),
)
ROUND = {"sweep_main": 3, "bins": 2, "toilets": 1, "water": 3, "prune": 2, "pests": 1, "patrol": 3, "bikes": 2}
"""How many places a team's round of a plan has."""
ALONG_A_ROAD = "sweep_main"
"""The plan whose places are stretches of a road."""
SPOTS = {"toilets": "公厕", "bins": "果皮箱段", "bikes": "地铁口", "water": "绿地", "pests": "绿地"}
PAST_DAYS = 2
"""So many days of work lie behind the demo's first start."""
LEFT_UNDONE = 17
"""One order of so many was not begun: the lists of what was missed are not empty either."""
PROVED = 4
"""One order of so many was finished with photos, answers and readings; of the others the proof is awaited."""


def plant_month(ctx: Ctx, desk: Ctx, teams: Sequence[DemoTeam]) -> dict[str, int]:
    """Takes the shipped scenes, makes their plans, and plays the days that are over. Gives what was made."""
    began = replace(ctx, clock=SetClock(_morning(ctx, -PAST_DAYS)))
    made: list[str] = []
    forms: dict[str, NewTemplate] = {}
    for file in scenes.shipped_files():
        scene, faults = scenes.check_scene(file.read_text(encoding="utf-8"))
        assert scene is not None, faults
        forms |= {template.code: template for template in scene.templates}
        made += scenes.take_scene(began, scene.model_copy(update={"plans": list(_rounds(scene, teams))})).plans_made
    played = _Played(ctx, desk, {team.id: team for team in teams}, made, forms)
    done = sum(played.day(days_ago) for days_ago in range(PAST_DAYS, -1, -1))
    return {"plans": len(made), "orders done": done, "orders proved": played.proved}


def _morning(ctx: Ctx, days: int) -> datetime:
    return from_ms(minute_ms(local_day(ctx.now()) + timedelta(days=days), 0))


def _rounds(scene: NewScene, teams: Sequence[DemoTeam]) -> Iterator[ScenePlan]:
    """What the file says for every team, with each team's own places."""
    for plan in scene.plans:
        for team in teams:
            if team.trade == scene.scene:
                own = {"code": f"{plan.code}_{teams.index(team):02d}", "team": team.name, "lasts_days": 35}
                yield plan.model_copy(update=own | {"places": list(_places(plan, team))})


def _places(plan: ScenePlan, team: DemoTeam) -> Iterator[NewPlace]:
    west, south = corner(team)
    many = ROUND[plan.code]
    for number in range(many):
        road = ROADS[(team.street * 3 + number + len(plan.code)) % len(ROADS)]
        code = f"{plan.code}-{number + 1}"
        if plan.code == ALONG_A_ROAD:
            yield NewPlace(code=code, label=f"{road}段", line=stretch(team, number, many), buffer_m=20.0)
            continue
        yield NewPlace(
            code=code,
            label=f"{road}{SPOTS.get(plan.code, '')}{number + 1 if plan.code in SPOTS else '段'}",
            longitude=round(west + CELL * (number + 0.5) / many, 6),
            latitude=round(south + CELL * (len(plan.code) % 5 + 0.5) / 5, 6),
        )


@dataclass(slots=True)
class _Played:
    """The days that are over, and as much of today as is."""

    ctx: Ctx
    desk: Ctx
    crews: dict[str, DemoTeam]
    plans: Sequence[str]
    forms: dict[str, NewTemplate]
    proved: int = 0
    """So many orders were finished with everything that proves them."""

    def day(self, days_ago: int) -> int:
        """The orders of a day are made, given out, and worked; gives how many were finished."""
        on = local_day(self.ctx.now()) - timedelta(days=days_ago)
        night = replace(self.ctx, clock=SetClock(_morning(self.ctx, -days_ago)))
        for plan_id in self.plans:
            plan = work_queries.plan_row(self.ctx, plan_id)
            assert plan is not None
            workorders.generate_orders(night, plan, on)
        workorders.release_due(night)
        orders = list(_of_day(self.desk, on))
        held = work_queries.rows_of(self.ctx, [order.id for order in orders])  # read once, not at every deed
        done = [self._worked(o, n) for n, o in enumerate(orders) if o.plan_id is not None and n % LEFT_UNDONE]
        del held
        return sum(done)

    def _worked(self, order: WorkOrder, number: int) -> bool:
        """Begun and finished inside its window, if that much of the window is over; whether it was."""
        assert order.window_from_at is not None
        assert order.due_at is not None
        span = order.due_at - order.window_from_at
        begun = order.window_from_at + span * (0.05 + number % 7 * 0.05)
        ended = begun + span * (0.3 + number % 5 * 0.06)
        if ended >= self.ctx.now() - timedelta(minutes=1):
            return False
        team = self.crews[order.team_id]
        crew = replace(self.ctx, caller=people.principal_of(self.ctx, team.people[number % len(team.people)], None))
        if number % PROVED == 0:
            proofs.work(crew, order, self._form(order), begun, ended, number)
            self.proved += 1
            return True
        for act, at in ((Act.start, begun), (Act.finish, ended)):
            workorders.work(replace(crew, clock=SetClock(at)), order.id, act, workorders.Said(), seen=True)
        return True

    def _form(self, order: WorkOrder) -> NewTemplate:
        assert order.template_id is not None, "every plan of a scene has a form"
        return self.forms[work_queries.template_row(self.ctx, order.template_id).code]


def _of_day(desk: Ctx, on: date) -> Iterator[WorkOrder]:
    cursor: str | None = None
    while True:
        page = work_queries.orders(desk, OrderFilter(on=on), cursor, 200)
        yield from page.items
        if page.next is None:
            return
        cursor = page.next
