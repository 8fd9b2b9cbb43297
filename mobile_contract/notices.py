"""Notices: what the house has to tell one person, kept until it is read; and how a phone may be pushed."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from mobile_contract.base import Ask, At, Id, Wire
from mobile_contract.problems import Texts

PUSH_TOKEN_CHARS_MAX = 4_096


class InboxNotice(Wire):
    """One thing told to one person. Raised once a cause, however often the cause is seen."""

    id: Id
    person_id: Id
    code: str
    """What it is about, e.g. `conflicts.escalated`; a phone shows `texts` of a code it does not know."""
    params: dict[str, Any]
    title: Texts
    """A few words without a name in them: these alone travel through a vendor's push service."""
    texts: Texts
    """The whole of it, for the inbox."""
    urgent: bool
    """Worth a sound."""
    about_kind: str | None
    """With `about_id` the deep link: the kind and id of the row it is about; null where there is none."""
    about_id: Id | None
    created_at: At
    read_at: At | None


class ReadParams(Ask):
    """Params of `notices.read`: none. Reading twice is reading once."""


class PushGateway(StrEnum):
    """By which vendor's service a phone can be pushed. `none`: the phone polls."""

    none = "none"
    fcm = "fcm"


class PushLanguage(StrEnum):
    """In which language titles are pushed to this phone."""

    zh = "zh"
    en = "en"


class AskPush(Ask):
    """`PUT /notifications/v1/push-token`: a phone says under which token a vendor's service reaches it."""

    gateway: PushGateway
    token: Annotated[
        str,
        Field(
            min_length=8,
            max_length=PUSH_TOKEN_CHARS_MAX,
            pattern=r"^[\x21-\x7e]+$",
            examples=["dGhpcyBpcyBub3QgYSB0b2tlbg:APA91bF"],
        ),
    ]
    language: PushLanguage = PushLanguage.zh
