"""The edge: how a request gets its context, and how a refusal becomes an answer."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any

import anyio
import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from sqlmodel import Session
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope

from backend.kernel import errors
from backend.kernel.authority import Principal
from backend.kernel.clock import Clock
from backend.kernel.context import Ctx
from backend.kernel.db import POOLED_READERS, Database
from backend.kernel.events import Bus
from backend.kernel.settings import Settings
from backend.kernel.watching import Watch
from mobile_contract.problems import PROBLEMS, say
from mobile_contract.texts.faults import where
from sync.kinds import Registry
from sync.mending import KeptMarks
from sync.refusal import Refusal
from sync.stores.packs import Shelf

log = structlog.get_logger("http")
PROBLEM_JSON = "application/problem+json"
FAULTS_TOLD_MAX = 10


@dataclass
class House:
    """Everything an app is built from; made once, kept in `app.state.house`."""

    settings: Settings
    clock: Clock
    db: Database
    registry: Registry
    bus: Bus
    identify: Callable[[Session, Settings, Clock, str], Principal]
    """Turns a bearer token into a Principal or refuses with auth.not_signed_in."""
    watch: Watch = field(init=False)
    noted: dict[str, float] = field(default_factory=dict)
    """When a thing was lately noted that is not worth a write each time: monotonic seconds by name, oldest first."""
    write_gate: anyio.Lock = field(default_factory=anyio.Lock)
    kept_marks: KeptMarks = field(default_factory=KeptMarks)
    pulls: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(POOLED_READERS))
    """Pulls that read at one time: as many as find an open connection, each of which keeps memory of its own."""

    @cached_property
    def shelf(self) -> Shelf:
        """Where packs lie."""
        return Shelf(self.settings.packs_dir())

    def __post_init__(self) -> None:
        self.watch = Watch(self.db)

    def ctx(self, session: Session, caller: Principal | None = None, request_id: str = "") -> Ctx:
        """A context on `session`; writing sessions are made ready to journal and announce by `db.on_session`."""
        return Ctx(session, self.clock, self.settings, self.registry, caller, request_id)


class UnknownParameter(errors.Invalid):
    code = "request.unknown_parameter"


class ConsentNeeded(errors.Forbidden):
    code = "auth.consent_needed"


def house_of(request: Request) -> House:
    """The house this request came to."""
    house: House = request.app.state.house
    return house


def bearer(request: Request) -> str:
    """The bearer token, or a refusal."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise errors.NotSignedIn
    return token.strip()


async def identified(request: Request) -> Principal:
    """Who asks. Reads only; a forged token never waits for the writers' turn."""
    house, token = house_of(request), bearer(request)

    def look() -> Principal:
        with house.db.reading() as session:
            return house.identify(session, house.settings, house.clock, token)

    return await run_in_threadpool(look)


Caller = Annotated[Principal, Depends(identified)]


def needs(permission: str, *, before_consent: bool = False) -> Any:
    """Guards a route: `APIRouter(dependencies=[needs("workorders.read")])` or on one route. Wall 9 looks for it."""

    def check(caller: Principal) -> None:
        caller.require(permission)
        if caller.consent_due and not before_consent:
            raise ConsentNeeded

    async def guard(caller: Caller) -> None:
        check(caller)

    guard.permission = permission  # type: ignore[attr-defined]  # read by the wall test
    guard.check = check  # type: ignore[attr-defined]  # called by a SwiftRoute
    return Depends(guard)


class _HeaderTable(Headers):
    """The headers of a request, looked up rather than searched."""

    def __init__(self, table: Mapping[bytes, bytes]) -> None:
        self._table = table
        self._list = list(table.items())

    def get(self, key: str, default: Any = None) -> Any:
        found = self._table.get(key.lower().encode("latin-1"))
        return default if found is None else found.decode("latin-1")


