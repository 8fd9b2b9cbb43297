"""What a person writes at a command: refused at once where the server would refuse it hours later."""

from typing import Annotated

import typer

from backend.cli.talk import Exit, refuse, say


def fit_note(param: typer.CallbackParam, value: str | None) -> str | None:
    """A note that the server takes; ends with what is wrong with it."""
    return _fit(param, value, 0)


def fit_reason(param: typer.CallbackParam, value: str | None) -> str | None:
    """As `fit_note`, and not empty."""
    return _fit(param, value, 1)


NoteOption = Annotated[str, typer.Option("--note", callback=fit_note, help=say("备注", "a note"))]


def _fit(param: typer.CallbackParam, value: str | None, chars_min: int) -> str | None:
    if value is None:
        return None
    from pydantic import StringConstraints, TypeAdapter, ValidationError

    from mobile_contract.base import Text
    from mobile_contract.problems import say as said
    from mobile_contract.texts.faults import where

    try:
        TypeAdapter(Annotated[Text, StringConstraints(min_length=chars_min)]).validate_python(value)
    except ValidationError as fault:
        faults = [dict(found) | {"loc": (param.name,)} for found in fault.errors(include_url=False)]
        code = "sync.params_invalid"
        refuse(code, said(code, where(faults, ".", 1), say("zh", "en")), Exit.usage)
    return value
