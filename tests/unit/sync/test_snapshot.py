"""A pack gives back the very bytes of its rows; one that is not what was offered is refused."""

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sync import snapshot
from sync.journal import RowChange, Writer
from sync.snapshot import Manifest, PackRefused, build, open_pack
from sync.stores.memory import MemoryJournal
from sync.stores.packs import LASTS_S, Shelf

TEAM = "team:1"


def row_id(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


def journal_with(*bodies: dict[str, Any]) -> MemoryJournal:
    journal = MemoryJournal("a life")
    made = [RowChange("order", row_id(n), body, frozenset([TEAM, "area:/"])) for n, body in enumerate(bodies)]
    journal.record([*made, RowChange("order", row_id(999), {"secret": 1}, frozenset(["team:2"]))], Writer())
    return journal


ORDINARY = ({"id": row_id(0), "note": "树下", "n": 3, "by": row_id(7), "x": 1.5, "photos": ["a"], "at": None},) * 3


def packed(*bodies: dict[str, Any]) -> tuple[Manifest, bytes]:
    return build(journal_with(*bodies), TEAM, 1)


def test_a_pack_holds_the_rows_of_its_scope_to_the_byte() -> None:
    journal = journal_with(*ORDINARY)
    manifest, raw = build(journal, TEAM, 1)
    rows = open_pack(raw, manifest)
    assert [(r.t, r.id, r.ver, r.body) for r in rows] == [
        (e.t, e.id, e.ver, e.body) for e in journal.changed([TEAM], [], 0, 100)
    ]
    state = journal.scope_states([TEAM])[TEAM]
    assert (manifest.digest, manifest.rows, manifest.seq) == (state.digest.text(), state.rows, journal.head())
    assert (len(raw), hashlib.sha256(raw).hexdigest()) == (manifest.bytes, manifest.sha256)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)
names = st.text(st.characters(codec="utf-8"), max_size=5)


@given(st.lists(st.dictionaries(names, values | st.just(row_id(0)) | st.just("\0"), max_size=4), max_size=5))
def test_any_body_comes_back_to_the_byte(bodies: list[dict[str, Any]]) -> None:
    manifest, raw = packed(*bodies)
    assert {r.id: orjson.loads(r.body) for r in open_pack(raw, manifest)} == {
        row_id(n): orjson.loads(orjson.dumps(body)) for n, body in enumerate(bodies)
    }


def test_more_forms_than_tables_are_kept_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "FORMS_MAX", 4)
    manifest, raw = packed(*({f"field{n}": n} for n in range(9)))
    assert len(open_pack(raw, manifest)) == 9


# -- hostile packs ----------------------------------------------------------------------------------------------------


def forged(change: Callable[[sqlite3.Connection], Any]) -> tuple[Manifest, bytes]:
    """A pack changed by its maker, with a manifest that fits the new bytes."""
    manifest, raw = packed(*ORDINARY)
    connection = sqlite3.connect(":memory:")
    connection.deserialize(zstandard.decompress(raw))
    change(connection)
    connection.commit()
    return resigned(manifest, zstandard.compress(connection.serialize()))


def resigned(manifest: Manifest, raw: bytes) -> tuple[Manifest, bytes]:
    return replace(manifest, bytes=len(raw), sha256=hashlib.sha256(raw).hexdigest()), raw


HOSTILE = {
    "a view": "CREATE VIEW v AS SELECT 1",
    "a trigger": "CREATE TRIGGER g AFTER INSERT ON forms BEGIN SELECT 1; END",
    "an index": "CREATE INDEX i ON forms (t)",
    "another table": "CREATE TABLE more (x)",
    "a virtual table": "CREATE VIRTUAL TABLE m USING fts5(x)",
    "another scope": "UPDATE pack SET value = 'team:2' WHERE key = 'scope'",
    "another format": "UPDATE pack SET value = '2' WHERE key = 'format'",
    "a row less": "DELETE FROM rows_0 WHERE ver = 1",
    "a row more": "INSERT INTO rows_0 SELECT ver + 1, id, f0, f1, f2, f3, f4, f5, f6 FROM rows_0 WHERE ver = 3",
    "a row of the future": "UPDATE rows_0 SET ver = 10000 WHERE ver = 1",
    "another body": "UPDATE rows_0 SET f1 = 'forged' WHERE ver = 1",
    "a number out of its column": "UPDATE rows_0 SET f1 = 1.5 WHERE ver = 1",
    "a broken body": "UPDATE rows_0 SET f1 = x'02ff' WHERE ver = 1",
    "a broken id": "UPDATE rows_0 SET id = x'00' WHERE ver = 1",
    "an id of no sort": "UPDATE rows_0 SET id = NULL WHERE ver = 1",
    "an unknown kind": "UPDATE forms SET t = 'A; DROP'",
    "fields of no sort": "UPDATE forms SET fields = '7'",
    "fields missing": "UPDATE forms SET fields = '[\"a\"]'",
    "no forms": "DROP TABLE forms",
    "a form of no number": "UPDATE forms SET form = -1",
    "a whole body that is a text": "UPDATE forms SET fields = '[]'; UPDATE rows_0 SET f0 = 'x{}'",
}


