"""Reads of attachments, within sight."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_
from sqlmodel import Session, col, select

from backend.attachments.rules import AttachmentUnknown, UploadEnded, UploadExpired, UploadState, UploadUnknown
from backend.attachments.tables import AttachmentUse, Content, Upload
from backend.kernel.authority import Principal
from backend.kernel.context import Ctx
from backend.kernel.journaling import journal_of
from backend.kernel.sight import desk_areas
from sync.stores.driver import portions


def own_upload(ctx: Ctx, upload_id: str) -> Upload:
    """The caller's upload, open or arrived. Another person's is as unknown as one that never was."""
    upload = ctx.session.get(Upload, upload_id)
    if upload is None or upload.person_id != ctx.principal.person_id:
        raise UploadUnknown
    if upload.state == UploadState.expired:
        raise UploadExpired
    if upload.state in (UploadState.cancelled, UploadState.refused):
        raise UploadEnded
    if upload.state == UploadState.open and upload.expires_at <= ctx.now():
        raise UploadExpired
    return upload


def open_uploads(session: Session, person_id: str) -> int:
    """How many uploads the person has begun and not ended."""
    count = select(func.count()).where(Upload.person_id == person_id, Upload.state == UploadState.open)
    return session.exec(count).one()


def overdue_uploads(session: Session, now: datetime, limit: int) -> list[Upload]:
    """Open uploads whose time is over."""
    overdue = select(Upload).where(Upload.state == UploadState.open, Upload.expires_at <= now).limit(limit)
    return list(session.exec(overdue))


def open_among(session: Session, upload_ids: Collection[str]) -> set[str]:
    """Those of the named uploads that are open."""
    return set(session.exec(select(Upload.id).where(col(Upload.id).in_(upload_ids), Upload.state == UploadState.open)))


def kept(session: Session, sha256: str) -> Content | None:
    """The content of this hash, whoever asks; for the house's own use."""
    return session.get(Content, sha256)


def present(ctx: Ctx, sha256s: Collection[str], sent_by: str | None = None) -> set[str]:
    """Those of the named contents that have fully arrived; with `sent_by`, that this person has sent whole."""
    found: set[str] = set()
    for some in portions(sorted(set(sha256s))):
        if sent_by is None:
            found.update(ctx.session.exec(select(Content.sha256).where(col(Content.sha256).in_(some))))
        else:
            sent = select(Upload.sha256).where(col(Upload.sha256).in_(some), Upload.person_id == sent_by)
            found.update(sha for sha in ctx.session.exec(sent) if sha)
    return found


def seen(ctx: Ctx, sha256: str) -> Content:
    """The content, when the caller has sent it, holds a scope of a row that cites it, or oversees that row's area."""
    content = ctx.session.get(Content, sha256)
    if content is None or not sees(ctx, sha256, ctx.principal):
        raise AttachmentUnknown
    return content


def sees(ctx: Ctx, sha256: str, principal: Principal) -> bool:
    """Whether this person may look at this content; true also before its bytes have come."""
    own = select(Upload.id).where(Upload.sha256 == sha256, Upload.person_id == principal.person_id).limit(1)
    if ctx.session.exec(own).first() is not None:
        return True
    use = select(AttachmentUse.row_id).where(AttachmentUse.sha256 == sha256, _good(), _in_sight(ctx, principal))
    return ctx.session.exec(use.limit(1)).first() is not None


def uses_of(ctx: Ctx, t: str, row_id: str) -> list[AttachmentUse]:
    """What a row cites."""
    return list(ctx.session.exec(select(AttachmentUse).where(AttachmentUse.t == t, AttachmentUse.row_id == row_id)))


def citing(ctx: Ctx, sha256: str) -> list[tuple[str, str]]:
    """Rows that cite a content, whoever asks: (kind, id)."""
    query = select(AttachmentUse.t, AttachmentUse.row_id).where(AttachmentUse.sha256 == sha256).distinct()
    return sorted(ctx.session.exec(query))


def _good() -> ColumnElement[bool]:
    sent = exists().where(
        col(Upload.sha256) == col(AttachmentUse.sha256), col(Upload.person_id) == col(AttachmentUse.cited_by)
    )
    return or_(col(AttachmentUse.vouched).is_(True), sent)


def _in_sight(ctx: Ctx, principal: Principal) -> ColumnElement[bool]:
    memberships = journal_of(ctx.session).user_scopes(principal.person_id)
    held = [membership.scope for membership in memberships if membership.seq_out is None]
    scope = col(AttachmentUse.scope)
    return or_(scope.in_(held), *(scope.startswith(f"area:{area}", autoescape=True) for area in desk_areas(principal)))
