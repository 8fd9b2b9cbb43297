"""The demo district: 440111 with three streets, their crews, a day of orders, fences and cylinders.

Everything is planted through the same actions that a desk uses. Names, phones, customers and due dates are invented.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from backend.attendance import actions as attendance
from backend.cases import actions as cases
from backend.demo import findings, month, parts
from backend.demo.findings import DISPATCHER, LOOKERS
from backend.demo.places import CELL, GRIDS, ROADS, SOUTH, WEST, DemoTeam, corner, stretch
from backend.gas import actions as gas
from backend.gas.actions import checklists as gas_checklists
from backend.gas.actions import keys as gas_keys
from backend.gas.actions import orders as gas_orders
from backend.kernel.authority import Role
from backend.kernel.calendar import local_day, minute_ms
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.people import actions as people
from backend.people import queries
from backend.workorders import actions as workorders
from mobile_contract import checklist_example
from mobile_contract.attendance import GeometryAsk, NewFence
from mobile_contract.days import EnteredPunch
from mobile_contract.deliveries import Intake, NewCertificate, NewGasOrder
from mobile_contract.gas import Block, NewAccount, ScanParams, ScanStep
from mobile_contract.gas_register import NewCylinder
from mobile_contract.people import AreaKind, GivenOutline, Trade
from mobile_contract.rosters import NewRoster, NewShiftPart, NewShiftType
from mobile_contract.workorders import NewWorkOrder

DISTRICT = "440111"
ROOT = f"/{DISTRICT}/"
PASSWORD = "baiyun-demo-2026"  # noqa: S105 - the demo's one shared password, printed at its start
CREW_PER_TEAM = 3
ORDERS_PER_TEAM = 15
CYLINDERS = 200
ROSTER_DAYS = 7
SHIFTS = (
    NewShiftType(
        name="清扫白班",
        area_path=ROOT,
        parts=[NewShiftPart(start_min=360, end_min=660), NewShiftPart(start_min=840, end_min=1_020)],
    ),
    NewShiftType(name="送气班", area_path=ROOT, parts=[NewShiftPart(start_min=480, end_min=1_080, break_min=60)]),
)
CREW_MINUTES = (355, 663, 838, 1_022)
GAS_MINUTES = (474, 1_083)
"""When people of the demo clock in and out, minutes since midnight."""
ACCOUNTS = 30
ORDERS_PER_WORKER = 2

STREETS = (("song-zhou", "松洲街"), ("sanyuan-li", "三元里街"), ("jing-tai", "景泰街"))
TEAMS: tuple[tuple[str, int, str, Trade], ...] = (
    ("松洲清扫一班", 0, "01", Trade.sanitation),
    ("松洲清扫二班", 0, "03", Trade.sanitation),
    ("松洲绿化班", 0, "02", Trade.greening),
    ("松洲市容班", 0, "04", Trade.street_order),
    ("三元里清扫班", 1, "01", Trade.sanitation),
    ("三元里绿化班", 1, "02", Trade.greening),
    ("景泰清扫班", 2, "01", Trade.sanitation),
    ("景泰市容班", 2, "03", Trade.street_order),
    ("松洲瓶装气配送班", 0, "", Trade.gas),
    ("三元里瓶装气配送班", 1, "", Trade.gas),
)
DESK: tuple[tuple[str, str, Role], ...] = (
    ("周敏", "13800000002", Role.dispatcher),
    ("吴国强", "13800000003", Role.supervisor),
    ("郑丽华", "13800000004", Role.leader),
    ("冯志远", "13800000005", Role.station_operator),
    ("许文静", "13800000006", Role.evaluator),
    ("何建平", "13800000007", Role.ganger),
)
ADMIN = ("陈伟", "13800000001")
SURNAMES = "李王张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
GIVEN = ("建国", "秀英", "志强", "丽", "伟明", "桂芳", "永康", "小红", "海涛", "玉兰", "文杰", "美玲", "家豪")
WORKS: dict[Trade, tuple[str, ...]] = {
    Trade.sanitation: ("主干道普扫", "人行道保洁", "果皮箱清掏", "公厕巡查保洁", "路面冲洗", "垃圾收运点清理"),
    Trade.greening: ("行道树修剪", "绿篱修剪", "绿地浇水", "枯枝清理", "树池清理", "花箱养护"),
    Trade.street_order: ("占道经营巡查", "乱堆放清理", "非机动车摆放整理", "违规广告清理", "沿街晾挂劝导"),
}
SWEPT = "主干道普扫"
"""Work along a stretch of road."""
SHOPS = ("肠粉店", "大排档", "粥铺", "烧腊店", "小炒店", "茶餐厅")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as."""

    name: str
    phone: str
    role: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class DemoFacts:
    """What the demo holds. `planted` False: it stood already, and nothing was changed."""

    planted: bool
    password: str = PASSWORD
    people: tuple[DemoPerson, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


def plant(house: House, *, whole: bool = False) -> DemoFacts:
    """Plants the demo district once; a second time nothing happens. All of it or none. `whole`: with twenty teams, the
    scenes that come with the house, a month of plans and the last days' work."""
    assert house.settings.demo or house.settings.testing, "the demo's password is public: never plant it elsewhere"
    operator = queries.operator(house.settings)
    with house.db.reading() as session:
        if queries.area_exists(house.ctx(session, operator), ROOT):
            return DemoFacts(planted=False, people=_desk_people())
    password_hash = people.Passwords(house.settings).hash(PASSWORD)
    with house.db.transaction() as session:
        return _Planting(house.ctx(session, operator), password_hash, whole=whole).all()


def _desk_people() -> tuple[DemoPerson, ...]:
    desk = (DemoPerson(name, phone, role.value) for name, phone, role in DESK)
    return (DemoPerson(*ADMIN, Role.admin.value), *desk)


class _Planting:
    """One planting, street by street."""

    def __init__(self, ctx: Ctx, password_hash: str, *, whole: bool) -> None:
        self._whole = whole
        self._ctx = ctx
        self._password_hash = password_hash
        self._people: list[DemoPerson] = list(_desk_people())
        self._teams: list[DemoTeam] = []
        self._ids: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def all(self) -> DemoFacts:
        self._district()
        self._desk()
        for team in (*TEAMS, *(month.MORE_TEAMS if self._whole else ())):
            self._team(*team)
        self._fences()
        self._rosters()
        self._orders()
        self._cases()
        self._components()
        if self._whole:
            self._counts |= month.plant_month(self._ctx, self._as(DISPATCHER), self._teams)
        self._accounts()
        self._cylinders()
        self._gas_orders()
        self._counts |= {"teams": len(self._teams), "people": len(self._people)}
        return DemoFacts(planted=True, people=tuple(self._people), counts=self._counts)

    def _as(self, phone: str) -> Ctx:
        """The context of somebody of the demo: what they do is recorded as theirs."""
        return replace(self._ctx, caller=queries.principal_of(self._ctx, self._ids[phone], None))

    # -- places and people ----------------------------------------------------------------------------------------

    def _district(self) -> None:
        founder = people.Founder(*ADMIN, self._password_hash)
        whole = _box(0, 0, 6, 2)
        people.found_district(self._ctx, DISTRICT, "白云区（演示）", founder, whole)
        for number, (code, name) in enumerate(STREETS):
            people.draw_area(self._ctx, ROOT, code, AreaKind.street, name, _box(number * 2, 0, 2, 2))
            for place, grid in enumerate(GRIDS):
                outline = _box(number * 2 + place % 2, place // 2, 1, 1)
                people.draw_area(self._ctx, f"{ROOT}{code}/", grid, AreaKind.grid, f"{name}第{place + 1}网格", outline)
        self._counts |= {"streets": len(STREETS), "grids": len(STREETS) * len(GRIDS)}

    def _desk(self) -> None:
        for name, phone, role in DESK:
            self._take_on(name, phone, ROOT, role)

    def _take_on(self, name: str, phone: str, area: str, role: Role, team_id: str | None = None) -> str:
        person, _ = people.take_on(self._ctx, name, phone, area, [role], team_id, self._password_hash)
        self._ids[phone] = person.id
        return person.id

    def _team(self, name: str, street: int, grid: str, trade: Trade) -> None:
        area = f"{ROOT}{STREETS[street][0]}/" + (f"{grid}/" if grid else "")
        made = people.form_team(self._ctx, name, area, trade)
        team = DemoTeam(made.id, name, trade, area, street, grid)
        role = Role.gas_worker if trade is Trade.gas else Role.crew
        for _ in range(CREW_PER_TEAM):
            number = len(self._people)
            who = SURNAMES[number % len(SURNAMES)] + GIVEN[number * 5 % len(GIVEN)]
            phone = f"138000001{number:02d}"
            team.people.append(self._take_on(who, phone, area, role, made.id))
            self._people.append(DemoPerson(who, phone, role.value, name))
        self._teams.append(team)

    # -- attendance -----------------------------------------------------------------------------------------------

    def _fences(self) -> None:
        supervisor = self._as("13800000003")
        asks = [ask for team in self._teams for ask in _fences_of(team)]
        for ask in asks:
            attendance.draw_fence(supervisor, ask)
        self._counts["fences"] = len(asks)

    def _rosters(self) -> None:
        """A week behind and a week ahead: crews sweep in two parts, gas workers in one; the week behind is clocked."""
        supervisor = self._as("13800000003")
        shifts = [attendance.add_shift_type(supervisor, ask).id for ask in SHIFTS]
        today = local_day(self._ctx.now())
        first_on, last_on = today - timedelta(days=ROSTER_DAYS), today + timedelta(days=ROSTER_DAYS)
        for number, team in enumerate(self._teams):
            shift = shifts[1] if team.trade is Trade.gas else shifts[0]
            pattern = [shift] * 6 + [None]
            ask = NewRoster(
                person_ids=team.people, first_on=first_on, last_on=last_on, pattern=pattern, start=number % 7, step=2
            )
            attendance.make_roster(supervisor, ask)
        self._clocked(supervisor, first_on)
        attendance.judge_stale(self._ctx)
        attendance.judge_due(self._ctx)
        self._counts["rostered days"] = sum(len(team.people) for team in self._teams) * (2 * ROSTER_DAYS + 1)

    def _clocked(self, supervisor: Ctx, first_on: date) -> None:
        """What the supervisor wrote down before the handsets came: mostly punctual, now and then late or not there."""
        people = [(team, person) for team in self._teams for person in team.people]
        sheet = []
        for number, (team, person) in enumerate(people):
            minutes = GAS_MINUTES if team.trade is Trade.gas else CREW_MINUTES
            for day in range(ROSTER_DAYS):
                dice = number * 7 + day * 5
                if dice % 17 == 0:
                    continue
                late = 18 if dice % 11 == 0 else 0
                for place, minute in enumerate(minutes):
                    at_ms = minute_ms(first_on + timedelta(days=day), minute + (late if place == 0 else 0))
                    sheet.append(
                        EnteredPunch(id=new_id(), person_id=person, at=from_ms(at_ms), reason="纸质考勤表补录")
                    )
        attendance.enter_punches(supervisor, sheet)

    # -- work orders ----------------------------------------------------------------------------------------------

    def _orders(self) -> None:
        asks = [ask for team in self._teams if team.trade in WORKS for ask in self._orders_of(team)]
        dispatcher = self._as("13800000002")
        kept_back = len(asks) // 12
        workorders.plan_orders(dispatcher, asks[kept_back:], release=True)
        workorders.plan_orders(dispatcher, asks[:kept_back], release=False)
        self._counts["work orders"] = len(asks)

    def _orders_of(self, team: DemoTeam) -> Iterator[NewWorkOrder]:
        works = WORKS[team.trade]
        west, south = corner(team)
        for number in range(ORDERS_PER_TEAM):
            swept = works[number % len(works)] == SWEPT
            road = ROADS[(team.street * 3 + number) % len(ROADS)]
            yield NewWorkOrder(
                title=f"{road}{works[number % len(works)]}",
                scene=team.trade.value,
                area_path=team.area,
                team_id=team.id,
                assignee_id=team.people[number % CREW_PER_TEAM] if number % 3 == 0 else None,
                note="注意来往车辆，完成后拍照" if number % 4 == 0 else "",
                priority=3 if number % 7 == 0 else 0,
                longitude=None if swept else round(west + CELL * (number % 5 + 0.5) / 5, 6),
                latitude=None if swept else round(south + CELL * (number // 5 + 0.5) / 3, 6),
                line=stretch(team, number % 3, 3) if swept else None,
                due_at=self._ctx.now() + timedelta(hours=2 + number % 8),
                photos_min=1 if number % 2 == 0 else 0,
            )

    # -- cases ----------------------------------------------------------------------------------------------------

    def _cases(self) -> None:
        """Codes marked as an example, and findings of the last days, each as far as it has come."""
        cases.import_codes(self._ctx, cases.EXAMPLE, cases.EXAMPLE_FILE.name, cases.EXAMPLE_FILE.read_bytes())
        for name, phone, role in LOOKERS:
            self._take_on(name, phone, ROOT, role)
            self._people.append(DemoPerson(name, phone, role.value))
        crews = [team for team in self._teams if team.trade in WORKS]
        self._counts["cases"] = findings.plant(self._ctx, self._as, crews)

    # -- components -----------------------------------------------------------------------------------------------

    def _components(self) -> None:
        crews = [team for team in self._teams if team.trade in WORKS]

        def hand(person: str) -> Ctx:
            return replace(self._ctx, caller=queries.principal_of(self._ctx, person, None))

        self._counts["components"] = parts.plant(self._as("13800000003"), hand, crews)

    # -- gas ------------------------------------------------------------------------------------------------------

    def _accounts(self) -> None:
        served = [team for team in self._teams if team.trade is Trade.gas]
        asks = [_account(number, served[number % len(served)]) for number in range(ACCOUNTS)]
        gas.add_accounts(self._as("13800000005"), asks)
        self._counts["gas accounts"] = len(asks)

    def _cylinders(self) -> None:
        served = [team for team in self._teams if team.trade is Trade.gas]
        station, today = self._as("13800000005"), self._ctx.now().date()
        asks = [_cylinder(number, served[number % len(served)], today) for number in range(CYLINDERS)]
        made = gas.register_cylinders(station, asks)
        gas.set_block(station, made[-1].id, Block.recall, blocked=True)
        workers = [(team, person) for team in served for person in team.people]
        fit = [row.code for row in made if row.block_count == 0 and row.born_full][: 8 * len(workers)]
        for number, (_, person) in enumerate(workers):
            as_worker = replace(self._ctx, caller=queries.principal_of(self._ctx, person, None))
            gas.record_scans(as_worker, _round(fit[number * 8 : number * 8 + 8], number))
        self._counts["cylinders"] = len(made)

    def _gas_orders(self) -> None:
        """A checklist, a certificate for every worker, and two orders of today for each; the blocked list signed."""
        station, today = self._as("13800000005"), local_day(self._ctx.now())
        gas_checklists.publish_checklist(station, checklist_example.example())
        served = [team for team in self._teams if team.trade is Trade.gas]
        workers = [(area, at, person) for area, team in enumerate(served) for at, person in enumerate(team.people)]
        for number, (area, place, person) in enumerate(workers):
            held = NewCertificate(
                person_id=person, kind="delivery", number=f"DEMO-{number:04d}", valid_from_on=today - timedelta(days=90)
            )
            gas_orders.enter_certificate(station, held)
            for at in range(ORDERS_PER_WORKER):
                code = _account_code((area + len(served) * (place * ORDERS_PER_WORKER + at)) % ACCOUNTS)
                ask = NewGasOrder(id=new_id(), account=code, spec="YSP35.5", wanted_on=today, intake=Intake.telephone)
                gas_orders.assign_order(station, gas_orders.place_order(station, ask).id, person)
        gas_keys.sign_pack(station)
        self._counts["gas orders"] = ORDERS_PER_WORKER * len(workers)


def _round(codes: Sequence[str], number: int) -> list[gas.NewScan]:
    """A morning: a worker loads all, and has delivered half."""
    loads = [gas.NewScan(new_id(), ScanParams(code=code, step=ScanStep.load, station="ST01")) for code in codes]
    delivered = enumerate(codes[: len(codes) // 2])
    return loads + [
        gas.NewScan(
            new_id(), ScanParams(code=code, step=ScanStep.deliver, account=_account_code(number * 4 + i), station="")
        )
        for i, code in delivered
    ]


def _box(column: int, row: int, columns: int, rows: int) -> GivenOutline:
    return GivenOutline(type="Polygon", coordinates=[_ring(column, row, columns, rows)])


def _ring(column: int, row: int, columns: int, rows: int) -> list[list[float]]:
    west, south = round(WEST + CELL * column, 6), round(SOUTH + CELL * row, 6)
    east, north = round(west + CELL * columns, 6), round(south + CELL * rows, 6)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _fences_of(team: DemoTeam) -> Iterator[NewFence]:
    west, south = corner(team)
    middle = [round(west + CELL / 2, 6), round(south + CELL / 2, 6)]
    post = GeometryAsk(type="Point", coordinates=middle)
    yield NewFence(name=f"{team.name}岗亭", geometry=post, radius_m=120, area_path=team.area, team_ids=[team.id])
    if team.trade is Trade.sanitation:
        road = [[round(west + 0.001, 6), middle[1]], [round(west + CELL - 0.001, 6), middle[1]]]
        line = GeometryAsk(type="LineString", coordinates=road)
        yield NewFence(name=f"{team.name}责任路段", geometry=line, radius_m=25, area_path=team.area, team_ids=[team.id])
    if team.trade is Trade.greening:
        park = [[x, y] for x, y in _shrunk(west, south)]
        green = GeometryAsk(type="Polygon", coordinates=[park])
        yield NewFence(name=f"{team.name}绿地", geometry=green, area_path=team.area, team_ids=[team.id])


def _shrunk(west: float, south: float) -> Iterator[tuple[float, float]]:
    for x, y in ((0.2, 0.2), (0.6, 0.2), (0.7, 0.6), (0.3, 0.7), (0.2, 0.2)):
        yield round(west + CELL * x, 6), round(south + CELL * y, 6)


def _account_code(number: int) -> str:
    return f"BY-{388_000 + number % ACCOUNTS:07d}"


def _account(number: int, team: DemoTeam) -> NewAccount:
    west, south = corner(team)
    road, shop = ROADS[number % len(ROADS)], SHOPS[number % len(SHOPS)]
    home = number % 3 != 0
    owner = SURNAMES[number * 7 % len(SURNAMES)] + GIVEN[number * 3 % len(GIVEN)]
    return NewAccount(
        code=_account_code(number),
        name=owner if home else f"{owner[0]}记{shop}",
        phone=f"1380000{9000 + number:04d}",
        address=f"{road}{number * 3 + 1}号" + (f"{number % 6 + 1}01房" if home else "首层"),
        area_path=team.area,
        team_id=team.id,
        longitude=round(west + CELL * (number % 6) / 6, 6),
        latitude=round(south + CELL * (number // 6) / 6, 6),
    )


def _cylinder(number: int, team: DemoTeam, today: date) -> NewCylinder:
    years = 5 if number % 25 == 24 else number % 3 + 1
    return NewCylinder(
        code=f"1440011260{number + 1:06d}",
        serial=f"YS{323_000 + number}",
        certificate_no="QP02001",
        registration_code=f"13202000{number + 1:04d}",
        maker_code="AG",
        owner="白云示例燃气公司",
        spec="YSP118" if number % 10 == 9 else "YSP12" if number % 5 == 4 else "YSP35.5",
        made_on=date(today.year - years, number % 12 + 1, number % 28 + 1),
        full=number % 4 != 3,
        area_path=team.area,
        team_id=team.id,
    )
