"""Who may do what, and where: roles as data, and the one test of sight."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from backend.kernel.errors import NotAllowed
from mobile_contract.people import RoleName

Role = RoleName
"""The roles of a district, as the contract names them."""
R = Role
FIELD = frozenset({R.crew, R.collector, R.gas_worker, R.station_operator, R.handler, R.checker})
DESK = frozenset({R.acceptor, R.ganger, R.dispatcher, R.supervisor, R.admin})
OVERSIGHT = DESK | {R.leader, R.evaluator}
EVERYONE = frozenset(Role)
STAFF = EVERYONE - {R.citizen}

PERMISSIONS: dict[str, frozenset[Role]] = {
    # people
    "me.read": EVERYONE,
    "me.change": EVERYONE,
    "people.read": OVERSIGHT,
    "people.manage": frozenset({R.supervisor, R.admin}),
    "people.reset_password": frozenset({R.supervisor, R.admin}),
    "teams.read": STAFF,
    "areas.read": STAFF,
    "areas.manage": frozenset({R.admin}),
    "audit.read": frozenset({R.admin, R.leader}),
    "keys.rotate": frozenset({R.admin}),
    "notice.publish": frozenset({R.admin}),
    # handsets
    "handsets.enrol": STAFF,
    "handsets.invite": frozenset({R.supervisor, R.admin}),
    "handsets.manage": frozenset({R.supervisor, R.admin}),
    "handsets.read": OVERSIGHT,
    "sync": STAFF,
    "conflicts.read": STAFF,
    "conflicts.settle": frozenset({R.dispatcher, R.supervisor, R.ganger, R.admin}),
    # notifications
    "notifications.read": EVERYONE,
    # alarms
    "alarms.raise": STAFF,
    "alarms.read": STAFF,
    "alarms.answer": DESK | {R.leader},
    # attachments
    "attachments.upload": STAFF,
    "attachments.read": STAFF,
    # workorders
    "workorders.read": STAFF,
    "workorders.dispatch": frozenset({R.dispatcher, R.supervisor, R.ganger, R.admin}),
    "workorders.work": FIELD | {R.supervisor},
    "workorders.inspect": frozenset({R.dispatcher, R.supervisor, R.ganger, R.evaluator, R.admin}),
    "workorders.manage": frozenset({R.supervisor, R.admin}),
    # attendance
    "attendance.read": STAFF,
    "attendance.clock_in": FIELD | {R.supervisor},
    "attendance.manage": frozenset({R.supervisor, R.admin}),
    "attendance.oversee": OVERSIGHT,
    "attendance.track": frozenset({R.supervisor}),
    "attendance.erase": frozenset({R.admin}),
    # cases
    "cases.read": STAFF,
    "cases.report": FIELD | {R.supervisor},
    "cases.look": frozenset({R.collector, R.checker, R.supervisor}),
    "cases.handle": FIELD | {R.supervisor},
    "cases.enter": frozenset({R.acceptor, R.ganger, R.dispatcher, R.admin}),
    "cases.accept": frozenset({R.acceptor, R.ganger, R.admin}),
    "cases.dispatch": frozenset({R.dispatcher, R.ganger, R.admin}),
    "cases.command": frozenset({R.ganger, R.admin}),
    "cases.close": frozenset({R.acceptor, R.ganger, R.admin}),
    "cases.supervise": frozenset({R.leader, R.supervisor, R.admin}),
    "cases.manage": frozenset({R.admin}),
    "cases.evaluate": frozenset({R.evaluator, R.leader, R.admin}),
    # evidence
    "evidence.read": OVERSIGHT,
    # components
    "components.read": STAFF,
    "components.propose": frozenset({R.crew, R.collector, R.handler, R.checker}),
    "components.decide": frozenset({R.dispatcher, R.supervisor, R.ganger, R.admin}),
    "components.manage": frozenset({R.supervisor, R.admin}),
    # gas
    "gas.read": frozenset({R.gas_worker, R.station_operator}) | OVERSIGHT,
    "gas.scan": frozenset({R.gas_worker, R.station_operator}),
    "gas.inspect": frozenset({R.gas_worker, R.station_operator, R.supervisor}),
    "gas.manage": frozenset({R.station_operator, R.supervisor, R.admin}),
}
"""Permission -> roles that hold it. The only table of authority."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in an area. `area` is a path such as `/440111/songzhou/07/`; it covers all below it."""

    role: Role
    area: str


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a person, on a device or at a desk."""

    person_id: str
    name: str
    session_id: str
    device_id: str | None
    grants: tuple[Grant, ...]
    team_ids: frozenset[str] = field(default_factory=frozenset)
    consent_due: bool = False
    ended: str | None = None
    """Why the session is over, for the doors that still let its device say what it holds; None while it lasts."""

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    def may(self, permission: str, area: str | None = None) -> bool:
        """Whether a role that holds `permission` is held, in `area` when one is named."""
        roles = PERMISSIONS[permission]
        return any(g.role in roles and (area is None or area.startswith(g.area)) for g in self.grants)

    def require(self, permission: str, area: str | None = None) -> None:
        """Refuses with auth.not_allowed when the principal may not."""
        if not self.may(permission, area):
            raise NotAllowed(permission=permission)

    def areas(self, permission: str) -> tuple[str, ...]:
        """Area paths in which the permission is held, none inside another, sorted."""
        roles = PERMISSIONS[permission]
        return outermost(grant.area for grant in self.grants if grant.role in roles)


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that lie inside no other."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


def sees_desk(principal: Principal) -> bool:
    """Whether the principal looks at whole areas rather than only at own and team's rows."""
    return bool(principal.roles & OVERSIGHT)
