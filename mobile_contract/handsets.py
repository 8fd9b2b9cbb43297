"""What a phone knows of its own enrolment and of conflicts."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from mobile_contract.base import Ask, At, Id, Label, Text, Wire
from mobile_contract.notices import PushGateway

TOKEN_CHARS_MAX = 200


class DeviceStatus(StrEnum):
    """Whether a handset may still hold anything."""

    active = "active"
    lost = "lost"
    revoked = "revoked"


class AskInvite(Ask):
    """An invitation to enrol one handset."""

    person_id: Id | None = None
    """Whose handset it will be; null for a shared one."""
    label: Label | None = None


class Invite(Wire):
    """An invitation. The token is shown once, as a QR code to scan with the handset."""

    invite_id: Id
    payload: str
    """What the QR code says."""
    qr_svg: str
    expires_at: At


class AskEnrol(Ask):
    """A handset presents the token it scanned: the whole payload, or the token in it."""

    token: Annotated[str, Field(min_length=8, max_length=500)]
    model: Label = "unknown"
    app: Label = "unknown"


class Enrolled(Wire):
    """A handset's own names. The secret is shown once and belongs in the phone's key store."""

    device_id: Id
    device_secret: str
    epoch: int
    district: str
    contract: int
    wipe_key: str
    """Ed25519 public key, base64url: the phone wipes itself only by an order signed with it."""


class WipeOrder(Wire):
    """The order to wipe, signed over `gridcrew wipe 1|device_id|status|ended_ms`."""

    device_id: Id
    status: str
    ended_ms: int
    signature: str


class WipeReceipt(Ask):
    """The phone has wiped itself: the order it did so by, given back."""

    device_id: Id
    status: Annotated[str, Field(max_length=32)]
    ended_ms: Annotated[int, Field(ge=0, le=2**53 - 1, strict=True)]
    signature: Annotated[str, Field(max_length=200)]


class AskRenew(Ask):
    """A handset asks for a new epoch after a reinstall, or when a number was used twice."""

    device_secret: Annotated[str, Field(min_length=8, max_length=TOKEN_CHARS_MAX)]


class Renewed(Wire):
    """The epoch under which the handset numbers its mutations from now on."""

    device_id: Id
    epoch: int


class Device(Wire):
    """A handset as the desk sees it."""

    id: Id
    label: str
    model: str
    app: str
    status: DeviceStatus
    epoch: int
    person_id: Id | None
    area: str
    enrolled_at: At
    last_push_at: At | None
    last_pull_at: At | None
    wiped_at: At | None
    """When the phone said that it has wiped itself; null for an ended one that was not heard of since."""


class Hello(Wire):
    """The server's word on itself: the time, the contract and every limit a phone checks before it queues."""

    server_ms: int
    contract: int
    contract_oldest: int
    district: str
    limits: dict[str, int]
    push: PushGateway = PushGateway.none
    """By which vendor's service phones can be pushed here."""


class ConflictState(StrEnum):
    """Whether somebody still owes a decision."""

    open = "open"
    settled = "settled"


class Severity(StrEnum):
    """How much hangs on a conflict."""

    info = "info"
    decide = "decide"
    refused = "refused"
    broken = "broken"


class Owner(StrEnum):
    """Who owes the decision; it moves up when `due_at` passes."""

    ganger = "ganger"
    dispatcher = "dispatcher"
    supervisor = "supervisor"
    admin = "admin"


class Choice(StrEnum):
    """How a conflict is settled."""

    keep_server = "keep_server"
    take_device = "take_device"
    noted = "noted"


class ConflictFilter(Ask):
    """Which conflicts are asked for; everything named must hold."""

    state: ConflictState | None = None
    severity: Severity | None = None
    owner: Owner | None = None
    person_id: Id | None = None
    team_id: Id | None = None
    t: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_.]{0,63}$")] = None
    older_than_h: Annotated[int | None, Field(ge=0, le=87_600, strict=True)] = None
    """Kept at least so many hours ago."""
    overdue: Annotated[bool, Field(strict=True)] = False
    """Only those whose time to decide is up."""


class ConflictField(Wire):
    """A field's two sides. `server` is null and `withheld` true where the reader's sight has ended."""

    f: str
    base: Any = None
    server: Any = None
    device: Any = None
    policy: str
    chosen: str
    withheld: bool = False


class Conflict(Wire):
    """A conflict kept whole, as crew and desk both see it."""

    id: Id
    t: str | None
    row: str | None
    device: Id
    epoch: int
    user: Id
    n: int
    cmd: str
    severity: str
    state: ConflictState
    why: dict[str, Any] | None
    text: dict[str, str]
    """What happened, in zh and en, in words a crew understands."""
    fields: list[ConflictField]
    payload: dict[str, Any]
    done_at: At
    created_at: At
    settled_at: At | None
    settled_by: Id | None
    choice: Choice | None
    note: str
    team_id: Id | None
    owner: Owner
    due_at: At | None
    """When the decision moves up to the next owner; null when it is settled, or nobody is above."""


class ConflictSide(Wire):
    """The server's side of a conflict, for desks alone: synced beside a conflict that withholds it from its crew."""

    id: Id
    """That of the conflict."""
    why: dict[str, Any] | None
    text: dict[str, str]
    fields: list[ConflictField]


class AskSettle(Ask):
    """The desk's decision."""

    choice: Choice
    note: Text = ""
