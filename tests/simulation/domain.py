"""A small town for the simulator: jobs with a field of every policy, scans that are only added, deeds on both."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sync.kinds import Claim, Command, Deed, Kind, ParamsInvalid, Policy, Registry, Verdict
from sync.mutations import RowExists
from sync.refusal import Refusal

TEAMS = ("1", "2", "3")
JOB, SCAN, CONFLICTS, HELD = "job", "scan", "conflicts", "held"
BLOBS = [f"{number:064x}" for number in range(20)]
"""The photos that acts may name."""
Row = dict[str, Any]


class NotReady(Refusal):
    """A step that does not follow the one before."""

    code = "town.not_ready"
    status = 409


class Forbidden(Refusal):
    """A rule of the town, found half-way through a deed."""

    code = "town.forbidden"
    status = 403


class AlreadySettled(Refusal):
    code = "town.already_settled"
    status = 409


class RuleFault(Exception):
    """A fault of ours, met half-way through a deed."""


def team_scope(team: str) -> str:
    return f"team:{team}"


def user_scope(user: str) -> str:
    return f"user:{user}"


def _read(params: Mapping[str, Any]) -> Row:
    for name in ("team", "other", "trouble", "choice"):
        if not isinstance(params.get(name, ""), str):
            raise ParamsInvalid(where=name)
    if params.get("team", TEAMS[0]) not in TEAMS:
        raise ParamsInvalid(where="team")
    return dict(params)


# -- deeds ------------------------------------------------------------------------------------------------------------


def new_job(row_id: str, team: str, by: str) -> Row:
    plain = dict.fromkeys(("note", "word", "high", "low", "serial", "holder"))
    return {"id": row_id, "team": team, "by": by, "step": "new", "count": 0, "tags": [], "photos": []} | plain


def _open(desk: Any, deed: Deed) -> None:
    if desk.find(JOB, deed.row_id) is not None:
        raise RowExists
    desk.write(JOB, deed.row_id, new_job(deed.row_id, deed.params.get("team", TEAMS[0]), deed.claim.user))
    _trouble(desk, deed)


def _trouble(desk: Any, deed: Deed) -> None:
    """Some deeds fail when they have written already: nothing of them may remain."""
    said = deed.params.get("trouble")
    if said:
        desk.flush()
        raise Forbidden if said == "refuse" else RuleFault


def _step(after: str, *before: str) -> Any:
    def accept(desk: Any, deed: Deed) -> None:
        if deed.verdict in (Verdict.conflict, Verdict.compensate):
            return
        job = desk.find(JOB, deed.row_id)
        if deed.verdict is Verdict.apply and job["step"] not in before:
            raise NotReady
        desk.write(JOB, deed.row_id, job | {"step": after})
        _trouble(desk, deed)

    return accept


def _hand(desk: Any, deed: Deed) -> None:
    desk.write(JOB, deed.row_id, desk.find(JOB, deed.row_id) | {"team": deed.params.get("team", TEAMS[0])})
    _trouble(desk, deed)


def _split(desk: Any, deed: Deed) -> None:
    """Two rows in one deed: the job is handed over, and its rest becomes a job of its own."""
    job = desk.find(JOB, deed.row_id)
    other = deed.params.get("other", "")
    if not other or desk.find(JOB, other) is not None:
        raise RowExists
    desk.write(JOB, deed.row_id, job | {"word": "split"})
    desk.flush()
    desk.write(JOB, other, new_job(other, job["team"], deed.claim.user))
    _trouble(desk, deed)


def _drop(desk: Any, deed: Deed) -> None:
    desk.remove(JOB, deed.row_id)
    _trouble(desk, deed)


def _edit(desk: Any, row_id: str, values: Mapping[str, Any], _claim: Claim) -> None:
    desk.write(JOB, row_id, desk.find(JOB, row_id) | values)
    if "poison" in values.values():
        desk.flush()
        raise Forbidden


def proof_of(blobs: Sequence[str], here: Callable[[str], bool]) -> str | None:
    """How what names photos stands: nothing waits for a photo, a rule may."""
    if not blobs:
        return None
    return "whole" if all(map(here, blobs)) else "awaiting"


def _scan_row(desk: Any, deed: Deed) -> Row:
    claim = deed.claim
    team = deed.params.get("team", TEAMS[0])
    said = {"id": deed.row_id, "team": team, "by": claim.user, "queue": claim.queue, "n": claim.n}
    return said | {"blobs": list(deed.blobs), "proof": proof_of(deed.blobs, desk.has_blob)}


def _scan(desk: Any, deed: Deed) -> None:
    if desk.find(SCAN, deed.row_id) is not None:
        raise RowExists
    desk.write(SCAN, deed.row_id, _scan_row(desk, deed))
    _trouble(desk, deed)


def _scans(desk: Any, deeds: Sequence[Deed]) -> None:
    if len({deed.row_id for deed in deeds}) < len(deeds):
        raise RowExists
    for deed in deeds:
        if desk.find(SCAN, deed.row_id) is not None:
            raise RowExists
        desk.add_fact(SCAN, deed.row_id, _scan_row(desk, deed))
    for deed in deeds:
        _trouble(desk, deed)


def _settle(desk: Any, deed: Deed) -> None:
    row = desk.find(CONFLICTS, deed.row_id)
    if row["state"] == "settled":
        raise AlreadySettled
    desk.write(CONFLICTS, deed.row_id, row | {"state": "settled", "by": deed.claim.user})


# -- kinds ------------------------------------------------------------------------------------------------------------

POLICIES = {
    "id": Policy.server,
    "team": Policy.server,
    "by": Policy.server,
    "step": Policy.state,
    "note": Policy.ask,
    "word": Policy.lww,
    "high": Policy.max,
    "low": Policy.min,
    "count": Policy.counter,
    "tags": Policy.set,
    "photos": Policy.append,
    "serial": Policy.once,
    "holder": Policy.custody,
}
EDITABLE = frozenset(POLICIES) - {"id", "team", "by", "step"}
KNOWN = frozenset({"team", "other", "trouble", "choice"})
STARTED_LATE = {"started": Verdict.noop, "done": Verdict.compensate, "cancelled": Verdict.conflict}
DONE_LATE = {"done": Verdict.noop, "cancelled": Verdict.compensate, "new": Verdict.conflict}
CANCELLED_LATE = {"cancelled": Verdict.noop, "started": Verdict.supersede, "done": Verdict.conflict}


def job_scopes(row: Row) -> list[str]:
    holder = [user_scope(row["holder"])] if row["holder"] else []
    return [team_scope(row["team"]), *holder]


def _stepping(name: str, after: str, table: Mapping[str, Verdict], *before: str) -> Command:
    accept = _step(after, *before)
    sets = {"step": after}
    return Command(name, JOB, _read, accept, state_field="step", table=table, sets=sets, known=KNOWN)


JOBS = Kind(
    name=JOB,
    table=None,
    fields=POLICIES,
    body=dict,
    scopes=job_scopes,
    commands=(
        Command("job.open", JOB, _read, _open, creates=True, known=KNOWN),
        _stepping("job.start", "started", STARTED_LATE, "new"),
        _stepping("job.finish", "done", DONE_LATE, "started"),
        _stepping("job.cancel", "cancelled", CANCELLED_LATE, "new", "started"),
        Command("job.hand", JOB, _read, _hand, known=KNOWN),
        Command("job.split", JOB, _read, _split, known=KNOWN),
        Command("job.drop", JOB, _read, _drop, known=KNOWN),
    ),
    edit=_edit,
    editable=EDITABLE,
)
SCANS = Kind(
    name=SCAN,
    table=None,
    fields=dict.fromkeys(("id", "team", "by", "queue", "n", "blobs", "proof"), Policy.server),
    body=dict,
    scopes=lambda row: [team_scope(row["team"])],
    commands=(Command("scan.add", SCAN, _read, _scan, fact=True, creates=True, accept_many=_scans, known=KNOWN),),
    facts=True,
)
CONFLICT_KIND = Kind(
    name=CONFLICTS,
    table=None,
    fields=dict.fromkeys(("id", "t", "row", "person", "why", "fields", "payload", "by"), Policy.server)
    | {"state": Policy.state},
    body=lambda row: {key: value for key, value in row.items() if key != "scopes"},
    scopes=lambda row: row["scopes"],
    commands=(Command("conflicts.settle", CONFLICTS, _read, _settle, state_field="state", known=KNOWN),),
)
HELD_FIELDS = ("id", "device", "epoch", "n", "cmd", "state", "needs", "outcome")
HELD_KIND = Kind(
    name=HELD,
    table=None,
    fields=dict.fromkeys(HELD_FIELDS, Policy.server),
    body=lambda row: {key: row[key] for key in HELD_FIELDS},
    scopes=lambda row: [user_scope(row["claim"]["user"])],
)
REGISTRY = Registry([JOBS, SCANS, CONFLICT_KIND, HELD_KIND])
