"""First fill of a handset: an immutable SQLite pack per scope, compressed, named by the hash of its bytes.

A pack is a SQLite file whose rows stand field by field in plain columns, so that equal values compress well and a phone
may query it as it is. The layout stands in sync/README.md. A pack is never trusted: whoever opens one checks its hash,
its size, its schema and the digest of its rows.
"""

import hashlib
import io
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import orjson
import zstandard

from sync.digests import Digest, row_hash
from sync.journal import Journal
from sync.refusal import Refusal

if TYPE_CHECKING:
    from sqlite_utils import Database

FORMAT = 1
LEVEL = 9
"""Of zstd: 19 saves another eighth and takes forty times as long."""
PAGE_BYTES = 65_536
ROWS_AT_ONCE = 2_000
PACK_BYTES_MAX = 256_000_000
"""Compressed."""
OPEN_BYTES_MAX = 1_000_000_000
"""A pack that unfolds beyond this is refused half-way."""
FORMS_MAX = 500
FIELDS_MAX = 500
STEPS_MAX = 200
"""Progress of SQLite, in millions of its steps, before a pack is given up."""
AS_UUID, AS_JSON, AS_ID = b"\x01", b"\x02", b"\x03"
"""First byte of a BLOB: a UUID's 16 bytes; a value's JSON; the row's own id."""
_UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
_NAME = re.compile(r"^[a-z][a-z0-9_.]{0,63}$")
_WHOLE_MAX = 1 << 63


class PackRefused(Refusal):
    """A pack that is not what was offered: thrown away, and what the handset holds stays as it is."""

    code = "sync.pack_refused"
    status = 422


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a pack holds, as the server offers it and as the pack says of itself."""

    scope: str
    contract: int
    generation: str
    seq: int
    """The rows of the scope as they stood at this number."""
    rows: int
    digest: str
    sha256: str = ""
    """Of the compressed bytes."""
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class PackRow:
    """A row of a pack."""

    t: str
    id: str
    ver: int
    body: bytes


# -- building -----------------------------------------------------------------------------------------------------


def build(journal: Journal, scope: str, contract: int) -> tuple[Manifest, bytes]:
    """The pack of a scope as the journal's snapshot has it, and what it holds."""
    from sqlite_utils import Database  # here: it brings numpy along, which a server does not need to start

    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.isolation_level = None
        connection.execute("BEGIN")
        writer = _Writer(Database(connection))
        after = 0
        while entries := journal.changed([scope], [scope], after, ROWS_AT_ONCE):
            writer.add([PackRow(e.t, e.id, e.ver, e.body or b"") for e in entries])
            after = entries[-1].ver
        said = Manifest(scope, contract, journal.generation(), journal.head(), writer.rows, Digest(writer.total).text())
        writer.end(said)
        connection.execute("COMMIT")
        packed = zstandard.ZstdCompressor(level=LEVEL).compress(connection.serialize())
    named = asdict(said) | {"sha256": hashlib.sha256(packed).hexdigest(), "bytes": len(packed)}
    return Manifest(**named), packed


