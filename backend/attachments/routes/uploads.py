"""The tus 1.0 door: create, continue, ask, cancel."""

from collections.abc import Callable, Coroutine
from email.utils import format_datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.routing import APIRoute

from backend.attachments import actions, queries
from backend.attachments.routes.receiving import finish, held, look, part_of, receive, write
from backend.attachments.rules import (
    BeyondLength,
    ChecksumInvalid,
    ChecksumMismatch,
    ContentUnsupported,
    FileTooLarge,
    ImageTooLarge,
    LengthInvalid,
    MetadataInvalid,
    OffsetConflict,
    OffsetInvalid,
    Sha256Mismatch,
    TooManyOpen,
    TusVersionUnknown,
    UploadBusy,
    UploadEnded,
    UploadExpired,
    UploadFinished,
    UploadState,
    UploadUnknown,
    checksum_of,
    length_of,
    metadata_of,
    offset_of,
)
from backend.attachments.tables import Upload
from backend.kernel.errors import MediaUnsupported, MethodNotAllowed
from backend.kernel.http import GUARDED, Caller, answer_refusal, house_of, needs, refusals
from mobile_contract.attachments import TUS_CHECKSUMS, TUS_EXTENSIONS, TUS_VERSION
from mobile_contract.base import Id
from sync.refusal import Refusal

ROOT = "/attachments/v1/uploads"
CHUNK = "application/offset+octet-stream"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class TusRoute(APIRoute):
    """Every answer names the protocol's version, a refusal too; a conflict tells where the upload stands."""

    def get_route_handler(self) -> Handler:
        """The route's handler, its answers marked."""
        handle = super().get_route_handler()

        async def marked(request: Request) -> Response:
            try:
                answer = await handle(request)
            except Refusal as refusal:
                answer = answer_refusal(request, refusal)
                if isinstance(refusal, OffsetConflict | ChecksumMismatch):
                    answer.headers["Upload-Offset"] = str(refusal.params["offset"])
            answer.headers["Tus-Resumable"] = TUS_VERSION
            if answer.status_code == TusVersionUnknown.status:
                answer.headers["Tus-Version"] = TUS_VERSION
            return answer

        return marked


async def spoken(tus_resumable: Annotated[str | None, Header(examples=[TUS_VERSION])] = None) -> None:
    """Refuses a phone that speaks another version."""
    if tus_resumable != TUS_VERSION:
        raise TusVersionUnknown(version=TUS_VERSION)


router = APIRouter(prefix=ROOT, tags=["attachments"], route_class=TusRoute, dependencies=[needs("attachments.upload")])
SPOKEN = [Depends(spoken)]
ONE = (TusVersionUnknown, UploadUnknown, UploadExpired, UploadEnded)
TAKEN = (ChecksumInvalid, ChecksumMismatch, BeyondLength, MediaUnsupported, UploadBusy)
FINISHED = (Sha256Mismatch, ContentUnsupported, ImageTooLarge)
CHUNK_BODY = {"requestBody": {"content": {CHUNK: {"schema": {"type": "string", "format": "binary"}}}}}


@router.options("", status_code=204, operation_id="upload_options", responses=refusals(*GUARDED))
async def upload_options(request: Request) -> Response:
    """What this server can do, in the words of tus."""
    headers = {
        "Tus-Version": TUS_VERSION,
        "Tus-Extension": ",".join(TUS_EXTENSIONS),
        "Tus-Max-Size": str(house_of(request).settings.upload_bytes_max),
        "Tus-Checksum-Algorithm": ",".join(TUS_CHECKSUMS),
    }
    return Response(status_code=204, headers=headers)


@router.post(
    "",
    status_code=201,
    operation_id="begin_upload",
    dependencies=SPOKEN,
    openapi_extra=CHUNK_BODY,
    responses=refusals(
        *GUARDED, TusVersionUnknown, LengthInvalid, FileTooLarge, MetadataInvalid, TooManyOpen, *TAKEN, *FINISHED
    ),
)
async def begin_upload(
    request: Request,
    caller: Caller,
    upload_length: Annotated[str | None, Header(examples=["262144"])] = None,
    upload_metadata: Annotated[str | None, Header(examples=["filename YS5qcGc=,filetype aW1hZ2UvanBlZw=="])] = None,
    upload_checksum: Annotated[str | None, Header()] = None,
) -> Response:
    """Begins an upload; a body of type application/offset+octet-stream is its first piece."""
    length = length_of(upload_length, house_of(request).settings.upload_bytes_max)
    metadata, checksum = metadata_of(upload_metadata), checksum_of(upload_checksum)
    first_piece = _brings_piece(request)
    upload = await write(request, caller, partial(actions.begin, length_bytes=length, metadata=metadata))
    headers = {"Location": f"{ROOT}/{upload.id}", "Upload-Expires": _expires(upload)}
    if first_piece:
        part = part_of(house_of(request), upload)
        async with held(request, part) as file:
            stands = await receive(request, part, file, 0, checksum)
            headers["Upload-Offset"] = str(stands)
            if stands == length:
                headers["Attachment-Sha256"] = await finish(request, caller, upload, part, file)
    return Response(status_code=201, headers=headers)


