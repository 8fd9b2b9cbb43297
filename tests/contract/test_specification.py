"""sync/README.md says what the server does: its limits, its codes, its messages, field by field."""

import re
from datetime import timedelta
from importlib import import_module
from typing import Any

from backend.handsets import rules
from backend.handsets.routes.sync import LIMITS
from backend.kernel import streams
from mobile_contract import version
from mobile_contract.frames import FRAMES, REPAIR_FRAMES
from mobile_contract.problems import PROBLEMS
from sync import protocol
from sync.protocol import Result
from tests.walls.sources import ROOT

TEXT = (ROOT / "sync" / "README.md").read_text("utf-8")
CODE = re.compile(r"\b((?:sync|request|auth|server)\.[a-z_]+)\b")
MESSAGES = (
    protocol.Push,
    protocol.PushClock,
    protocol.Mutation,
    protocol.DeviceTime,
    protocol.RowRef,
    protocol.Op,
    protocol.PushAnswer,
    protocol.Outcome,
    protocol.Pull,
    protocol.Repair,
    *FRAMES,
    *REPAIR_FRAMES,
)
NAMES_OF_FILES = {"sync.json"}
IN_ONE_LINE = " ".join(TEXT.split())
NUMBERS = re.compile(r"^([A-Z][A-Z0-9_]*(?:, [A-Z][A-Z0-9_]*)*)(?:: \w+)? = \d", re.MULTILINE)
WORDED: dict[str, Any] = {
    "clocks.AGE_MAX_MS": lambda v: f"one older than {v // 86_400_000} days",
    "clocks.DRIFT_PPM": lambda v: f"Drift is {v} ppm",
    "clocks.HAND_SET_MS": lambda v: f"by more than {v // 1000} s, somebody set it",
    "clocks.POOR_ERROR_MS": lambda v: "never told longer than a day" if v == 86_400_000 else "?",
    "clocks.RTT_UNKNOWN_MS": lambda v: f"{v // 1000} s assumed if not measured",
    "clocks.WALL_ERROR_MS": lambda v: f"{v // 60_000} minutes and half the round trip",
    "compaction.PRUNED_AT_ONCE": lambda v: f"{v:,} rows at a time",
    "cursor.TICKET_LASTS_S": lambda v: "lasts an hour" if v == 3600 else "?",
    "handset.client.MENDS_MAX": lambda v: "still differs after two repairs" if v == 2 else "?",
    "handset.client.THROUGH_EVERY_MS": lambda v: "once in ten minutes" if v == 600_000 else "?",
    "handset.filling.ASKED_ANEW_MAX": lambda v: f"up to {v} times in a run",
    "handset.mending.MENDED_ROWS_MAX": lambda v: f"or by more than {v:,} rows",
    "handset.polling.FAILED_MOST_S": lambda v: f"and so on to {v // 60} minutes",
    "handset.polling.FAILED_FIRST_S": lambda v: f"is tried again after {v} s",
    "handset.polling.POLL_MOST_S": lambda v: "and an hour, whatever it was told" if v == 3600 else "?",
    "handset.polling.POLL_S": lambda v: f"`next_poll_s` is {v} s",
    "handset.polling.POLL_LEAST_S": lambda v: f"takes it between {v} s",
    "lookout.EPOCHS_BACK": lambda v: "more than two epochs after its `held_cookie` was given" if v == 3 else "?",
    "mending.SPAN": lambda v: f"closed spans of {v:,} versions",
    "offering.BUILD_ROWS_MAX": lambda v: f"builds scopes beyond {v:,} rows in a job",
    "offering.FRESH_PARTS": lambda v: "until a fifth of it has changed" if v == 5 else "?",
    "offering.PACK_ROWS_MIN": lambda v: f"Scopes under {v} rows",
    "protocol.BLOBS_PER_MUTATION_MAX": lambda v: f"`blobs_per_mutation` | {v} each",
    "protocol.KEPT_AGE_S": lambda v: f"10,000 and {v // 86_400} days",
    "protocol.KEPT_ENTRIES": lambda v: f"Until told: {v:,}",
    "protocol.MS_MAX": lambda v: "whole numbers | 2⁵³ - 1" if v == 2**53 - 1 else "?",
    "protocol.MUTATIONS_PER_PUSH_MAX": lambda v: f"`mutations_per_push` | {v} |",
    "protocol.MUTATION_BYTES_MAX": lambda v: f"as it was first queued | {v:,} |",
    "protocol.NEEDS_PER_MUTATION_MAX": lambda v: f"`blobs_per_mutation` | {v} each",
    "protocol.NESTING_MAX": lambda v: f"`mutation_nesting` | {v} |",
    "protocol.N_MAX": lambda v: "whole numbers | 2⁵³ - 1" if v == 2**53 - 1 else "?",
    "protocol.OPS_PER_MUTATION_MAX": lambda v: f"`blobs_per_mutation` | {v} each",
    "protocol.PACKS_PER_OFFER_MAX": lambda v: f"`packs_per_offer` | {v} |",
    "protocol.PAGE_BYTES_DEFAULT": lambda v: f"and {v:,} where it is left out",
    "protocol.PAGE_BYTES_MAX": lambda v: f"where it is left out | {v:,} |",
    "protocol.PUSH_BYTES_MAX": lambda v: f"after decompression | {v:,} |",
    "protocol.REPAIR_RANGES_CHARS_MAX": lambda v: f"`repair_ranges_chars`, of a scope | {v:,} |",
    "protocol.REPAIR_ROWS_MAX": lambda v: f"by id (`doubt`), {v} each a request",
    "protocol.REPAIR_SCOPES_MAX": lambda v: f"`repair_scopes`, of one request | {v} |",
    "protocol.RESULTS_KEPT": lambda v: f"`results_kept` | {v:,} of a queue",
    "pull.COOKIE_STANDS_S": lambda v: "for an hour at most: `to` moves on" if v == 3_600 else "?",
    "pull.HORIZON_S": lambda v: f"(the horizon of {v // 86_400} days",
    "pull.PAGE_LASTS_S": lambda v: f"a page token | {v // 3600} h |",
    "pull.POLL_JITTER_S": lambda v: f"up to {v} s more, by device",
    "pull.POLL_S": lambda v: f"`next_poll_s` is {v} s",
    "repair.ANSWER_BYTES_MAX": lambda v: f"An answer beyond {v:,} bytes a scope",
    "repair.ASKED_LIST_MAX": lambda v: f"({v} where asked)",
    "repair.END": lambda v: "*to the end* (2⁶³)" if v == 2**63 else "?",
    "repair.FIRST_SPLIT": lambda v: f"cut into at most {v} ranges",
    "repair.LIST_MAX": lambda v: f"(with up to {v} pairs: one range, asked)",
    "repair.RANGES_MAX": lambda v: f"at most {v:,} ranges a scope",
    "repair.ROUNDS_MAX": lambda v: f"After at most {v} rounds",
    "repair.SPLIT": lambda v: f"the range cut into {v}, summed",
    "repair.SUM_BYTES": lambda v: f"| 1 summed | {v} bytes |",
    "repair.TOLD_BYTES": lambda v: f", {v} bytes of the mark",
    "scopes.GRACE_S": lambda v: f"up to {v // 86_400} days after the cookie was given",
    "snapshot.FIELDS_MAX": lambda v: f"fields of one | 256,000,000 bytes; 500; {v} |",
    "snapshot.FORMAT": lambda v: f"`format` = {v}",
    "snapshot.FORMS_MAX": lambda v: f"256,000,000 bytes; {v}; 500",
    "snapshot.OPEN_BYTES_MAX": lambda v: f"it unfolds to at most {v:,} bytes",
    "snapshot.PACK_BYTES_MAX": lambda v: f"{v:,} bytes; 500; 500",
    "stores.packs.LASTS_S": lambda v: f"({v // 86_400} days, 4 GB, oldest out first)",
    "stores.packs.SHELF_BYTES_MAX": lambda v: f"{v // 10**9} GB, oldest out first",
}
"""How the text says each number of the code that somebody outside can come to feel."""
OWN_AFFAIRS = {
    "cursor.COOKIES_KEPT_MAX",
    "cursor.MAC_BYTES",
    "digests.MODULUS",
    "handset.client.PAGES_MAX",
    "handset.client.RESTARTS_MAX",
    "handset.filling.PACKS_MAX",
    "handset.outbox.ENVELOPE_BYTES",
    "journal.LIFE_SPAN",
    "mending.MARKS_KEPT",
    "mutations.AT_ITS_END",
    "protocol.PACK_CHUNK_BYTES",
    "pull.ROWS_AT_ONCE",
    "repair.MARK_BITS",
    "snapshot.LEVEL",
    "snapshot.PAGE_BYTES",
    "snapshot.ROWS_AT_ONCE",
    "snapshot.STEPS_MAX",
}
"""Numbers that are nobody's business: how much is done at a stroke, or the reference handset's patience."""


