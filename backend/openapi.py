"""The published description of the HTTP surface: what FastAPI leaves out is added here, for every route alike."""

import contextlib
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from backend.kernel import errors
from backend.kernel.http import GUARDED, PROBLEM_JSON, UnknownParameter, refusals
from mobile_contract.examples import NoExample, example_of
from mobile_contract.problems import PROBLEMS, Problem
from sync.refusal import Refusal

REF = "#/components/schemas/{model}"
JSON = "application/json"
OF_ANY = (
    errors.BodyInvalid,
    UnknownParameter,
    errors.BodyTooLarge,
    errors.MediaUnsupported,
    errors.Busy,
    errors.Broken,
)
"""Refusals of the edge, which every route may meet."""
REQUEST_ID = {
    "description": "The id under which the request is logged: the caller's own, or one that was made.",
    "schema": {"type": "string"},
    "example": "0199b3a0-0000-7000-8000-00000000000f",
}
ASKED_ID = {
    "name": "X-Request-Id",
    "in": "header",
    "required": False,
    "description": "An id of the caller's own for the log; one of another form is passed over.",
    "schema": {"type": "string"},
    "example": "phone-7f3a9c21",
}
TAGS = {
    "signing in": "Sessions: in by password or Firebase, refresh, out; the public keys.",
    "people": "Oneself, persons, roles, teams, areas, the privacy notice.",
    "handsets": "Enrolling, listing and ending handsets.",
    "notifications": "The inbox: what the house has to tell one person; and where a phone can be pushed.",
    "sync": "Push and pull: how a handset that is mostly off line keeps in step.",
    "conflicts": "What two people did to the same thing, for a third to decide.",
    "alarms": "Calls for help and dangers: ahead of every queue, told to wider circles until somebody has seen them.",
    "attachments": "Photos and papers: resumable uploads (tus 1.0), contents by their SHA-256.",
    "attendance": "Fences, clock-ins, rosters, day results, month sheets, the board.",
    "work orders": "Routine work: plan, release, reassign, accept.",
    "scenes": "A trade's routine as a file: codes, forms, limits, plans.",
    "cases": "The loop from a finding to its closing: registration, dispatch, handling, check.",
    "components": "The city's things on the map: registered, versioned, changed by proposals from the field.",
    "evidence": "What was done in time and heard of after its grace: for whoever supervises.",
    "gas": "Cylinders, their scans and chains, customers' accounts.",
    "health": "Is the server alive, is it ready.",
}


