"""Every refusal code a phone may meet, in Chinese and English. A code is for ever."""

from dataclasses import dataclass
from typing import Any

from mobile_contract.texts import TEXTS


@dataclass(frozen=True, slots=True)
class ProblemText:
    """What a person reads; `{name}` is filled from the refusal's params."""

    zh: str
    en: str


PROBLEMS: dict[str, ProblemText] = {code: ProblemText(zh, en) for code, (zh, en) in TEXTS.items()}


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def say(code: str, params: dict[str, Any], language: str) -> str:
    """The text of a refusal in `zh` or `en`, its params filled in."""
    text = PROBLEMS[code]
    return (text.zh if language == "zh" else text.en).format_map(_Lenient(params))