def test_the_limits_in_the_text_are_the_servers() -> None:
    told: dict[str, int] = {}
    for names, value in re.findall(r"^\| ((?:`\w+`[^|]*?)+) \| ([\d,]+)[^|]*\|", TEXT, re.MULTILINE):
        told |= dict.fromkeys(re.findall(r"`(\w+)`", names), int(value.replace(",", "")))
    assert {name: told.get(name) for name in LIMITS} == LIMITS


def numbers() -> set[str]:
    """Every number with a name in sync/, as `module.NAME`; how a store batches its statements is its own affair."""
    files = {path: path.relative_to(ROOT / "sync").with_suffix("") for path in (ROOT / "sync").rglob("*.py")}
    files = {path: f for path, f in files.items() if f.parts not in (("stores", "driver"), ("stores", "sql"))}
    told = {f: NUMBERS.findall(path.read_text("utf-8")) for path, f in files.items()}
    return {".".join((*f.parts, name)) for f, lines in told.items() for line in lines for name in line.split(", ")}


def test_every_number_of_the_code_is_in_the_text_or_nobodys_business() -> None:
    assert numbers() == WORDED.keys() | OWN_AFFAIRS


def test_the_numbers_in_the_text_are_those_of_the_code() -> None:
    told = {
        name: worded(getattr(import_module(f"sync.{m}"), c))
        for name, worded in WORDED.items()
        for m, c in [name.rsplit(".", 1)]
    }
    assert {name: words for name, words in told.items() if words not in IN_ONE_LINE} == {}


