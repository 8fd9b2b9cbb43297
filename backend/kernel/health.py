"""Is the server alive, is it ready, how does it fare."""

import hmac
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from backend.kernel.edge import Metrics
from backend.kernel.errors import Busy, NotAllowed
from backend.kernel.http import house_of, refusals
from mobile_contract.base import Wire
from mobile_contract.version import CONTRACT, CONTRACT_OLDEST


class Alive(Wire):
    """The process runs."""

    status: Literal["ok"] = "ok"


class Ready(Wire):
    """The database answers and is of the newest revision."""

    status: Literal["ready"] = "ready"
    contract: int
    contract_oldest: int
    revision: str


def make_router(metrics: Metrics) -> APIRouter:
    """The routes of a server's own health; all public, none shows data."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", response_model=Alive, operation_id="healthz")
    async def healthz() -> Alive:
        """Alive."""
        return Alive()

    @router.get("/readyz", response_model=Ready, operation_id="readyz", responses=refusals(Busy))
    def readyz(request: Request) -> Ready:
        """Ready to serve: asks the database."""
        try:
            with house_of(request).db.reading() as session:
                revision = session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        except Exception as fault:
            raise Busy("the database does not answer or was never migrated") from fault
        return Ready(contract=CONTRACT, contract_oldest=CONTRACT_OLDEST, revision=str(revision))

    @router.get("/metrics", include_in_schema=False, operation_id="metrics")
    def prometheus(request: Request) -> Response:
        """Counters for Prometheus: to loopback callers, or to whoever brings the metrics token."""
        token = house_of(request).settings.metrics_token.get_secret_value()
        brought = request.headers.get("authorization", "")
        near = request.client is not None and request.client.host in ("127.0.0.1", "::1", "testclient")
        if not (hmac.compare_digest(brought, f"Bearer {token}") if token else near):
            raise NotAllowed
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
