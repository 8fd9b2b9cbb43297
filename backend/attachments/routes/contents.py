"""The door to what has arrived: bytes by their hash, for those who may see them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import Response, StreamingResponse

from backend.attachments import queries
from backend.attachments.content import content_of
from backend.attachments.rules import (
    ENDINGS,
    PICTURES,
    THUMBNAIL_RETRY_S,
    AttachmentUnknown,
    NoThumbnail,
    RangeUnsatisfiable,
    ThumbnailPending,
    range_of,
)
from backend.attachments.tables import Content
from backend.kernel.http import GUARDED, Reading, house_of, needs, refusals
from mobile_contract.attachments import MediaType, ThumbnailSize
from mobile_contract.base import Sha256

router = APIRouter(prefix="/attachments/v1", tags=["attachments"], dependencies=[needs("attachments.read")])
BYTES = {"schema": {"type": "string", "format": "binary"}}
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The content", "content": {media.value: BYTES for media in MediaType}},
    206: {"description": "The bytes asked for", "content": {media.value: BYTES for media in MediaType}},
    304: {"description": "As the caller has it"},
}
THUMBNAIL: dict[int | str, dict[str, Any]] = {
    200: {"description": "The thumbnail", "content": {MediaType.webp.value: BYTES}},
    304: {"description": "As the caller has it"},
}


def in_sight(ctx: Reading, sha256: Annotated[Sha256, Path()]) -> Content:
    """The content, within sight of the caller."""
    return queries.seen(ctx, sha256)


Seen = Annotated[Content, Depends(in_sight)]
IfNoneMatch = Annotated[str | None, Header()]


@router.get(
    "/{sha256}",
    operation_id="read_attachment",
    response_class=Response,
    responses={**CONTENT, **refusals(*GUARDED, AttachmentUnknown, RangeUnsatisfiable)},
)
async def read_attachment(
    request: Request,
    content: Seen,
    asked: Annotated[str | None, Header(alias="Range", examples=["bytes=0-1023"])] = None,
    if_range: Annotated[str | None, Header()] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The bytes as they were sent; a range of them when one is asked for."""
    headers = _headers(content.sha256, content)
    if _same(if_none_match, content.sha256):
        return Response(status_code=304, headers=headers)
    wanted = range_of(asked if if_range in (None, headers["ETag"]) else None, content.size_bytes)
    start, end = wanted or (0, content.size_bytes)
    pieces = await content_of(house_of(request).settings).stream(content.sha256, start, end)
    headers["Content-Length"] = str(end - start)
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{content.size_bytes}"
    return StreamingResponse(pieces, 206 if wanted else 200, headers, media_type=content.media_type)


@router.get(
    "/{sha256}/thumbnail",
    operation_id="read_thumbnail",
    response_class=Response,
    responses={**THUMBNAIL, **refusals(*GUARDED, AttachmentUnknown, NoThumbnail, ThumbnailPending)},
)
async def read_thumbnail(
    request: Request,
    content: Seen,
    size: ThumbnailSize = ThumbnailSize.small,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A small WebP copy, upright, without EXIF."""
    if content.media_type not in PICTURES:
        raise NoThumbnail
    if content.thumbnailed_at is None:
        raise ThumbnailPending(retry_s=THUMBNAIL_RETRY_S)
    tag = f"{content.sha256}-{size}"
    headers = _headers(tag)
    if _same(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    try:
        data = await content_of(house_of(request).settings).thumbnail(content.sha256, size)
    except FileNotFoundError:
        raise NoThumbnail from None
    return Response(data, headers=headers, media_type=MediaType.webp)


def _headers(tag: str, content: Content | None = None) -> dict[str, str]:
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if content:
        headers["Accept-Ranges"] = "bytes"
        ending = ENDINGS[MediaType(content.media_type)]
        headers["Content-Disposition"] = f'inline; filename="{content.sha256[:16]}.{ending}"'
    return headers


def _same(if_none_match: str | None, tag: str) -> bool:
    if if_none_match is None:
        return False
    return any(part.strip().removeprefix("W/") in ("*", f'"{tag}"') for part in if_none_match.split(","))
