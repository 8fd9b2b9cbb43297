"""What a phone or console knows of people: signing in, persons, teams, areas, roles, the privacy notice."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from mobile_contract.base import NAME_CHARS_MAX, Ask, At, Id, Label, Page, Wire

PASSWORD_CHARS_MIN = 8
PASSWORD_CHARS_MAX = 128
PASSWORD_BYTES_MAX = 512
TOKEN_CHARS_MAX = 200
ID_TOKEN_CHARS_MAX = 4_096
NOTICE_CHARS_MAX = 50_000
AREA_PATH_CHARS_MAX = 120
AREA_PATH_PATTERN = r"^/[0-9]{6}/([a-z0-9_-]{1,40}/){0,6}$"


class PersonStatus(StrEnum):
    """Whether a person works here."""

    active = "active"
    left = "left"


class Trade(StrEnum):
    """What teams do in the scenes that come with the house."""

    sanitation = "sanitation"
    greening = "greening"
    street_order = "street_order"
    gas = "gas"


TradeCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$", examples=["sanitation"])]
"""What a team does: one of Trade, or the code of a scene that a file brought."""


class AreaKind(StrEnum):
    """The levels of a district's division, widest first."""

    district = "district"
    street = "street"
    grid = "grid"


class RoleName(StrEnum):
    """The roles a person may be given."""

    crew = "crew"
    collector = "collector"
    gas_worker = "gas_worker"
    station_operator = "station_operator"
    handler = "handler"
    acceptor = "acceptor"
    ganger = "ganger"
    dispatcher = "dispatcher"
    checker = "checker"
    evaluator = "evaluator"
    supervisor = "supervisor"
    leader = "leader"
    admin = "admin"
    citizen = "citizen"


def _plain(text: str) -> str:
    if any(ord(c) < 32 or ord(c) == 0x7F for c in text):
        raise ValueError("control characters are not allowed")
    return text


PhoneText = Annotated[str, StringConstraints(min_length=5, max_length=32), Field(examples=["13800138000"])]
"""A mainland mobile number as people write it: spaces, hyphens and +86 are understood."""
GivenPassword = Annotated[str, StringConstraints(min_length=1, max_length=PASSWORD_CHARS_MAX), AfterValidator(_plain)]
NewPassword = Annotated[str, StringConstraints(min_length=1, max_length=PASSWORD_CHARS_MAX), AfterValidator(_plain)]
"""8 to 128 characters; the rule answers people.password_weak with its reason."""
AreaPath = Annotated[
    str,
    StringConstraints(max_length=AREA_PATH_CHARS_MAX, pattern=AREA_PATH_PATTERN),
    Field(examples=["/440111/songzhou/07/"]),
]
"""Where an area stands: it covers every area whose path begins with its own."""
AreaCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$"), Field(examples=["07"])]
SearchText = Annotated[str, StringConstraints(min_length=1, max_length=NAME_CHARS_MAX), AfterValidator(_plain)]
DeviceSecret = Annotated[str, StringConstraints(min_length=1, max_length=TOKEN_CHARS_MAX)]


# -- signing in ---------------------------------------------------------------------------------------------------


class SignIn(Ask):
    """`device_id` and `device_secret` come from enrolling the handset; a console sends neither."""

    phone: PhoneText
    password: GivenPassword
    device_id: Id | None = None
    device_secret: DeviceSecret | None = None


class FirebaseSignIn(Ask):
    """Signing in by an ID token of the district's Firebase project."""

    id_token: Annotated[str, StringConstraints(min_length=1, max_length=ID_TOKEN_CHARS_MAX)]
    device_id: Id | None = None
    device_secret: DeviceSecret | None = None


class Refresh(Ask):
    """A refresh token is good for one use; the answer holds the next."""

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=TOKEN_CHARS_MAX)]


class SetPassword(Ask):
    """A new password, shown to be rightful by a one-time code from the supervisor."""

    phone: PhoneText
    code: Annotated[str, StringConstraints(min_length=4, max_length=32), Field(examples=["K7Q2M9XA"])]
    new_password: NewPassword


class ChangePassword(Ask):
    """A new password in place of the present one; every other session ends."""

    password: GivenPassword
    new_password: NewPassword


class RoleHeld(Wire):
    """A role in an area."""

    id: Id
    role: RoleName
    area: AreaPath
    since_at: At
    until_at: At | None = None


