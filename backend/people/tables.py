"""What we keep of people: districts and areas, persons, teams, roles, sessions, keys, consent."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32
HASH = 64


class District(SQLModel, table=True):
    """A district served here, by its six-digit code."""

    __tablename__: ClassVar[str] = "people_district"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    code: str = Field(max_length=WORD, unique=True)
    name: str = Field(max_length=NAME_CHARS_MAX)
    created_at: datetime = Field(sa_type=Instant)


class Area(SQLModel, table=True):
    """A part of a district. `path` never changes; its prefix says what it lies in."""

    __tablename__: ClassVar[str] = "people_area"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    path: str = Field(max_length=AREA_PATH_CHARS_MAX, unique=True)
    parent: str | None = Field(default=None, max_length=AREA_PATH_CHARS_MAX)
    kind: str = Field(max_length=WORD)
    name: str = Field(max_length=NAME_CHARS_MAX)
    outline: str | None = Field(default=None, sa_type=Text)
    """GeoJSON geometry, WGS-84, checked and wound as RFC 7946 wants it."""


class Person(SQLModel, table=True):
    """Somebody who works here, or did."""

    __tablename__: ClassVar[str] = "people_person"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    name: str = Field(max_length=NAME_CHARS_MAX)
    phone: str = Field(max_length=WORD, unique=True)
    """`+8613800138000`."""
    status: str = Field(max_length=WORD)
    area: str = Field(max_length=AREA_PATH_CHARS_MAX, index=True)
    """Where employed; decides who looks after the person."""
    team_ids: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    """Teams at present, sorted: kept from the memberships, so that handsets learn of a change by this row."""
    consent_version: int | None = Field(default=None)
    consent_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    left_at: datetime | None = Field(default=None, sa_type=Instant)


class Credential(SQLModel, table=True):
    """How a person shows that it is them. Apart from Person: never synced, and a failed try touches no journal."""

    __tablename__: ClassVar[str] = "people_credential"

    person_id: str = Field(primary_key=True, sa_type=ID, foreign_key="people_person.id")
    password_hash: str | None = Field(default=None, max_length=256)
    must_change_password: bool = Field(default=False)
    failed_tries: int = Field(default=0)
    tries_since_at: datetime | None = Field(default=None, sa_type=Instant)
    locked_until_at: datetime | None = Field(default=None, sa_type=Instant)
    firebase_uid: str | None = Field(default=None, max_length=128, unique=True)
    code_mac: str | None = Field(default=None, max_length=HASH)
    """Keyed hash of the one-time code that may set the next password."""
    code_expires_at: datetime | None = Field(default=None, sa_type=Instant)


class StrangerTries(SQLModel, table=True):
    """Failed tries on phones that nobody has, by a keyed hash that leaves few buckets: strangers are locked out as
    persons are, at the same cost, and cannot fill the table."""

    __tablename__: ClassVar[str] = "people_stranger_tries"

    bucket: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    failed_tries: int = Field(default=0)
    tries_since_at: datetime | None = Field(default=None, sa_type=Instant)
    locked_until_at: datetime | None = Field(default=None, sa_type=Instant)


class Team(SQLModel, table=True):
    """People who work together in an area."""

    __tablename__: ClassVar[str] = "people_team"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    name: str = Field(max_length=NAME_CHARS_MAX)
    area_id: str = Field(sa_type=ID, foreign_key="people_area.id", index=True)
    area: str = Field(max_length=AREA_PATH_CHARS_MAX, index=True)
    """The area's path."""
    trade: str = Field(max_length=WORD)
    dissolved_at: datetime | None = Field(default=None, sa_type=Instant)


class Membership(SQLModel, table=True):
    """A person in a team for a time. `phase` is what the handsets have been told; the instants are the truth."""

    __tablename__: ClassVar[str] = "people_membership"
    __table_args__ = (Index("ix_people_membership_phase", "phase", "until_at"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID, foreign_key="people_person.id", index=True)
    team_id: str = Field(sa_type=ID, foreign_key="people_team.id", index=True)
    since_at: datetime = Field(sa_type=Instant)
    until_at: datetime | None = Field(default=None, sa_type=Instant)
    phase: str = Field(max_length=WORD)


class RoleGrant(SQLModel, table=True):
    """A role held in an area for a time; `phase` as in Membership."""

    __tablename__: ClassVar[str] = "people_role_grant"
    __table_args__ = (Index("ix_people_role_grant_phase", "phase", "until_at"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID, foreign_key="people_person.id", index=True)
    role: str = Field(max_length=WORD)
    area: str = Field(max_length=AREA_PATH_CHARS_MAX)
    since_at: datetime = Field(sa_type=Instant)
    until_at: datetime | None = Field(default=None, sa_type=Instant)
    phase: str = Field(max_length=WORD)
    given_by: str | None = Field(default=None, sa_type=ID)


class SignInSession(SQLModel, table=True):
    """One sign-in and the chain of refresh tokens that descends from it: only the last is good, and `turn` names it."""

    __tablename__: ClassVar[str] = "people_session"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID, foreign_key="people_person.id", index=True)
    device_id: str | None = Field(default=None, sa_type=ID, index=True)
    way: str = Field(max_length=WORD)
    seed: str = Field(max_length=HASH)
    """Half of what refresh tokens are made from; the other half is the server's secret."""
    turn: int = Field(default=1)
    turned_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    """When the refresh token of this turn runs out."""
    started_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_why: str | None = Field(default=None, max_length=WORD)


class SigningKey(SQLModel, table=True):
    """A key that signs access tokens; the private half is sealed with the server's secret."""

    __tablename__: ClassVar[str] = "people_signing_key"

    kid: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    sealed_private: str = Field(sa_type=Text)
    public_x: str = Field(max_length=HASH)
    """The public half, base64url, as in a JWK's `x`."""
    created_at: datetime = Field(sa_type=Instant)
    retired_at: datetime | None = Field(default=None, sa_type=Instant)
    """It signs no more; its tokens are believed until they are over."""
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    """Its tokens are believed no more."""


class Notice(SQLModel, table=True):
    """A privacy notice; the highest version is in force."""

    __tablename__: ClassVar[str] = "people_notice"

    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    zh: str = Field(sa_type=Text)
    en: str = Field(sa_type=Text)
    published_at: datetime = Field(sa_type=Instant)


class ConsentRecord(SQLModel, table=True):
    """That a person accepted a notice, when and on which device. Only ever added."""

    __tablename__: ClassVar[str] = "people_consent"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID, foreign_key="people_person.id", index=True)
    version: int
    accepted_at: datetime = Field(sa_type=Instant)
    device_id: str | None = Field(default=None, sa_type=ID)
