"""Builds the app from settings: one house, all doors."""

import contextlib
import os
from collections.abc import AsyncIterator
from importlib import resources
from typing import TYPE_CHECKING

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from fastapi_offline import FastAPIOffline
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from backend import welcome
from backend.kernel.clock import Clock, SystemClock, to_ms
from backend.kernel.db import Database, make_engine
from backend.kernel.edge import Edge, Metrics
from backend.kernel.events import Bus
from backend.kernel.health import make_router
from backend.kernel.http import House, SwiftRoute, answer_fault, install_refusals, known_query
from backend.kernel.journaling import attach, write_as
from backend.kernel.logs import set_up_logs
from backend.kernel.settings import Settings
from backend.modules import MODULES
from backend.notifications.actions import refuse_half_configured
from backend.openapi import complete
from backend.people.actions import refuse_emulator
from backend.people.queries import identify
from mobile_contract.version import CONTRACT
from sync.journal import Writer
from sync.kinds import Registry

if TYPE_CHECKING:
    from alembic.config import Config

log = structlog.get_logger("app")
NEWEST_REVISION = "0001"
"""The head of the migrations; a test holds it to them."""


def build_house(settings: Settings, clock: Clock | None = None) -> House:
    """Everything an app, a worker or a command stands on. The database is migrated when it is the embedded one."""

    refuse_emulator(settings, os.environ)
    refuse_half_configured(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    registry = Registry(kind for module in MODULES for kind in module.kinds)
    bus = Bus(listener for module in MODULES for listener in module.listeners)
    db = Database(settings.url())
    house_clock = clock or SystemClock()

    def prepare(session: Session) -> None:
        attach(session, registry)
        write_as(session, Writer(None, to_ms(house_clock.now())))
        session.info["bus"] = bus

    db.on_session.append(prepare)
    return House(settings, house_clock, db, registry, bus, identify)


def alembic_config(url: str) -> "Config":
    """Alembic, pointed at our migrations and the given database."""
    from alembic.config import Config  # here: a server that is up to date starts without it

    config = Config()
    config.set_main_option("script_location", str(resources.files("backend") / "migrations"))
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Brings a database to the newest revision; looks first, since most starts find it there."""
    if revision_of(url) == NEWEST_REVISION:
        return
    from alembic import command

    command.upgrade(alembic_config(url), "head")


def revision_of(url: str) -> str | None:
    """The revision a database stands at; None when it was never migrated or does not answer."""
    engine = make_engine(url, writing=False)
    try:
        with engine.connect() as connection:
            return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except DBAPIError:
        return None
    finally:
        engine.dispose()


def create_app(settings: Settings, clock: Clock | None = None, house: House | None = None) -> FastAPI:
    """The whole HTTP surface. Without a `house` it makes its own and closes it at shutdown."""
    set_up_logs(settings)
    house = house or build_house(settings, clock)
    metrics = Metrics()
    metrics.group_commits.set_function(lambda: house.db.group_commits)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.house.watch.close()
        app.state.house.db.close()

    app = FastAPIOffline(
        title="gridcrew",
        version=str(CONTRACT),
        summary="Field work of city districts, on line and off.",
        lifespan=lifespan,
        dependencies=[Depends(known_query)],
        generate_unique_id_function=lambda route: route.name,
        swagger_ui_parameters={"defaultModelsExpandDepth": 0},
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},  # the edge counts
    )
    app.state.house = house
    install_refusals(app)

    @app.exception_handler(Exception)
    async def fault(request: Request, fault: Exception) -> Response:
        return answer_fault(request, fault)

    for router in (router for module in MODULES for router in module.busy_routers):
        app.include_router(router)
    app.include_router(make_router(metrics))
    app.include_router(welcome.make_router(settings))
    for router in (router for module in MODULES for router in module.routers):
        app.include_router(router)
    complete(app)
    busy = [route for module in MODULES for router in module.busy_routers for route in router.routes]
    swift = {route.path: route for route in busy if isinstance(route, SwiftRoute)}
    inner = app.build_middleware_stack()
    app.middleware_stack = Edge(inner, house.clock, metrics, settings.body_bytes_max, swift, app)
    return app