def first_of(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers by name, the first of each."""
    table: dict[bytes, bytes] = {}
    for name, value in headers:
        table.setdefault(name, value)
    return table


class SwiftRequest(Request):
    """A request to a swift route: its body is there already."""

    def __init__(self, scope: Scope, receive: Receive, headers: Mapping[bytes, bytes], whole: bytes) -> None:
        super().__init__(scope, receive)
        self._headers = _HeaderTable(headers)
        self._whole = whole

    async def body(self) -> bytes:
        """The whole body."""
        return self._whole


class Ready(Response):
    """An answer that is whole and whose headers are spelled: nothing is left to be worked out."""

    def __init__(self, body: bytes, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self.background = None
        self.status_code = 200
        self.body = self.whole = body
        self.raw_headers = [(b"content-length", b"%d" % len(body)), *headers]


class SwiftRoute(APIRoute):
    """A door that handsets knock at all day: its endpoint is given the request alone, and admits the caller itself.

    Solving dependencies and walking the framework's layers cost several times what a sync request needs. The route is
    declared like any other, for the contract and the walls, but the edge calls its endpoint past all that; so the
    endpoint holds its caller to the declared guards with `admit`.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return self.answer

    async def answer(self, request: Request) -> Response:
        """Calls the endpoint. Raises Refusal."""
        request.scope["route"] = self
        if request.scope["query_string"]:
            await known_query(request)
        answer: Response = await self.endpoint(request)
        return answer

    def admit(self, caller: Principal) -> None:
        """Refuses a caller whom a guard of the route does not let in."""
        for check in self._checks:
            check(caller)

    @cached_property
    def _checks(self) -> list[Callable[[Principal], None]]:
        found = [getattr(inner.call, "check", None) for inner in self.dependant.dependencies]
        return [check for check in found if check is not None]


def admit(request: Request, caller: Principal) -> None:
    """Holds a caller to the guards of the swift route they came to."""
    route: SwiftRoute = request.scope["route"]
    route.admit(caller)


async def answered(route: SwiftRoute, request: Request) -> Response:
    """The answer of a swift route: a refusal as a problem, a fault of ours as one that tells nothing."""
    try:
        return await route.answer(request)
    except Refusal as refusal:
        return answer_refusal(request, refusal)
    except Exception as fault:
        return answer_fault(request, fault)


def answer_fault(request: Request, fault: Exception) -> Response:
    """A fault of ours: logged loudly, told plainly."""
    log.error("fault", request_id=request_id_of(request), exc_info=fault)
    return answer_refusal(request, errors.Broken())


def request_id_of(request: Request) -> str:
    """The id under which this request is logged."""
    return str(request.scope.get("state", {}).get("request_id", ""))


async def _reading(request: Request, caller: Caller) -> AsyncIterator[Ctx]:
    house = house_of(request)
    async with contextmanager_in_threadpool(house.db.reading()) as session:
        yield house.ctx(session, caller, request_id_of(request))


async def _writing(request: Request, caller: Caller) -> AsyncIterator[Ctx]:
    house = house_of(request)
    async with house.write_gate, contextmanager_in_threadpool(house.db.transaction()) as session:
        yield house.ctx(session, caller, request_id_of(request))


async def _open_reading(request: Request) -> AsyncIterator[Ctx]:
    house = house_of(request)
    async with contextmanager_in_threadpool(house.db.reading()) as session:
        yield house.ctx(session, None, request_id_of(request))


async def _open_writing(request: Request) -> AsyncIterator[Ctx]:
    house = house_of(request)
    async with house.write_gate, contextmanager_in_threadpool(house.db.transaction()) as session:
        yield house.ctx(session, None, request_id_of(request))


# scope="function": the commit happens before the answer leaves, so a failing commit is never told as a success.
Reading = Annotated[Ctx, Depends(_reading, scope="function")]
Writing = Annotated[Ctx, Depends(_writing, scope="function")]
OpenReading = Annotated[Ctx, Depends(_open_reading, scope="function")]
"""For public routes: nobody is known."""
OpenWriting = Annotated[Ctx, Depends(_open_writing, scope="function")]


async def known_query(request: Request) -> None:
    """Refuses query parameters that the route does not name; a dependency of the whole app."""
    if not request.query_params:
        return
    known = _query_names(request.scope["route"].dependant)
    strange = sorted(set(request.query_params) - known)
    if strange:
        raise UnknownParameter(names=", ".join(strange)[:200])


def _query_names(dependant: Dependant) -> set[str]:
    names = {p.alias for p in dependant.query_params}
    return names.union(*(_query_names(inner) for inner in dependant.dependencies))


# -- refusals -----------------------------------------------------------------------------------------------------


def language_of(request: Request) -> str:
    """`en` when the caller prefers it, otherwise `zh`."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh"


def problem_body(refusal: Refusal, language: str, request_id: str = "") -> dict[str, Any]:
    """RFC 9457: {type, title, status, code, detail, params, texts, instance}."""
    params = dict(refusal.params)
    return {
        "type": f"urn:gridcrew:problem:{refusal.code}",
        "title": say(refusal.code, params, language),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail if refusal.detail != refusal.code else "",
        "params": params,
        "texts": {"zh": say(refusal.code, params, "zh"), "en": say(refusal.code, params, "en")},
        "instance": request_id,
    }


def answer_refusal(request: Request, refusal: Refusal) -> Response:
    """The refusal as application/problem+json."""
    body = problem_body(refusal, language_of(request), request_id_of(request))
    return JSONResponse(body, refusal.status, headers=headers_of(refusal), media_type=PROBLEM_JSON)


def headers_of(refusal: Refusal) -> dict[str, str]:
    """What a refusal says in headers, whatever its body is."""
    headers = {"Cache-Control": "no-store"}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_s" in refusal.params:
        headers["Retry-After"] = str(refusal.params["retry_s"])
    return headers


def install_refusals(app: FastAPI) -> None:
    """One handler for each way of saying no."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        return answer_refusal(request, refusal)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, fault: RequestValidationError) -> Response:
        return answer_refusal(request, from_validation(fault))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, fault: HTTPException) -> Response:
        known: dict[int, Refusal] = {
            404: errors.NotFound(),
            405: errors.MethodNotAllowed(),
            400: errors.BodyNotJson(),
            413: errors.BodyTooLarge(),
        }
        answer = answer_refusal(request, known.get(fault.status_code, errors.BodyInvalid(str(fault.detail))))
        if fault.status_code == 405 and fault.headers:
            answer.headers.update(fault.headers)
        return answer