@router.head(
    "/{upload_id}", operation_id="ask_upload", dependencies=SPOKEN, responses=refusals(*GUARDED, *ONE, *FINISHED)
)
async def ask_upload(request: Request, caller: Caller, upload_id: Id) -> Response:
    """Where the upload stands: go on from Upload-Offset."""
    upload = await look(request, caller, partial(queries.own_upload, upload_id=upload_id))
    headers = {
        "Cache-Control": "no-store",
        "Upload-Length": str(upload.length_bytes),
        "Upload-Offset": str(upload.length_bytes),
        "Upload-Expires": _expires(upload),
    }
    if upload.metadata_sent:
        headers["Upload-Metadata"] = upload.metadata_sent
    if upload.state == UploadState.open:
        part = part_of(house_of(request), upload)
        stands = await run_in_threadpool(part.offset)
        headers["Upload-Offset"] = str(stands)
        if stands == upload.length_bytes:  # the server died between the last byte and saying so
            async with held(request, part) as file:
                upload.sha256 = await finish(request, caller, upload, part, file)
    if upload.sha256:
        headers["Attachment-Sha256"] = upload.sha256
    return Response(headers=headers)


@router.patch(
    "/{upload_id}",
    status_code=204,
    operation_id="continue_upload",
    dependencies=SPOKEN,
    openapi_extra=CHUNK_BODY,
    responses=refusals(*GUARDED, *ONE, OffsetInvalid, OffsetConflict, *TAKEN, *FINISHED),
)
async def continue_upload(
    request: Request,
    caller: Caller,
    upload_id: Id,
    upload_offset: Annotated[str | None, Header(examples=["0"])] = None,
    upload_checksum: Annotated[str | None, Header()] = None,
) -> Response:
    """Takes the next piece. The offset that is answered is on disk; the last answer names the SHA-256."""
    if not _brings_piece(request):
        raise MediaUnsupported(media=request.headers.get("content-type", "")[:40])
    offset, checksum = offset_of(upload_offset), checksum_of(upload_checksum)
    upload = await look(request, caller, partial(queries.own_upload, upload_id=upload_id))
    if upload.state == UploadState.arrived:
        return _arrived(upload, offset)
    part = part_of(house_of(request), upload)
    headers = {"Upload-Expires": _expires(upload)}
    async with held(request, part) as file:
        stands = await receive(request, part, file, offset, checksum)
        headers["Upload-Offset"] = str(stands)
        if stands == upload.length_bytes:
            headers["Attachment-Sha256"] = await finish(request, caller, upload, part, file)
    return Response(status_code=204, headers=headers)


@router.delete(
    "/{upload_id}",
    status_code=204,
    operation_id="cancel_upload",
    dependencies=SPOKEN,
    responses=refusals(*GUARDED, *ONE, UploadFinished, UploadBusy),
)
async def cancel_upload(request: Request, caller: Caller, upload_id: Id) -> Response:
    """Throws an unfinished upload away."""
    upload = await look(request, caller, partial(queries.own_upload, upload_id=upload_id))
    part = part_of(house_of(request), upload)
    async with held(request, part):
        await write(request, caller, partial(actions.cancel, upload_id=upload_id))
        await run_in_threadpool(part.remove)
    return Response(status_code=204)


@router.post(
    "/{upload_id}",
    status_code=204,
    operation_id="override_upload",
    dependencies=SPOKEN,
    openapi_extra=CHUNK_BODY,
    responses=refusals(
        *GUARDED, *ONE, OffsetInvalid, OffsetConflict, UploadFinished, MethodNotAllowed, *TAKEN, *FINISHED
    ),
)
async def override_upload(
    request: Request,
    caller: Caller,
    upload_id: Id,
    x_http_method_override: Annotated[str | None, Header(examples=["PATCH"])] = None,
    upload_offset: Annotated[str | None, Header()] = None,
    upload_checksum: Annotated[str | None, Header()] = None,
) -> Response:
    """For networks that let no PATCH or DELETE through: POST, with the method in X-HTTP-Method-Override."""
    if x_http_method_override == "PATCH":
        return await continue_upload(request, caller, upload_id, upload_offset, upload_checksum)
    if x_http_method_override == "DELETE":
        return await cancel_upload(request, caller, upload_id)
    raise MethodNotAllowed


def _brings_piece(request: Request) -> bool:
    """Whether the body is a piece; refuses a body that is something else, or packed."""
    encoding = request.headers.get("content-encoding", "identity")
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if encoding != "identity":
        raise MediaUnsupported(media=encoding[:40])
    if media == CHUNK:
        return True
    if media and request.headers.get("content-length", "0") != "0":
        raise MediaUnsupported(media=media[:40])
    return False


def _arrived(upload: Upload, offset: int) -> Response:
    """The answer to a last piece that is sent again because its answer was lost."""
    if offset != upload.length_bytes:
        raise OffsetConflict(offset=upload.length_bytes)
    headers = {"Upload-Offset": str(offset), "Attachment-Sha256": upload.sha256 or ""}
    return Response(status_code=204, headers=headers)


def _expires(upload: Upload) -> str:
    return format_datetime(upload.expires_at, usegmt=True)
