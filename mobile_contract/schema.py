"""Shapes to JSON Schema: one file a room, all its shapes under `$defs`; and what of them counts as the wire."""

import hashlib
import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import mobile_contract
from mobile_contract.base import Wire
from sync import protocol

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ANSWERS = (protocol.PushAnswer, protocol.Outcome, protocol.RowVersion, protocol.Why)
"""Shapes of the protocol that the server sends; all others of it are sent by phones."""
PROSE = frozenset({"title", "description", "summary", "examples", "example"})
"""What may be said better without anything changing on the wire."""


def rooms() -> dict[str, dict[str, Any]]:
    """JSON Schema by room: `sync` (push, pull, their answers), `frames`, `problems`, `people`, …"""
    return {room: _schema_of(room, shapes) for room, shapes in _shapes() if shapes}


def _shapes() -> Iterator[tuple[str, list[type[BaseModel]]]]:
    yield "sync", _declared_in(protocol)
    for found in sorted(pkgutil.iter_modules(mobile_contract.__path__), key=lambda m: m.name):
        if not found.ispkg:
            yield found.name, _declared_in(importlib.import_module(f"mobile_contract.{found.name}"))


def _declared_in(module: ModuleType) -> list[type[BaseModel]]:
    """The shapes a module declares, in alphabetical order; bases and generic ones are no shapes."""
    return [
        made
        for name, made in sorted(vars(module).items())
        if isinstance(made, type)
        and issubclass(made, BaseModel)
        and made.__module__ == module.__name__
        and made.model_fields
        and not name.startswith("_")
        and not made.__pydantic_generic_metadata__["parameters"]
        and not made.__pydantic_generic_metadata__["args"]
    ]


def _schema_of(room: str, shapes: list[type[BaseModel]]) -> dict[str, Any]:
    wanted = [(shape, _mode(shape)) for shape in shapes]
    _, made = models_json_schema(wanted, ref_template="#/$defs/{model}")
    return {"$schema": DIALECT, "title": room, "$defs": made["$defs"]}


def _mode(shape: type[BaseModel]) -> Literal["validation", "serialization"]:
    return "serialization" if issubclass(shape, (Wire, *ANSWERS)) else "validation"


# -- what counts as the wire --------------------------------------------------------------------------------------


def wire_hash(*parts: Mapping[str, Any]) -> str:
    """SHA-256 of what phones parse and send, without the prose about it."""
    bare = json.dumps([_bare(part) for part in parts], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(bare.encode()).hexdigest()


def _bare(part: Any, *, names: bool = False) -> Any:
    """Without prose. Under `properties` and `$defs` the keys are names, whatever they say."""
    if isinstance(part, Mapping):
        return {
            key: _bare(value, names=not names and key in ("properties", "$defs"))
            for key, value in part.items()
            if names or key not in PROSE
        }
    return [_bare(value) for value in part] if isinstance(part, list) else part
