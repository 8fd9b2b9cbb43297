"""Deeds of attachments. The bytes are on disk before and after; here only rows change."""

import hashlib
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

from backend.attachments import queries
from backend.attachments.content import content_of
from backend.attachments.events import AttachmentArrived
from backend.attachments.pictures import measure
from backend.attachments.rules import (
    PICTURES,
    SNIFF_BYTES,
    UPLOAD_KEPT,
    Metadata,
    UploadFinished,
    UploadState,
    check_open_uploads,
    media_type_of,
)
from backend.attachments.tables import AttachmentUse, Content, Upload
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.ids import new_id
from backend.kernel.jobs import enqueue
from mobile_contract.attachments import MediaType

THUMBNAILS_JOB = "attachments.thumbnails"
EXPIRE_MAX = 500


def begin(ctx: Ctx, length_bytes: int, metadata: Metadata) -> Upload:
    """Opens an upload of the caller. Raises TooManyOpen."""
    person = ctx.principal
    check_open_uploads(queries.open_uploads(ctx.session, person.person_id))
    upload = Upload(
        id=new_id(),
        person_id=person.person_id,
        device_id=person.device_id,
        state=UploadState.open,
        length_bytes=length_bytes,
        filename=metadata.filename,
        filetype=metadata.filetype,
        claimed_sha256=metadata.sha256,
        mutation=metadata.mutation,
        row=metadata.row,
        metadata_sent=metadata.sent,
        created_at=ctx.now(),
        expires_at=ctx.now() + UPLOAD_KEPT,
    )
    ctx.session.add(upload)
    ctx.session.flush()
    return upload


def arrive(
    ctx: Ctx, upload_id: str, sha256: str, media_type: MediaType, width: int | None = None, height: int | None = None
) -> Upload:
    """The last byte is there and the content is kept: says so, once. Whoever sends known bytes has them too."""
    upload = queries.own_upload(ctx, upload_id)
    if upload.state == UploadState.arrived:
        return upload
    upload.state, upload.sha256, upload.ended_at = UploadState.arrived, sha256, ctx.now()
    ctx.session.add(upload)
    if queries.kept(ctx.session, sha256) is None:
        content = Content(
            sha256=sha256,
            size_bytes=upload.length_bytes,
            media_type=media_type,
            arrived_at=ctx.now(),
            width=width,
            height=height,
        )
        ctx.session.add(content)
        if media_type in PICTURES:
            enqueue(ctx, THUMBNAILS_JOB, {"sha256": sha256}, key=f"{THUMBNAILS_JOB}:{sha256}")
    ctx.session.flush()
    announce(ctx, AttachmentArrived(sha256, upload.length_bytes, upload.person_id))
    return upload


def take_in(ctx: Ctx, data: bytes, filename: str) -> str:
    """Keeps a whole file that came by no upload, as the caller's; gives its SHA-256. The bytes are on disk before."""
    sha256 = hashlib.sha256(data).hexdigest()
    media_type = media_type_of(data[:SNIFF_BYTES])
    upload = begin(ctx, len(data), Metadata(filename=filename, sha256=sha256))
    ctx.settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=ctx.settings.data_dir) as file:
        file.write(data)
        file.flush()
        path = Path(file.name)
        size = measure(path, media_type)
        content_of(ctx.settings).put(sha256, path)
    arrive(ctx, upload.id, sha256, media_type, *(size or (None, None)))
    return sha256


def refuse(ctx: Ctx, upload_id: str, code: str) -> None:
    """Ends an upload whose bytes are nothing we keep."""
    upload = queries.own_upload(ctx, upload_id)
    if upload.state == UploadState.open:
        upload.state, upload.refused, upload.ended_at = UploadState.refused, code, ctx.now()
        ctx.session.add(upload)


def cancel(ctx: Ctx, upload_id: str) -> None:
    """Ends an upload at its sender's wish. Raises UploadFinished: what has arrived is evidence."""
    upload = queries.own_upload(ctx, upload_id)
    if upload.state == UploadState.arrived:
        raise UploadFinished
    upload.state, upload.ended_at = UploadState.cancelled, ctx.now()
    ctx.session.add(upload)


def expire(ctx: Ctx) -> None:
    """Ends uploads that nobody has finished in time."""
    for upload in queries.overdue_uploads(ctx.session, ctx.now(), EXPIRE_MAX):
        upload.state, upload.ended_at = UploadState.expired, ctx.now()
        ctx.session.add(upload)


def cite(ctx: Ctx, sha256s: Collection[str], t: str, row_id: str, scopes: Iterable[str]) -> None:
    """States what a row cites and which scopes hold the row; replaces what was stated before. Bytes may come later.

    The holders of the scopes will see the contents, if the one who cites them sees them or sends them.
    """
    wanted = {(sha256, scope) for sha256 in sha256s for scope in set(scopes)}
    citer = ctx.caller.person_id if ctx.caller else None
    standing: dict[str, tuple[str | None, bool]] = {}
    for use in queries.uses_of(ctx, t, row_id):
        # A row that moves to another team takes its photos along, whoever moves it.
        standing[use.sha256] = (use.cited_by, use.vouched)
        if (use.sha256, use.scope) in wanted:
            wanted.discard((use.sha256, use.scope))
        else:
            ctx.session.delete(use)
    for sha256 in {sha256 for sha256, _ in wanted} - standing.keys():
        standing[sha256] = (citer, ctx.caller is None or queries.sees(ctx, sha256, ctx.caller))
    for sha256, scope in sorted(wanted):
        cited_by, vouched = standing[sha256]
        ctx.session.add(
            AttachmentUse(sha256=sha256, t=t, row_id=row_id, scope=scope, cited_by=cited_by, vouched=vouched)
        )
    ctx.session.flush()


def keep_thumbnails(ctx: Ctx, sha256: str) -> None:
    """Thumbnails have been made, or it was found that none can be."""
    content = queries.kept(ctx.session, sha256)
    assert content is not None, f"thumbnails of {sha256}, which is not kept"
    content.thumbnailed_at = ctx.now()
    ctx.session.add(content)
