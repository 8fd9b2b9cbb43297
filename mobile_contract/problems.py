"""Every refusal code a phone may meet, in Chinese and English. A code is for ever."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from mobile_contract.base import Wire
from mobile_contract.texts import TEXTS
from mobile_contract.texts.names import in_words


class Texts(Wire):
    """The refusal in both languages, ready to be shown."""

    zh: Annotated[str, Field(examples=["请先登录。"])]
    en: Annotated[str, Field(examples=["Please sign in first."])]


class Problem(Wire):
    """How every refusal is answered: RFC 9457 problem details, as application/problem+json."""

    type: Annotated[str, Field(examples=["urn:gridcrew:problem:auth.not_signed_in"])]
    title: Annotated[str, Field(examples=["请先登录。"])]
    """The text in the language asked for by Accept-Language."""
    status: Annotated[int, Field(ge=400, le=599, examples=[401])]
    code: Annotated[str, Field(examples=["auth.not_signed_in"])]
    """Stable for ever; what a program decides by. A phone shows `texts` of a code it does not know."""
    detail: str
    """For a developer; not for the crew."""
    params: dict[str, Any]
    """What fills the texts, and what a program needs to go on: `expected`, `epoch`, `retry_s`."""
    texts: Texts
    instance: str
    """The id of the request, as in the log and in X-Request-Id."""


@dataclass(frozen=True, slots=True)
class ProblemText:
    """What a person reads; `{name}` is filled from the refusal's params."""

    zh: str
    en: str


_TOLD = ("state", "step", "act")
"""What refusals tell in words."""
PROBLEMS: dict[str, ProblemText] = {code: ProblemText(zh, en) for code, (zh, en) in TEXTS.items()}


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def say(code: str, params: dict[str, Any], language: str) -> str:
    """The text of a refusal in `zh` or `en`, its params filled in."""
    text = PROBLEMS[code]
    told = _Lenient(in_words(params, language, code, _TOLD))
    if isinstance(told.get("position"), int):
        told["position"] += 1  # programs count from 0, people from 1
    return (text.zh if language == "zh" else text.en).format_map(told)
