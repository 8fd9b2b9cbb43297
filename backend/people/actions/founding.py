"""Founding a district: its outline, its notice, and the first admin."""

from dataclasses import dataclass

from backend.kernel.audit import record
from backend.kernel.authority import Role
from backend.kernel.context import Ctx
from backend.people.actions.areas import outline_text
from backend.people.actions.consent import publish_notice
from backend.people.actions.keys import present_key
from backend.people.actions.persons import take_on
from backend.people.queries.lookups import district_by_code
from backend.people.queries.roster import notice_version
from backend.people.rules import DistrictExists
from backend.people.tables import Area, District
from mobile_contract.people import AreaKind, GivenOutline, OneTimeCode

NOTICE_ZH = """本系统用于环卫、绿化、街面秩序和燃气外勤工作。
我们处理您的姓名、手机号、班组、岗位、签到时间与位置、工作照片和设备编号，用于派工、考勤和安全管理，仅限本区有权限的人员查看。
签到和作业时才取得位置，下班后不跟踪。您可以向主管查询、更正本人信息；离职后停止使用。
不同意则不能使用本系统，可改用纸质流程。"""
NOTICE_EN = """This system serves the field work of sanitation, greening, street order and gas.
We process your name, phone, team, role, the time and place of clocking in, work photos and the handset's id, to assign
work, record attendance and keep people safe; only authorised staff of this district see them. Position is read while
you clock in and work, not after hours. You may ask your supervisor to see and correct your data; use
ends when you leave.
Without your consent you cannot use this system and may use paper instead."""


@dataclass(frozen=True, slots=True)
class Founder:
    """The first admin. With a `password_hash` (made outside the transaction) they sign in at once."""

    name: str
    phone: str
    password_hash: str | None = None


def found_district(
    ctx: Ctx, code: str, name: str, founder: Founder, outline: GivenOutline | None = None
) -> OneTimeCode:
    """The district of `code` with its widest area `/code/`, notice 1, a signing key and an admin; gives the admin's
    one-time code. Raises DistrictExists. For the command line and the demo: `ctx.caller` is queries.operator()."""
    if district_by_code(ctx.session, code) is not None:
        raise DistrictExists(district=code)
    ctx.session.add(District(code=code, name=name, created_at=ctx.now()))
    shape = outline_text(outline.model_dump()) if outline is not None else None
    path = f"/{code}/"
    ctx.session.add(Area(path=path, parent=None, kind=AreaKind.district.value, name=name, outline=shape))
    ctx.session.flush()
    if notice_version(ctx) is None:
        publish_notice(ctx, 1, NOTICE_ZH, NOTICE_EN)
    present_key(ctx)
    _, first_code = take_on(ctx, founder.name, founder.phone, path, [Role.admin], password_hash=founder.password_hash)
    record(ctx, deed="people.district_founded", subject=code)
    return first_code