class Tokens(Wire):
    """What a client keeps. Send `access_token` as `Authorization: Bearer`; refresh before `expires_in` is over."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of the scheme
    expires_in: int
    """Seconds the access token lives."""
    refresh_expires_in: int
    """Seconds the refresh token lives when it is not used."""


class Me(Wire):
    """The person who asks."""

    id: Id
    name: str
    phone: str
    area: AreaPath
    """Where the person is employed."""
    team_ids: list[Id]
    roles: list[RoleHeld]
    consent_due: bool
    """While true, only the notice, consent and sign-out answer."""
    consent_version: int | None = None
    notice_version: int | None = None
    password_change_due: bool


class SignedIn(Tokens):
    """Tokens, and who they are for."""

    session_id: Id
    device_id: Id | None = None
    person: Me


class ChangeMe(Ask):
    """What people may change about themselves."""

    name: Label | None = None


class Notice(Wire):
    """The privacy notice in force."""

    version: int
    zh: str
    en: str
    published_at: At


class PublishNotice(Ask):
    """A new privacy notice; everybody is asked to accept it before going on."""

    version: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
    zh: Annotated[str, StringConstraints(min_length=1, max_length=NOTICE_CHARS_MAX)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=NOTICE_CHARS_MAX)]


class Consent(Ask):
    """The version that was read and accepted."""

    version: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


# -- persons ------------------------------------------------------------------------------------------------------


class Person(Wire):
    """A person, as those see them who look after them."""

    id: Id
    name: str
    phone: str
    status: PersonStatus
    area: AreaPath
    team_ids: list[Id]
    roles: list[RoleHeld]
    consent_version: int | None = None
    created_at: At
    left_at: At | None = None


class NewPerson(Ask):
    """A person to be taken on, with what they do from the first day."""

    name: Label
    phone: PhoneText
    area: AreaPath
    team_id: Id | None = None
    roles: Annotated[list[RoleName], Field(min_length=1, max_length=14)]
    """Given in `area`."""


class OneTimeCode(Wire):
    """A code to be handed over in person; it sets one password and then is gone."""

    person_id: Id
    code: str
    expires_at: At


class PersonTakenOn(Person):
    """A new person and the code for their first password."""

    first_code: OneTimeCode


class ChangePerson(Ask):
    """What is named is changed."""

    name: Label | None = None
    phone: PhoneText | None = None
    area: AreaPath | None = None


class GiveRole(Ask):
    """A role in an area, from now or later, for good or until a day."""

    role: RoleName
    area: AreaPath
    since_at: At | None = None
    until_at: At | None = None


# -- teams --------------------------------------------------------------------------------------------------------


class Member(Wire):
    """A person in a team."""

    person_id: Id
    name: str
    since_at: At
    until_at: At | None = None


class Team(Wire):
    """A team and its members, present and coming."""

    id: Id
    name: str
    area: AreaPath
    trade: TradeCode
    dissolved_at: At | None = None
    members: list[Member]


class NewTeam(Ask):
    """A team to be formed."""

    name: Label
    area: AreaPath
    trade: TradeCode


class ChangeTeam(Ask):
    """What is named is changed."""

    name: Label | None = None
    area: AreaPath | None = None


class JoinTeam(Ask):
    """Takes a person into the team, from now or from an instant on."""

    person_id: Id
    since_at: At | None = None
    until_at: At | None = None


class MoveTeam(Ask):
    """From one team to another, now or at an instant; the person is never in both, nor in none."""

    from_team_id: Id
    to_team_id: Id
    at: At | None = None


class LeaveTeam(Ask):
    """Ends a membership, now or at an instant."""

    at: At | None = None


# -- areas --------------------------------------------------------------------------------------------------------


class Outline(Wire):
    """A GeoJSON Polygon or MultiPolygon in WGS-84, longitude before latitude (RFC 7946)."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class GivenOutline(Ask):
    """As `Outline`; checked for range, closure and self-intersection."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: Annotated[
        list[Any],
        Field(examples=[[[[113.27, 23.18], [113.28, 23.18], [113.28, 23.19], [113.27, 23.18]]]], max_length=1_000),
    ]


class AreaFacts(Wire):
    """The properties of an area's feature."""

    path: AreaPath
    kind: AreaKind
    name: str
    parent: AreaPath | None = None


class AreaFeature(Wire):
    """An area as a GeoJSON Feature."""

    type: Literal["Feature"] = "Feature"
    id: Id
    properties: AreaFacts
    geometry: Outline | None = None


class AreaCollection(Wire):
    """Areas as a GeoJSON FeatureCollection."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[AreaFeature]
    next: str | None = None
    """Cursor of the following page; null at the end."""


class NewArea(Ask):
    """An area inside another: a street in the district, a grid in a street."""

    parent: AreaPath
    code: AreaCode
    kind: Literal[AreaKind.street, AreaKind.grid]
    name: Label
    outline: GivenOutline | None = None


class ChangeArea(Ask):
    """What is named is changed; an area's path is for ever."""

    name: Label | None = None
    outline: GivenOutline | None = None


class PublicKey(Wire):
    """A public key in JWK form (RFC 8037)."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    use: Literal["sig"] = "sig"
    alg: Literal["EdDSA"] = "EdDSA"
    kid: str
    x: str


class PublicKeys(Wire):
    """The keys whose access tokens are believed (RFC 7517)."""

    keys: list[PublicKey]


class RotateKeys(Ask):
    """`withdraw`: also refuse every token of the present keys at once, after a leak."""

    withdraw: Annotated[bool, Field(strict=True)] = False


PersonPage = Page[Person]
TeamPage = Page[Team]
