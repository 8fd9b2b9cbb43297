"""The published description of the HTTP surface: problems, security, what FastAPI leaves out."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "RFC 9457 problem details. `code` is stable; `texts` carries both languages.",
    "required": ["type", "title", "status", "code", "detail", "params", "texts"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "params": {"type": "object", "additionalProperties": True},
        "texts": {
            "type": "object",
            "required": ["zh", "en"],
            "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
        },
        "instance": {"type": "string"},
    },
}


def complete(app: FastAPI) -> None:
    """Replaces the app's OpenAPI by one that names every refusal and how to sign in."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
            components = schema.setdefault("components", {})
            components.setdefault("schemas", {})["Problem"] = PROBLEM
            components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
            for path in schema["paths"].values():
                for operation in path.values():
                    _tidy(operation)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI documents


def _tidy(operation: dict[str, Any]) -> None:
    answers = operation.get("responses", {})
    refused = answers.get("422", {}).get("content", {})
    if "application/json" in refused:  # FastAPI's own shape; ours is a problem
        refused["application/problem+json"] = {"schema": {"$ref": "#/components/schemas/Problem"}}
        del refused["application/json"]
    if "401" in answers:
        operation["security"] = [{"bearer": []}]
