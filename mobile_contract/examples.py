"""Examples for a reader, made from a shape: always the same, always of that shape."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
INSTANT, DAY = "2026-09-01T00:00:00Z", "2026-09-01"
ID = "0199b3a0-0000-7000-8000-000000000001"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
DEPTH_MAX = 14

PUSH: dict[str, Any] = {
    "device": ID,
    "epoch": 1,
    "user": "0199b3a0-0000-7000-8000-000000000003",
    "schema": 1,
    "clock": {"wall_ms": 1_788_220_800_000, "mono_ms": 86_400_000, "boot": "6f1d2c9e", "rtt_ms": 120},
    "through_ms": 1_788_220_800_000,
    "muts": [
        {
            "n": 1057,
            "at": {"wall_ms": 1_788_220_700_000, "mono_ms": 86_300_000, "boot": "6f1d2c9e"},
            "cmd": "workorders.finish",
            "row": {"t": "workorders", "id": "0199b3a0-0000-7000-8000-000000000004", "base": {"step": 981}},
            "params": {"note": "已扫净", "photos": [SHA256]},
            "blobs": [SHA256],
        },
        {
            "n": 1058,
            "at": {"wall_ms": 1_788_220_790_000},
            "cmd": "edit",
            "ops": [
                {
                    "t": "workorders",
                    "id": "0199b3a0-0000-7000-8000-000000000004",
                    "base": {"crew_note": 977},
                    "set": {"crew_note": "树下还有一堆落叶"},
                }
            ],
        },
    ],
}
PULL: dict[str, Any] = {"device": ID, "epoch": 1, "schema": 1, "cookie": None, "max_bytes": 256_000}
SNAPSHOTS: dict[str, Any] = {"device": ID, "epoch": 1, "schema": 1}
PACK_LINES = "\n".join(
    [
        '{"f":"pack","format":"1","scope":"team:0199b3a0-0000-7000-8000-000000000002","seq":"1004","rows":"1"}',
        '{"f":"row","t":"workorders","id":"0199b3a0-0000-7000-8000-000000000004","ver":981,"d":{"step":"done"}}',
        "",
    ]
)
REPAIR: dict[str, Any] = {
    "device": ID,
    "epoch": 1,
    "schema": 1,
    "cookie": "1ZyP0c3n0yYB6dFJ5c2ln",
    "ranges": {"team:0199b3a0-0000-7000-8000-000000000002": "AAM"},
    "want": {"team:0199b3a0-0000-7000-8000-000000000002": [981]},
    "doubt": [{"t": "workorders", "id": "0199b3a0-0000-7000-8000-000000000005"}],
}
REPAIR_FRAMES = "\n".join(
    [
        '{"f":"ranges","scope":"team:0199b3a0-0000-7000-8000-000000000002","r":"AAIB1Qc4kz0v"}',
        '{"f":"scopes","names":["team:0199b3a0-0000-7000-8000-000000000002"]}',
        '{"f":"row","t":"workorders","id":"0199b3a0-0000-7000-8000-000000000004","ver":981,"s":[0],"d":{"step":"done"}}',
        '{"f":"gone","t":"workorders","id":"0199b3a0-0000-7000-8000-000000000005","why":"scope"}',
        '{"f":"mended","to":1004}',
        "",
    ]
)
FRAMES = "\n".join(
    [
        '{"f":"begin","from":981,"to":1004}',
        '{"f":"scopes","names":["team:0199b3a0-0000-7000-8000-000000000002"]}',
        '{"f":"row","t":"workorders","id":"0199b3a0-0000-7000-8000-000000000004","ver":1003,"s":[0],"d":{"step":"done"}}',
        '{"f":"gone","t":"workorders","id":"0199b3a0-0000-7000-8000-000000000005","why":"scope"}',
        '{"f":"ack","n":1058}',
        '{"f":"end","to":1004,"cookie":"v1.eyJnIjoxfQ.c2ln","next_poll_s":67}',
        "",
    ]
)

BY_NAME: dict[str, Any] = {
    "access_token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTk5YjNhMCJ9.c2lnbmF0dXJl",
    "acked": 1057,
    "address": "松洲街黄石东路 12 号",
    "app": "gridcrew-android 1.0",
    "area": "/440111/songzhou/07/",
    "code": "K7Q2M9XA",
    "contract": 1,
    "contract_oldest": 1,
    "crew_note": "树下还有一堆落叶",
    "cursor": "WyIwMTk5YjNhMCJd",
    "device_secret": "qTzq7y0mJ2m3tYc0nq0mX2b1oQ8v7r5u4s3e2w1a0ZY",
    "detail": "",
    "district": "440111",
    "en": "We process your name, phone and team to assign work.",
    "epoch": 1,
    "expires_in": 600,
    "id_token": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJmaXJlYmFzZSJ9.c2lnbmF0dXJl",
    "instance": "0199b3a0-0000-7000-8000-00000000000f",
    "kid": "2026-09-01-1",
    "label": "松洲 07 号机",
    "model": "Redmi Note 12",
    "n": 1057,
    "name": "李建国",
    "new_password": "correct horse battery",
    "next": "WyIwMTk5YjNhMCJd",
    "note": "先扫路口",
    "params": {},
    "password": "correct horse battery",
    "payload": "https://field.example.cn/e/K7Q2M9XA3CWFHJ5RTVXY8BDEGN",
    "phone": "13800138000",
    "qr_svg": "<svg/>",
    "reason": "雨天改期",
    "refresh_expires_in": 7_776_000,
    "refresh_token": "0199b3a0-0000-7000-8000-000000000001.1.c2lnbmF0dXJl",
    "refuse": "",
    "received_ms": 1_788_220_800_000,
    "server_ms": 1_788_220_800_004,
    "set": {"crew_note": "树下还有一堆落叶"},
    "text": {"zh": "任务状态已变", "en": "The task has moved on"},
    "title": "清扫黄石东路",
    "wall_ms": 1_788_220_800_000,
    "mono_ms": 86_400_000,
    "boot": "6f1d2c9e",
    "rtt_ms": 120,
    "through_ms": 1_788_220_800_000,
    "accuracy_m": 8.0,
    "radius_m": 100.0,
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "zh": "我们处理您的姓名、手机号和班组，用于派工。",
}
"""What a field of that name says, wherever the shape allows it."""
BY_PATTERN: dict[str, str] = {
    "^[0-9a-f]{64}$": SHA256,
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$": ID,
    "^[a-z][a-z0-9_.]{0,63}$": "workorders",
    "^[A-Za-z0-9._:/-]+$": "GZ-2026-0001",
    "^[0-9+ -]*$": "13800138000",
    "^[A-Z0-9-]{0,24}$": "GZ-00017",
}


class NoExample(Exception):
    """A text has a pattern of its own and no `examples`."""


def example_of(schema: Schema, definitions: Schema, name: str = "", depth: int = 0) -> Any:
    """A value of the schema; `definitions` holds what its `$ref` point to, by their last part.

    Raises NoExample where nobody but the author of the shape can make one.
    """
    assert depth < DEPTH_MAX, f"{name} refers to itself"
    if "$ref" in schema and "examples" not in schema:
        return example_of(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions, name, depth + 1)
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            chosen = next((s for s in schema[several] if s.get("type") != "null"), schema[several][0])
            return example_of(chosen, definitions, name, depth + 1)
    made = _PLAIN.get(schema.get("type", ""), _anything)
    return made(schema, definitions, name, depth)


def _object(schema: Schema, definitions: Schema, name: str, depth: int) -> Any:
    if "properties" not in schema:
        return BY_NAME.get(name, {}) if isinstance(BY_NAME.get(name, {}), dict) else {}
    return {key: example_of(part, definitions, key, depth + 1) for key, part in schema["properties"].items()}


def _array(schema: Schema, definitions: Schema, name: str, depth: int) -> Any:
    if "prefixItems" in schema:
        return [example_of(part, definitions, name, depth + 1) for part in schema["prefixItems"]]
    items = schema.get("items", {})
    return [example_of(items, definitions, name, depth + 1)] if items or schema.get("minItems") else []


def _string(schema: Schema, _definitions: Schema, name: str, _depth: int) -> Any:
    if schema.get("format") in ("date-time", "date"):
        return INSTANT if schema["format"] == "date-time" else DAY
    if "pattern" in schema:
        if schema["pattern"] not in BY_PATTERN:
            raise NoExample(f"{name}: give `examples` for the pattern {schema['pattern']}")
        return BY_PATTERN[schema["pattern"]]
    said = BY_NAME.get(name)
    said = said if isinstance(said, str) else (ID if name.endswith("_id") or name == "id" else "示例")
    return said.ljust(schema.get("minLength", 0), "0")[: schema.get("maxLength", len(said) or None)]


def _number(schema: Schema, _definitions: Schema, name: str, _depth: int) -> Any:
    least, most = schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum")
    said = BY_NAME.get(name)
    whole = schema["type"] == "integer"
    value = said if isinstance(said, int | float) else 1
    if least is not None and value <= least:
        value = least if "minimum" in schema else least + 1
    if most is not None and value > most:
        value = most
    return int(value) if whole else float(value)


def _boolean(_schema: Schema, _definitions: Schema, _name: str, _depth: int) -> Any:
    return False


def _null(_schema: Schema, _definitions: Schema, _name: str, _depth: int) -> Any:
    return None


def _anything(_schema: Schema, _definitions: Schema, name: str, _depth: int) -> Any:
    return BY_NAME.get(name)


_PLAIN = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _number,
    "number": _number,
    "boolean": _boolean,
    "null": _null,
}
