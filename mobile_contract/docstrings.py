"""Tells a shape's fields in its JSON Schema by the docstrings under them; read only when a schema is asked for."""

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic_core import CoreSchema


class Told(BaseModel):
    """The base of a shape of which what stands under a field describes the field.

    Pydantic would read every source file when the shapes are made, at each start of the server.
    """

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for field, told in told_of(cls).items():
            if field in cls.model_fields:
                properties[cls.model_fields[field].alias or field].setdefault("description", told)
        return schema


def told_of(shape: type) -> dict[str, str]:
    """What stands under each field of `shape`, its own and the inherited."""
    told: dict[str, str] = {}
    for base in reversed(shape.__mro__):
        name = base.__name__.partition("[")[0]  # Page[Order] stands in the source as Page
        told |= _module_told(base.__module__).get(name, {}) if issubclass(base, Told) else {}
    return told


@cache
def _module_told(module: str) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: _class_told(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _class_told(node: ast.ClassDef) -> dict[str, str]:
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in pairwise(node.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