def test_the_servers_own_numbers_in_the_text_are_the_servers() -> None:
    hours = {name: within // timedelta(hours=1) for name, within in rules.DUE_WITHIN.items()}
    assert f"{hours['decide']} hours for `decide`, {hours['refused']} for `refused`" in IN_ONE_LINE
    assert f"a held mutation | {rules.HELD_LASTS // timedelta(hours=1)} h |" in IN_ONE_LINE
    assert f"process holds {rules.POKES_MAX:,} streams" in IN_ONE_LINE
    assert f"A comment line every {rules.POKE_HEARTBEAT_S:.0f} seconds" in IN_ONE_LINE.replace("a comment", "A comment")
    assert f"does not take a line for {streams.SLOW_S:.0f} seconds" in IN_ONE_LINE
    assert f"taken for {version.DRAINS_DAYS} days after the version was retired" in IN_ONE_LINE


def test_every_code_in_the_text_is_one_and_every_code_of_sync_is_in_the_text() -> None:
    named = set(CODE.findall(TEXT)) - NAMES_OF_FILES
    assert {code for code in named if code not in PROBLEMS} == set()
    ours = {code for code in PROBLEMS if code.startswith("sync.")}
    assert ours - named == set()


def test_every_field_of_every_message_is_in_the_text() -> None:
    words = set(re.findall(r"\w+", TEXT))
    fields = {(m.__name__, f.alias or name) for m in MESSAGES for name, f in m.model_fields.items()}
    assert {f"{message}.{name}" for message, name in fields if name not in words} == set()


def test_every_result_is_in_the_text() -> None:
    assert {result.value for result in Result if f"`{result.value}`" not in TEXT} == set()


def test_the_diagrams_name_only_results_and_states_that_there_are() -> None:
    assert TEXT.count("```mermaid") == 3
    for block in re.findall(r"```mermaid\n(.*?)```", TEXT, re.DOTALL):
        assert block.startswith("stateDiagram-v2")
        assert all("-->" in line for line in block.splitlines()[1:])