def from_validation(fault: RequestValidationError) -> Refusal:
    """What pydantic found, as one refusal that names the fields; values are not repeated back."""
    found = fault.errors()
    if any(e["type"] == "json_invalid" for e in found):
        return errors.BodyNotJson(str(found[0].get("ctx", {}).get("error", "")))
    told = where(found, "/", FAULTS_TOLD_MAX)
    return errors.BodyInvalid(told["where"], **told)


def refusals(*classes: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI `responses` of a route: every refusal it may give, by status, each with an example."""
    always = (errors.BodyInvalid, errors.BodyDamaged, errors.BodyTooLarge, errors.Busy, errors.Broken)
    answers: dict[int | str, dict[str, Any]] = {}
    wanted: dict[type[Refusal], None] = dict.fromkeys((*classes, *always))
    for refusal in wanted:
        answer = answers.setdefault(
            refusal.status,
            {
                "description": "",
                "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
            },
        )
        answer["description"] = (answer["description"] + " · " if answer["description"] else "") + PROBLEMS[
            refusal.code
        ].en
        answer["content"][PROBLEM_JSON]["examples"][refusal.code] = {"value": problem_body(refusal(), "zh")}
    return answers


GUARDED = (errors.NotSignedIn, errors.NotAllowed, ConsentNeeded)
"""What any guarded route may answer: `responses=refusals(*GUARDED, ...)`."""