@pytest.mark.parametrize("sort", HOSTILE)
def test_a_hostile_pack_is_refused(sort: str) -> None:
    manifest, raw = forged(lambda connection: connection.executescript(HOSTILE[sort]))
    with pytest.raises(PackRefused):
        open_pack(raw, manifest)


def test_a_view_in_the_place_of_a_table_is_refused() -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE rows_0 RENAME TO rows_9")
        connection.execute("CREATE VIEW rows_0 AS SELECT * FROM rows_9")

    manifest, raw = forged(change)
    with pytest.raises(PackRefused):
        open_pack(raw, manifest)


def test_other_bytes_than_offered_are_refused() -> None:
    manifest, raw = packed(*ORDINARY)
    with pytest.raises(PackRefused):
        open_pack(raw[:-1], manifest)
    with pytest.raises(PackRefused):
        open_pack(raw[:-1] + b"x", manifest)


def test_a_bomb_is_refused_half_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "OPEN_BYTES_MAX", 1_000_000)
    manifest, raw = resigned(packed(*ORDINARY)[0], zstandard.compress(bytes(1_000_000_00)))
    with pytest.raises(PackRefused, match="without end"):
        open_pack(raw, manifest)


@pytest.mark.parametrize("raw", [b"", b"no pack", zstandard.compress(b"no file"), zstandard.compress(b"")])
def test_what_is_no_pack_at_all_is_refused(raw: bytes) -> None:
    manifest, raw = resigned(packed(*ORDINARY)[0], raw)
    with pytest.raises(PackRefused):
        open_pack(raw, manifest)


@given(st.integers(0, 60_000), st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_harmless(place: int, flip: int) -> None:
    manifest, raw = packed(*ORDINARY)
    plain = bytearray(zstandard.decompress(raw))
    plain[place % len(plain)] ^= flip
    manifest, raw = resigned(manifest, zstandard.compress(bytes(plain)))
    try:
        assert len(open_pack(raw, manifest)) == 3
    except PackRefused:
        return


# -- the shelf --------------------------------------------------------------------------------------------------------


def test_a_shelf_gives_the_newest_pack_of_a_scope_while_it_lasts(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "packs")
    manifest, raw = packed(*ORDINARY)
    assert shelf.find("a life", TEAM, 1, 0) is None
    shelf.put(manifest, raw, 1_000)
    found = shelf.find("a life", TEAM, 1, 1_000 + LASTS_S)
    assert found is not None
    assert found.manifest == manifest
    path = shelf.path(manifest.sha256)
    assert path is not None
    assert path.read_bytes() == raw
    for other in (("a life", TEAM, 2), ("another", TEAM, 1), ("a life", "team:2", 1)):
        assert shelf.find(*other, 1_000) is None
    assert shelf.find("a life", TEAM, 1, 1_001 + LASTS_S) is None
    path.write_bytes(raw[:-1])
    assert shelf.find("a life", TEAM, 1, 1_000) is None


def test_a_full_shelf_gives_up_the_oldest(tmp_path: Path) -> None:
    made = [packed({"n": n}) for n in range(4)]
    shelf = Shelf(tmp_path, bytes_max=sum(m.bytes for m, _ in made[:2]) + 50)
    for day, (manifest, raw) in enumerate(made):
        shelf.put(manifest, raw, 1_000 + day)
    assert {path.stem for path in tmp_path.glob("*.pack")} == {m.sha256 for m, _ in made[2:]}
    assert shelf.path(made[3][0].sha256) is not None
