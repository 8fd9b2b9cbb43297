"""Labels opened by any phone's camera: GS1 Digital Links and the private short form lead to a page of the cylinder.

A linkset (RFC 9264) tells machines which address that is. The relation types are those of the GS1 Web Vocabulary as
they are known; the resolver standard was not read, and no conformity is claimed.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute

from backend.gas.queries import public as queries
from backend.gas.routes.public import limited
from backend.gas.rules.public import LinkInvalid
from backend.gas.rules.public_page import page, page_of_refusal
from backend.kernel.errors import TooOften
from backend.kernel.http import OpenReading, from_validation, headers_of, house_of, refusals
from mobile_contract.gas import RAW_CHARS_MAX
from mobile_contract.problems import Texts, say
from qr.payload import PayloadError, cylinder_key, parse
from sync.refusal import Refusal

HTML = "text/html"
LINKSET = "application/linkset+json"
ACCEPT_CHARS_MAX = 500
TOLD_CHARS_MAX = 60
_GS1 = "https://gs1.org/voc/"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Vary": "Accept",
}
_CONTENT = {
    HTML: {"schema": {"type": "string"}, "example": "<!doctype html>"},
    LINKSET: {"schema": {"type": "object"}, "example": {"linkset": [{"anchor": "https://gas.example.cn/C/…"}]}},
}
_ANSWERS: dict[int | str, dict[str, Any]] = refusals(LinkInvalid, TooOften) | {
    200: {"content": _CONTENT, "description": "A page for people, or a linkset for machines."}
}
Accept = Annotated[str, Header(max_length=ACCEPT_CHARS_MAX)]
LinkType = Annotated[str | None, Query(alias="linkType", max_length=ACCEPT_CHARS_MAX)]


class PageRoute(APIRoute):
    """Refuses a browser by a page, anybody else by a problem, with the same status."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own answer, or the page that says why there is none."""
        answer = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await answer(request)
            except (Refusal, RequestValidationError) as fault:
                if HTML not in request.headers.get("accept", ""):
                    raise
                return _refused(from_validation(fault) if isinstance(fault, RequestValidationError) else fault)

        return shown


router = APIRouter(tags=["gas"], route_class=PageRoute)


@router.get("/8003/{grai}", dependencies=[limited("link")], response_class=HTMLResponse, responses=_ANSWERS)
def open_grai(
    request: Request, ctx: OpenReading, grai: str, accept: Accept = "", link_type: LinkType = None
) -> Response:
    """The page of the cylinder with this GRAI; nobody is named on it."""
    return _opened(request, ctx, f"/8003/{quote(grai, safe='')}", accept, link_type)


@router.get("/8004/{giai}", dependencies=[limited("link")], response_class=HTMLResponse, responses=_ANSWERS)
def open_giai(
    request: Request, ctx: OpenReading, giai: str, accept: Accept = "", link_type: LinkType = None
) -> Response:
    """The page of the cylinder with this GIAI; nobody is named on it."""
    return _opened(request, ctx, f"/8004/{quote(giai, safe='')}", accept, link_type)


@router.get("/C/{code}", dependencies=[limited("link")], response_class=HTMLResponse, responses=_ANSWERS)
def open_cylinder(
    request: Request, ctx: OpenReading, code: str, accept: Accept = "", link_type: LinkType = None
) -> Response:
    """The page of the cylinder with this private label; nobody is named on it."""
    return _opened(request, ctx, f"/C/{quote(code, safe='')}", accept, link_type)


def _opened(request: Request, ctx: OpenReading, path: str, accept: str, link_type: str | None) -> Response:
    base = house_of(request).settings.public_url.rstrip("/")
    link = base + path
    try:
        key = cylinder_key(parse(link[: RAW_CHARS_MAX + 1]))
    except PayloadError as fault:
        # Told within the path: who scanned does not see which host this house calls itself.
        at = max(fault.position - len(base), 0)
        raise LinkInvalid(fault=fault.fault.value, position=at, code=path[:TOLD_CHARS_MAX]) from None
    if link_type == "linkset" or LINKSET in accept:
        return Response(orjson.dumps(_linkset(link)), media_type=LINKSET, headers=_HEADERS)
    return HTMLResponse(page(queries.public_cylinder(ctx, key)), headers=_HEADERS)


def _refused(refusal: Refusal) -> Response:
    why = {language: say(refusal.code, dict(refusal.params), language) for language in ("zh", "en")}
    return HTMLResponse(page_of_refusal(Texts(**why)), refusal.status, headers=headers_of(refusal) | _HEADERS)


def _linkset(link: str) -> dict[str, Any]:
    to = [{"href": link, "type": HTML, "hreflang": ["zh", "en"], "title": "气瓶信息 About this cylinder"}]
    return {"linkset": [{"anchor": link, f"{_GS1}defaultLink": to, f"{_GS1}pip": to}]}
