"""Wall 9: rows leave only through queries, and every route is guarded.

Prevents a door that shows what is not one's own.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from backend.app import create_app
from backend.kernel.http import needs
from backend.kernel.settings import Settings
from tests.walls.sources import Source, at, calls, dotted, ours, plant

PUBLIC = {
    "GET /healthz": "says only that the process runs",
    "GET /readyz": "says only that the database answers",
    "GET /metrics": "counts; asks for loopback or the metrics token itself",
    "GET /.well-known/jwks.json": "public keys",
    "POST /auth/v1/sign-in": "the password is the right",
    "POST /auth/v1/firebase": "the ID token is the right",
    "POST /auth/v1/refresh": "the refresh token is the right",
    "POST /auth/v1/password": "the one-time code is the right",
    "POST /handsets/v1/enrol": "the invitation's code is the right",
    "POST /handsets/v1/devices/{device_id}/epoch": "the device's secret is the right",
    "POST /handsets/v1/devices/{device_id}/wipe-order": "the device's secret is the right",
    "POST /handsets/v1/wiped": "the order's own signature is the right",
    "GET /sync/v1/hello": "time, contract and limits",
    "POST /sync/v1/drain": "the device's secret is the right; takes, shows nothing",
    "POST /attendance/v1/owntracks": "the track key is the right; takes points, shows nothing",
    "POST /gas/v1/public/cylinder": "whoever holds the label; tells dates, never where it is or who has it",
    "POST /gas/v1/public/orders": "the check on the customer's own label is the right; tells no name",
    "POST /gas/v1/public/order": "the check on the customer's own label is the right; tells no name",
    "POST /gas/v1/public/leaks": "takes a report, shows nothing",
    "GET /8003/{grai}": "whoever holds the label; tells dates, never where it is or who has it",
    "GET /8004/{giai}": "whoever holds the label; tells dates, never where it is or who has it",
    "GET /C/{code}": "whoever holds the label; tells dates, never where it is or who has it",
    "GET /openapi.json": "the published contract",
    "HEAD /openapi.json": "the published contract",
    "GET /": "a page of links",
    "ANY /static-offline-docs": "the pictures and scripts of the docs page",
    "GET /docs": "the published contract, to read",
    "GET /docs/oauth2-redirect": "the published contract, to read",
    "GET /redoc": "the published contract, to read",
}
"""Every route that lets in who is not known, and why that shows nobody's rows."""
READS = {"exec", "execute", "scalar", "scalars", "query", "get", "get_one", "refresh"}
"""What a session is asked for rows with."""


def stray_selects(source: Source) -> list[str]:
    """Every look at the rows of a feature outside its queries."""
    if source.feature is None or source.room == "queries":
        return []
    return [at(source, call, f"{dotted(call.func)} outside queries") for call in calls(source) if _selects(call)]


def _selects(call: ast.Call) -> bool:
    name = dotted(call.func)
    owner, _, deed = name.rpartition(".")
    return deed == "select" or (owner.split(".")[-1] in ("session", "connection") and deed in READS)


def unguarded_routes(app: FastAPI, public: Iterable[str]) -> list[str]:
    """Every route that neither asks authority nor is named public: `GET /path`; and public names that are no route."""
    open_doors = {
        door for context in iter_route_contexts(app.routes) for door in _doors(context) if not _guarded(context)
    }
    every = {door for context in iter_route_contexts(app.routes) for door in _doors(context)}
    return sorted(open_doors - set(public)) + sorted(f"no such route: {door}" for door in set(public) - every)


def _doors(context: Any) -> Iterator[str]:
    for method in sorted(context.methods or {"ANY"}):
        yield f"{method} {context.path}"


def _guarded(context: Any) -> bool:
    dependant = getattr(context, "dependant", None)
    return isinstance(dependant, Dependant) and any(hasattr(d.call, "permission") for d in _tree(dependant))


def _tree(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for below in dependant.dependencies:
        yield from _tree(below)


def test_rows_leave_only_through_queries() -> None:
    assert [fault for source in ours("backend") for fault in stray_selects(source)] == []


def test_every_route_is_guarded_or_named_public(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, testing=True))
    assert unguarded_routes(app, PUBLIC) == []


@pytest.mark.parametrize(
    "fault",
    [
        "from sqlmodel import select\nrows = ctx.session.exec(select(Cylinder))",
        "cylinder = ctx.session.get(Cylinder, id)",
        "import sqlalchemy\nstatement = sqlalchemy.select(Cylinder)",
        "rows = session.query(Cylinder).all()",
    ],
)
@pytest.mark.parametrize("room", ["actions", "routes", "kinds"])
def test_a_look_past_the_queries_is_caught(fault: str, room: str) -> None:
    assert stray_selects(plant(f"backend/gas/{room}.py", fault))
    assert stray_selects(plant("backend/gas/queries.py", fault)) == []
    assert stray_selects(plant("backend/gas/queries/cylinders.py", fault)) == []


def _house_with_a_hole() -> FastAPI:
    app, inner, outer = FastAPI(openapi_url=None), APIRouter(), APIRouter()
    guarded = APIRouter(dependencies=[needs("gas.read")])

    @inner.get("/cylinders")
    def show_cylinders() -> None: ...

    @guarded.get("/deliveries")
    def show_deliveries() -> None: ...

    @app.post("/scans", dependencies=[Depends(lambda: None)])
    def scan() -> None: ...

    @app.websocket("/live")
    def live() -> None: ...

    @app.get("/healthz")
    def health() -> None: ...

    outer.include_router(inner, prefix="/gas")
    outer.include_router(guarded)
    app.include_router(outer, prefix="/v1")
    return app


def test_an_unguarded_route_is_caught() -> None:
    open_doors = ["ANY /live", "GET /v1/gas/cylinders", "POST /scans"]
    assert unguarded_routes(_house_with_a_hole(), {"GET /healthz"}) == open_doors
    assert unguarded_routes(_house_with_a_hole(), {"GET /healthz", *open_doors}) == []


def test_a_public_name_without_a_route_is_caught() -> None:
    assert "no such route: GET /old" in unguarded_routes(_house_with_a_hole(), {"GET /old"})