def complete(app: FastAPI) -> None:
    """Replaces the app's OpenAPI by one that names every refusal, shows examples and says who may ask."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI documents


def describe(app: FastAPI) -> dict[str, Any]:
    """The whole description, made anew."""
    said = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    parts = said.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema(ref_template=REF, mode="serialization")
    _hoist(schemas["Problem"], schemas)
    parts["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    parts["headers"] = {"RequestId": REQUEST_ID}
    parts["parameters"] = {"RequestId": ASKED_ID}
    parts["examples"] = {}
    guards = dict(_guards(app))
    for path, operations in said["paths"].items():
        for method, operation in operations.items():
            _hoist(operation, schemas)
            _sum_up(operation)
            _guard(operation, guards[f"{method.upper()} {path}"])
            _plain_parameters(operation)
            _refuse(operation, parts["examples"])
            _show(operation, schemas)
    used = {tag for operations in said["paths"].values() for op in operations.values() for tag in op.get("tags", ())}
    said["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    return said


def _guards(app: FastAPI) -> Iterator[tuple[str, list[str]]]:
    """(`GET /path`, the permissions its guards ask for)."""
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        asked = sorted(_permissions(dependant)) if isinstance(dependant, Dependant) else []
        for method in context.methods or ():
            yield f"{method} {context.path}", asked


def _permissions(dependant: Dependant) -> Iterator[str]:
    permission = getattr(dependant.call, "permission", None)
    if permission is not None:
        yield permission
    for below in dependant.dependencies:
        yield from _permissions(below)


def _hoist(part: Any, schemas: dict[str, Any]) -> None:
    """Moves every `$defs` inside `part` to the components, where the references look for them."""
    if isinstance(part, dict):
        for name, schema in part.pop("$defs", {}).items():
            _hoist(schema, schemas)
            schemas.setdefault(name, schema)
        for value in part.values():
            _hoist(value, schemas)
    elif isinstance(part, list):
        for value in part:
            _hoist(value, schemas)


def _sum_up(operation: dict[str, Any]) -> None:
    """The first sentence of the description is the summary."""
    first = " ".join(operation.get("description", "").split("\n\n")[0].split())
    operation["summary"] = first.split(". ")[0].rstrip(".") or operation.get("summary", "")


def _guard(operation: dict[str, Any], permissions: list[str]) -> None:
    """Who may ask; and the refusals of whoever looks at the bearer token."""
    operation["security"] = [{"bearer": []}] if permissions else []
    if permissions:
        operation["x-permissions"] = permissions
        known = sorted(errors.NotSignedIn.__subclasses__(), key=lambda refusal: refusal.code)
        _may_refuse(operation, *GUARDED, *known)


def _plain_parameters(operation: dict[str, Any]) -> None:
    """A parameter that is not given is left out; it is never null."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        several = [s for s in schema.get("anyOf", ()) if s.get("type") != "null"]
        if len(several) == 1:
            del schema["anyOf"]
            schema.pop("default", None)
            schema.update(several[0])
    operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/RequestId"})


def _refuse(operation: dict[str, Any], examples: dict[str, Any]) -> None:
    """Every refusal of the edge, as problems; each example is kept once."""
    takes_json = JSON in operation.get("requestBody", {}).get("content", {})
    _may_refuse(operation, *OF_ANY, *([errors.BodyNotJson] if takes_json else []))
    for status, answer in operation["responses"].items():
        answer.setdefault("headers", {})["X-Request-Id"] = {"$ref": "#/components/headers/RequestId"}
        content = answer.get("content", {})
        if content.get(JSON) == {"schema": {}}:  # FastAPI's guess for a route that answers by itself
            del content[JSON]
        if status[0] in "45":
            content.pop(JSON, None)  # FastAPI's own shape; ours is a problem
            shown = content[PROBLEM_JSON]["examples"]
            for code, example in shown.items():
                examples.setdefault(code, {"summary": PROBLEMS[code].en, **example})
            content[PROBLEM_JSON]["examples"] = {c: {"$ref": f"#/components/examples/{c}"} for c in sorted(shown)}
            answer["description"] = " · ".join(PROBLEMS[code].en for code in sorted(shown))
        if not content:
            answer.pop("content", None)
        if answer.get("description") == "Successful Response":
            answer["description"] = "Done." if status == "204" else "As asked."


def _may_refuse(operation: dict[str, Any], *classes: type[Refusal]) -> None:
    """Adds refusals to those the route names itself."""
    for status, more in refusals(*classes).items():
        answer = operation["responses"].setdefault(str(status), {"content": {}})
        mine = answer["content"].setdefault(PROBLEM_JSON, {"schema": more["content"][PROBLEM_JSON]["schema"]})
        mine.setdefault("examples", {}).update(more["content"][PROBLEM_JSON]["examples"])


def _show(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """An example of what is sent and of what is answered, where the route gives none."""
    bodies = [operation.get("requestBody", {})]
    bodies += [answer for status, answer in operation["responses"].items() if status[0] == "2"]
    for body in bodies:
        shown = body.get("content", {}).get(JSON)
        if shown is not None and not shown.keys() & {"example", "examples"}:
            with contextlib.suppress(NoExample):  # a test names the shape that needs one
                shown["example"] = example_of(shown["schema"], schemas)