class _Writer:
    """Lays rows into tables, one for each form: a kind and the fields of its bodies in their order."""

    def __init__(self, db: "Database") -> None:
        self._db = db
        self._forms: dict[tuple[str, tuple[str, ...]], int] = {}
        self.rows, self.total = 0, 0

    def add(self, rows: Sequence[PackRow]) -> None:
        laid: dict[int, list[tuple[Any, ...]]] = {}
        for row in rows:
            form, values = self._lay(row)
            laid.setdefault(form, []).append((row.ver, _key(row.id), *values))
            self.total += row_hash(row.t, row.id, row.ver, row.body)
        self.rows += len(rows)
        self.total = Digest(self.total).plus(()).value
        for form, lines in laid.items():
            marks = ", ".join("?" * len(lines[0]))
            self._db.conn.executemany(f"INSERT INTO rows_{form} VALUES ({marks})", lines)  # noqa: S608 - a number

    def _lay(self, row: PackRow) -> tuple[int, list[Any]]:
        """By field where that gives the very same bytes back, else the body whole."""
        data = orjson.loads(row.body)
        known = isinstance(data, dict) and (row.t, tuple(data)) in self._forms
        if known or (isinstance(data, dict) and 0 < len(data) <= FIELDS_MAX and len(self._forms) < FORMS_MAX // 2):
            values = [_value(value, row.id) for value in data.values()]
            if values and _body(list(data), values, row.id) == row.body:
                return self._form(row.t, tuple(data)), values
        return self._form(row.t, ()), [AS_JSON + row.body]

    def _form(self, t: str, fields: tuple[str, ...]) -> int:
        form = self._forms.get((t, fields))
        if form is None:
            form = self._forms[t, fields] = len(self._forms)
            columns = {"ver": int, "id": bytes} | {f"f{i}": bytes for i in range(max(1, len(fields)))}
            self._db.table(f"rows_{form}").create(columns, pk="ver")
        return form

    def end(self, said: Manifest) -> None:
        forms = [
            {"form": form, "t": t, "fields": orjson.dumps(fields).decode()} for (t, fields), form in self._forms.items()
        ]
        self._db.table("forms").create({"form": int, "t": str, "fields": str}, pk="form").insert_all(forms)
        about = asdict(said) | {"format": FORMAT}
        self._db.table("pack").create({"key": str, "value": str}, pk="key").insert_all(
            {"key": key, "value": str(about[key])} for key in ("format", *_TOLD)
        )


_TOLD = ("scope", "contract", "generation", "seq", "rows", "digest")


def _key(row_id: str) -> bytes | str:
    return bytes.fromhex(row_id.replace("-", "")) if _UUID.match(row_id) else row_id


def _value(value: Any, row_id: str) -> Any:
    if value is None or (type(value) is int and -_WHOLE_MAX <= value < _WHOLE_MAX):
        return value
    if type(value) is str and "\0" not in value:
        if value == row_id:
            return AS_ID
        return AS_UUID + bytes.fromhex(value.replace("-", "")) if _UUID.match(value) else value
    return AS_JSON + orjson.dumps(value)


def _body(fields: Sequence[str], values: Sequence[Any], row_id: str) -> bytes:
    """The body's bytes from its fields. Raises ValueError."""
    said = (orjson.dumps(name) + b":" + _json(value, row_id) for name, value in zip(fields, values, strict=True))
    return b"{" + b",".join(said) + b"}"


def _json(value: Any, row_id: str) -> bytes:
    if not isinstance(value, bytes):
        if isinstance(value, float):
            raise ValueError("a number out of its column")
        return orjson.dumps(value)
    if value[:1] == AS_JSON:
        return value[1:]
    return orjson.dumps(row_id if value == AS_ID else _uuid(value[1:]))


def _uuid(raw: bytes) -> str:
    if len(raw) != 16:
        raise ValueError("no UUID")
    said = raw.hex()
    return f"{said[:8]}-{said[8:12]}-{said[12:16]}-{said[16:20]}-{said[20:]}"


# -- opening ------------------------------------------------------------------------------------------------------


def open_pack(packed: bytes, offered: Manifest) -> list[PackRow]:
    """The rows of a pack in order of their versions. Raises PackRefused unless it is exactly what was offered."""
    if len(packed) != offered.bytes or hashlib.sha256(packed).hexdigest() != offered.sha256:
        raise PackRefused("other bytes than offered")
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(_unfolded(packed))
            rows = sorted(_read(connection, offered), key=lambda row: row.ver)
    except (sqlite3.Error, zstandard.ZstdError, orjson.JSONDecodeError, ValueError, TypeError, OverflowError) as fault:
        raise PackRefused(f"damaged: {type(fault).__name__}") from fault
    total = Digest().plus(row_hash(row.t, row.id, row.ver, row.body) for row in rows)
    if len(rows) != offered.rows or total.text() != offered.digest:
        raise PackRefused("other rows than offered")
    return rows


def lines_of(packed: bytes) -> tuple[dict[str, str], Iterator[bytes]]:
    """What one of our own packs says of itself, and its rows as lines {t, id, ver, d}, as a browser takes them."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.deserialize(_unfolded(packed))
    about = dict(connection.execute("SELECT key, value FROM pack").fetchall())
    forms = connection.execute("SELECT form, t, fields FROM forms").fetchall()

    def lines() -> Iterator[bytes]:
        with closing(connection):
            for form, t, fields in forms:
                for row in _rows(connection, form, t, orjson.loads(fields), int(about["seq"])):
                    yield b'{"f":"row","t":"%b","id":"%b","ver":%d,"d":%b}\n' % (
                        t.encode(),
                        row.id.encode(),
                        row.ver,
                        row.body,
                    )

    return about, lines()


def _unfolded(packed: bytes) -> bytes:
    """The file, never more than OPEN_BYTES_MAX of it."""
    reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(io.BytesIO(packed))
    plain = reader.read(OPEN_BYTES_MAX + 1)
    if len(plain) > OPEN_BYTES_MAX:
        raise PackRefused("it unfolds without end")
    if not plain.startswith(b"SQLite format 3\0"):
        raise PackRefused("no SQLite file")
    return bytes(plain)


def _read(connection: sqlite3.Connection, offered: Manifest) -> Iterator[PackRow]:
    steps = iter(range(STEPS_MAX))
    connection.set_progress_handler(lambda: next(steps, None) is None, 1_000_000)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA query_only = ON")
    tables = dict(connection.execute("SELECT name, lower(sql) FROM sqlite_master WHERE type = 'table'").fetchall())
    count = connection.execute("SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_autoindex_%'").fetchone()
    if len(tables) != count[0] or any(
        "virtual" in sql or "generated" in sql or " as " in sql for sql in tables.values()
    ):
        raise PackRefused("it holds more than tables")
    about = dict(connection.execute("SELECT key, value FROM pack LIMIT 20").fetchall())
    if about != {key: str(getattr(offered, key)) for key in _TOLD} | {"format": str(FORMAT)}:
        raise PackRefused("it says another thing of itself than was offered")
    forms = connection.execute("SELECT form, t, fields FROM forms LIMIT ?", (FORMS_MAX + 1,)).fetchall()
    if len(forms) > FORMS_MAX or tables.keys() != {"pack", "forms", *(f"rows_{int(form)}" for form, _, _ in forms)}:
        raise PackRefused("other tables than its forms name")
    for form, t, fields in forms:
        names = orjson.loads(fields)
        if not (isinstance(t, str) and _NAME.match(t)) or len(names) > FIELDS_MAX:
            raise PackRefused("a kind or fields out of bounds")
        yield from _rows(connection, int(form), t, names, offered.seq)


def _rows(connection: sqlite3.Connection, form: int, t: str, names: list[str], seq: int) -> Iterator[PackRow]:
    columns = ", ".join(f"f{i}" for i in range(max(1, len(names))))
    for ver, key, *values in connection.execute(f"SELECT ver, id, {columns} FROM rows_{form}"):  # noqa: S608 - numbers
        row_id = _uuid(key) if isinstance(key, bytes) else key
        if not isinstance(row_id, str) or type(ver) is not int or not 0 < ver <= seq:
            raise PackRefused("a row without id or version")
        body = _body(names, values, row_id) if names else bytes(values[0][1:])
        orjson.loads(body)
        yield PackRow(t, row_id, ver, body)
