"""Settings: built once at start-up and handed down; nothing else reads the environment."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mobile_contract.notices import PushGateway
from mobile_contract.people import RoleName

DEMO_SECRET = "demo-only-not-a-secret-demo-only-not-a-secret"  # noqa: S105 - refused outside the demo, see below
SECRET_CHARS_MIN = 32


class AlarmStep(BaseModel):
    """A circle of people to whom an alarm is told when nobody has seen it for so long."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after_s: int = Field(ge=0, le=86_400)
    """Since it was raised; the first circle is told at once."""
    roles: tuple[RoleName, ...] = Field(min_length=1)


ALARM_STEPS_EXAMPLE = (
    AlarmStep(after_s=0, roles=(RoleName.ganger, RoleName.dispatcher)),
    AlarmStep(after_s=120, roles=(RoleName.supervisor,)),
    AlarmStep(after_s=600, roles=(RoleName.leader, RoleName.admin)),
)
"""Example only: a district says who is told, and how soon."""


class Settings(BaseSettings):
    """Read from `GRIDCREW_*` variables by the command line, or given by a test."""

    model_config = SettingsConfigDict(env_prefix="GRIDCREW_", extra="forbid", frozen=True)

    data_dir: Path = Path(".demo")
    """Where the embedded database, attachments, keys and certificates live."""
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in `data_dir`."""
    secret: SecretStr = SecretStr(DEMO_SECRET)
    """Signs cookies and page tokens. Refused when it is the demo's, outside the demo."""
    demo: bool = False
    testing: bool = False
    public_url: str = "http://127.0.0.1:8080"
    """How phones reach this server; goes into QR codes."""
    district: str = "440111"
    """Six-digit code of the district this server serves."""
    access_token_s: int = Field(default=600, ge=60, le=3_600)
    refresh_token_s: int = Field(default=90 * 86_400, ge=3_600)
    sign_in_tries_max: int = Field(default=5, ge=1, le=100)
    """Wrong passwords in a row before an account is locked."""
    sign_in_lock_s: int = Field(default=900, ge=1)
    sign_ins_per_minute: int = Field(default=120, ge=1)
    """Sign-in attempts a minute from one address."""
    public_asks_per_minute: int = Field(default=30, ge=1)
    """Knocks a minute from one address at each door that asks nobody who they are."""
    public_tries_per_hour: int = Field(default=20, ge=1)
    """Tries an hour at one customer's label, whoever tries: its check has 20 bits."""
    argon2_at_once: int = Field(default=2, ge=1, le=64)
    """Password hashes computed at the same time; each takes 64 MiB."""
    argon2_memory_kib: int = Field(default=65_536, ge=8)
    argon2_time_cost: int = Field(default=3, ge=1)
    body_bytes_max: int = Field(default=1_000_000, ge=10_000)
    upload_bytes_max: int = Field(default=50_000_000, ge=1_000_000)
    attachments_url: str = ""
    """Where contents are kept, as obstore reads it (`s3://bucket/prefix`); empty means a folder in `data_dir`."""
    firebase_project: str = ""
    """Firebase project whose ID tokens are accepted; empty switches that way in off."""
    push_gateway: PushGateway = PushGateway.none
    """By which vendor's service phones are pushed; without one they poll."""
    fcm_credentials: Path | None = None
    """The key file (JSON) of the service account that may send by Firebase Cloud Messaging."""
    fcm_url: str = ""
    """Another address than Google's, for tests alone."""
    phones_keep_entries: int = Field(default=10_000, ge=1_000, le=100_000)
    """Acknowledged mutations of a queue that phones keep where no backup covers them, to be sent again after a loss."""
    phones_keep_days: int = Field(default=30, ge=1, le=365)
    """How long they keep them at most; without backups, a database lost after this takes older work with it."""
    log_json: bool = True
    workers: int = 1
    calendar_file: Path | None = None
    """Holidays, moved days off and working Sundays (see kernel/calendar.py); the house brings an example only."""
    practice_file: Path | None = None
    """How cases are handled here (JSON, see cases/rules/practice.py): numbers, limits, working sessions, levels."""
    no_contact_h: int = Field(default=72, ge=1, le=24 * 60)
    """So long after a shift a silent phone is waited for; then the day is decided without it."""
    evidence_grace_h: int = Field(default=24, ge=1, le=24 * 60)
    """Acts and photos that come later than so long after the end of the shift are listed for whoever supervises."""
    corrections_per_month: int = Field(default=3, ge=0, le=100)
    correction_days: int = Field(default=7, ge=0, le=366)
    """How many days after a day its clock-ins may be corrected by request (补卡)."""
    day_boundary_min: int = Field(default=240, ge=0, lt=1_440)
    """When the day of somebody without a shift begins, minutes since midnight."""
    punch_place_days: int = Field(default=365, ge=30)
    """How long the coordinates of a clock-in are kept; its verdict stays."""
    alarm_steps: tuple[AlarmStep, ...] = Field(default=ALARM_STEPS_EXAMPLE, min_length=1, max_length=10)
    """Whom an unseen alarm is told to, and how soon: JSON, `[{"after_s": 0, "roles": ["ganger"]}]`."""
    alarm_repeat_s: int = Field(default=600, ge=60, le=86_400)
    """How often the last of these circles is told again."""
    gas_papers: dict[str, tuple[str, ...]] = Field(default={})
    """Which kinds of certificates and trainings a gas worker must hold on the day, by work: JSON,
    `{"deliver": ["certificate", "training"]}`. For a work that is not named any one will do."""
    gas_not_met_max: int = Field(default=3, ge=1, le=4)
    """After so many visits at which nobody was met, each at another part of the day, a notice is due and the next order
    comes only with a booked check. Assumed."""
    gas_warn_months: int = Field(default=5, ge=1, le=5)
    """So many calendar months after the last check of a home the next one is told to be due soon. Assumed."""
    metrics_token: SecretStr = SecretStr("")
    """When set, `/metrics` wants it as a bearer token; empty leaves metrics to loopback callers only."""

    @model_validator(mode="after")
    def _refuse_defaults_outside_the_demo(self) -> Self:
        if self.demo or self.testing:
            return self
        if self.secret.get_secret_value() == DEMO_SECRET:
            raise ValueError("GRIDCREW_SECRET is not set: outside the demo a secret of your own is needed")
        if len(self.secret.get_secret_value()) < SECRET_CHARS_MIN:
            raise ValueError(f"GRIDCREW_SECRET is shorter than {SECRET_CHARS_MIN} characters")
        return self

    @model_validator(mode="after")
    def _refuse_half_a_gateway(self) -> Self:
        if self.push_gateway is PushGateway.fcm and self.fcm_credentials is None:
            raise ValueError("GRIDCREW_PUSH_GATEWAY is fcm, but GRIDCREW_FCM_CREDENTIALS names no key file")
        if self.push_gateway is not PushGateway.fcm and self.fcm_credentials is not None:
            raise ValueError("GRIDCREW_FCM_CREDENTIALS is set, but GRIDCREW_PUSH_GATEWAY is not fcm")
        if self.fcm_url and not self.testing:
            raise ValueError("GRIDCREW_FCM_URL is for tests: pushes would go to a stranger")
        return self

    @model_validator(mode="after")
    def _refuse_alarms_out_of_order(self) -> Self:
        times = [step.after_s for step in self.alarm_steps]
        if times[0] != 0 or times != sorted(set(times)):
            raise ValueError("GRIDCREW_ALARM_STEPS begins with after_s 0 and rises from step to step")
        return self

    def url(self) -> str:
        """The database as an SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'gridcrew.db'}"

    def packs_dir(self) -> Path:
        """Where packs for first fills are kept; they are built anew when they are lost."""
        return self.data_dir / "packs"
