"""The whole OpenAPI, fuzzed over ASGI: no answer is a fault of ours, none says what was not published.

Each portion of the operations is a test of its own, so that the workers share them; in it everybody asks, because to
invent the cases costs more than to send them.
"""

import json
import shutil
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.config import ChecksConfig, GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core import NOT_SET
from schemathesis.core.failures import FailureGroup
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.app import build_house, create_app
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.settings import Settings
from backend.publish import FOLDER
from tests.api.conftest import MORNING
from tests.makers import GRID, SONGZHOU, District, enrol, found, sign_in, signed

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
ANY_REFUSAL = ["400", "401", "403", "404", "405", "409", "410", "411", "412", "413", "415", "422", "423", "429", "460"]
OPEN_MINDED = {
    "sync_push": "a broken mutation is answered, not refused, so that it blocks nothing",
    "sync_drain": "as push",
    "upload_options": "a browser asks before it knows",
}
"""Operations that take what does not fit, and why."""


@dataclass
class Volume:
    """How much each person sends to each operation."""

    coverage: int
    """Cases at the bounds of the schema, evenly picked."""
    fuzzed: int


SHORT = {"admin": Volume(6, 0), "crew": Volume(3, 0), "nobody": Volume(3, 0)}
LONG = {"admin": Volume(1_000, 10), "crew": Volume(1_000, 5), "nobody": Volume(1_000, 1)}
PORTIONS = {"short": 3, "long": 12}


@dataclass
class Bench:
    """One app with a district, its OpenAPI as schemathesis reads it, and somebody who asks."""

    app: FastAPI
    house: House
    clock: SetClock
    client: TestClient
    district: District
    who: str
    headers: dict[str, str] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    """What stands for a path parameter or a device in every second request, so that rows are met."""
    faults: list[str] = field(default_factory=list)

    def heal(self) -> None:
        """Signs in again when the last requests ended the session or asked for consent."""
        if self.who == "nobody":
            return
        answer = self.client.get("/people/v1/me", headers=self.headers)
        if answer.status_code != 200:
            self.clock.pass_time(timedelta(hours=1))
            device = {key: self.names[key] for key in ("device_id", "device_secret") if self.who == "crew"}
            self.headers = sign_in(self.client, self.district[self.who], **device)
            answer = self.client.get("/people/v1/me", headers=self.headers)
        if answer.json()["consent_due"]:
            version = {"version": answer.json()["notice_version"]}
            self.client.post("/people/v1/me/consent", json=version, headers=self.headers)


@contextmanager
def bench(folder: Path, migrated: Path, who: str) -> Iterator[Bench]:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(migrated, folder / "store.sqlite")
    limits: dict[str, Any] = {"sign_ins_per_minute": 1_000_000, "sign_in_tries_max": 100}
    limits |= {"public_asks_per_minute": 1_000_000, "public_tries_per_hour": 1_000_000}
    costs: dict[str, Any] = {"argon2_memory_kib": 64, "argon2_time_cost": 1}
    url = f"sqlite:///{folder / 'store.sqlite'}"
    kept, clock = Settings(data_dir=folder, database_url=url, testing=True, **limits, **costs), SetClock(MORNING)
    house = build_house(kept, clock)
    app = create_app(kept, house=house)
    with TestClient(app, raise_server_exceptions=False) as client:
        made = Bench(app, house, clock, client, found(house), who)
        _settle(made)
        yield made


def _settle(made: Bench) -> None:
    made.names = {
        "person_id": made.district["mate"].id,
        "team_id": made.district.teams["sweepers"],
        "area": GRID,
        "area_path": GRID,
        "parent": SONGZHOU,
    }
    if who_is_on_a_handset(made.who):
        phone = enrol(made.house, made.client, signed(made.client, made.district["admin"]), made.district[made.who])
        made.headers = phone.headers
        made.names |= {"device_id": phone.device_id, "device_secret": phone.device_secret}
        made.names |= {"device": phone.device_id, "user": phone.id, "epoch": 1, "schema": 1}
    elif made.who != "nobody":
        made.headers = sign_in(made.client, made.district[made.who])


def who_is_on_a_handset(who: str) -> bool:
    return who == "crew"


def read() -> Any:
    """The OpenAPI that is published, as schemathesis reads it."""
    load_all_checks()
    rejection = schemathesis.config._checks.NegativeDataRejectionConfig(expected_statuses=ANY_REFUSAL)
    checks = ChecksConfig(negative_data_rejection=rejection)
    project = ProjectConfig(checks=checks, generation=GenerationConfig(with_security_parameters=False))
    config = SchemathesisConfig(projects=ProjectsConfig(default=project), seed=1)
    return schemathesis.openapi.from_dict(json.loads((FOLDER / "openapi.json").read_bytes()), config=config)


