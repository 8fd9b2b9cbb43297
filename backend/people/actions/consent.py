"""The privacy notice, and who accepted it."""

from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.people.queries.lookups import own_row
from backend.people.queries.roster import notice_version
from backend.people.rules import NoticeExists, NoticeNotInForce
from backend.people.tables import ConsentRecord, Notice


def publish_notice(ctx: Ctx, version: int, zh: str, en: str) -> None:
    """A new notice, of a higher version than any before; from now on everybody must accept it to go on."""
    ctx.principal.require("notice.publish")
    in_force = notice_version(ctx)
    if in_force is not None and version <= in_force:
        raise NoticeExists(version=in_force)
    ctx.session.add(Notice(version=version, zh=zh, en=en, published_at=ctx.now()))
    ctx.session.flush()
    record(ctx, deed="people.notice_published", version=version)


def accept_notice(ctx: Ctx, version: int) -> None:
    """The asker accepts the notice in force. Accepting twice is as once."""
    in_force = notice_version(ctx)
    if version != in_force:
        raise NoticeNotInForce(version=in_force or 0)
    person = own_row(ctx)
    if person.consent_version == version:
        return
    person.consent_version, person.consent_at = version, ctx.now()
    ctx.session.add(person)
    ctx.session.add(
        ConsentRecord(person_id=person.id, version=version, accepted_at=ctx.now(), device_id=ctx.principal.device_id)
    )
    ctx.session.flush()
    record(ctx, deed="people.consent_given", subject=person.id, version=version)