@schemathesis.serializer("application/offset+octet-stream")
def octets(_context: Any, value: Any) -> bytes:
    """Pieces of a file travel as they are."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


def fuzz(folder: Path, migrated: Path, volumes: dict[str, Volume], portion: int, portions: int) -> list[str]:
    """What is wrong with the answers; one line a fault of one operation."""
    with ExitStack() as stack:
        asking = [stack.enter_context(asker(folder / who, migrated, who, volumes[who])) for who in volumes]
        schema = read()
        for found_operation in islice(schema.get_all_operations(), portion, None, portions):
            operation = found_operation.ok()
            cases = _at_the_bounds(schema, operation, max(volume.coverage for volume in volumes.values()))
            for who in asking:
                who.ask_all(operation, cases)
        return sorted({fault for who in asking for fault in who.made.faults})


@dataclass
class Asker:
    """Somebody who sends what was invented to their own app."""

    made: Bench
    session: Any
    volume: Volume
    count: int = 0

    def ask_all(self, operation: Any, cases: list[Any]) -> None:
        self.count = 0
        for case in _evenly(cases, self.volume.coverage):
            self.ask(_own(case))
        for mode in GenerationMode if self.volume.fuzzed else ():
            _fuzz_one(operation, mode, self.volume.fuzzed, self.ask)
        self.made.heal()

    def ask(self, case: Any) -> None:
        self.count += 1
        _point(case, self.made.names, real=self.count % 2 == 0)
        _ask(self.made, self.session, case)


@contextmanager
def asker(folder: Path, migrated: Path, who: str, volume: Volume) -> Iterator[Asker]:
    with bench(folder, migrated, who) as made, asgi.get_client(cast(Any, made.app)) as session:
        yield Asker(made, session, volume)


def _at_the_bounds(schema: Any, operation: Any, most: int) -> list[Any]:
    config = GenerationConfig(with_security_parameters=False)
    cases = schema.iter_coverage_cases(operation, generation_modes=list(GenerationMode), generation_config=config)
    return list(islice(cases, 20 * most))


def _evenly(cases: list[Any], most: int) -> Iterator[Any]:
    return islice(cases, 0, None, max(1, -(-len(cases) // most)))


def _own(case: Any) -> Any:
    """A copy to point at rows of one's own store."""
    made, kept = object.__new__(type(case)), {id(NOT_SET): NOT_SET, id(case.operation): case.operation}
    for part in type(case).__slots__:
        object.__setattr__(made, part, deepcopy(getattr(case, part), kept))
    return made


def _fuzz_one(operation: Any, mode: GenerationMode, most: int, ask: Any) -> None:
    limits = settings(
        max_examples=most,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    @limits
    @given(case=operation.as_strategy(mode))
    def run(case: Any) -> None:
        ask(case)

    with warnings.catch_warnings(), suppress(Unsatisfiable):  # nothing in it can be negated
        warnings.simplefilter("ignore")
        run()


def _point(case: Any, names: dict[str, Any], *, real: bool) -> None:
    """Puts rows that are there in the place of invented ids; a page that never was is not asked for."""
    sync = case.path.startswith("/sync/")
    if case.meta is None or not case.meta.generation.mode.is_positive or not (real or sync):
        return
    case.path_parameters = _named(case.path_parameters or {}, names)
    for part in (case.query, case.body):
        if isinstance(part, dict):
            for token in ("cursor", "page", "cookie"):
                part.pop(token, None)
    if isinstance(case.body, dict | list):
        case.body = _named(case.body, names)
    if sync and "device_secret" in names and "drain" in case.path:
        case.headers["device-secret"] = names["device_secret"]


def _named(part: Any, names: dict[str, Any]) -> Any:
    if isinstance(part, dict):
        return {key: names.get(key) or _named(value, names) for key, value in part.items()}
    return [_named(value, names) for value in part] if isinstance(part, list) else part


def _ask(made: Bench, session: Any, case: Any) -> None:
    open_minded = case.operation.definition.raw["operationId"] in OPEN_MINDED
    checks = CHECKS if open_minded else [*CHECKS, negative_data_rejection]
    try:
        response = case.call(session=session, headers=made.headers, base_url="http://testserver")
        case.validate_response(response, checks=checks)
    except FailureGroup as group:
        for failure in group.exceptions:
            made.faults.append(f"{case.operation.label}: {failure}"[:1500])


@pytest.mark.long
@pytest.mark.parametrize("portion", range(PORTIONS["short"]))
def test_no_answer_is_a_fault_or_unpublished(portion: int, tmp_path: Path, migrated_sqlite: Path) -> None:
    assert fuzz(tmp_path, migrated_sqlite, SHORT, portion, PORTIONS["short"]) == []


@pytest.mark.full
@pytest.mark.parametrize("portion", range(PORTIONS["long"]))
def test_no_answer_is_a_fault_or_unpublished_in_a_long_run(portion: int, tmp_path: Path, migrated_sqlite: Path) -> None:
    assert fuzz(tmp_path, migrated_sqlite, LONG, portion, PORTIONS["long"]) == []
