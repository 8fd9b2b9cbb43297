"""How a domain says no: a named refusal whose code is for ever."""

from collections.abc import Mapping
from typing import ClassVar

Param = str | int | float | bool | None | list[str]


class Refusal(Exception):
    """A rule said no. `code` is stable and public; `params` fill the zh and en texts of that code."""

    code: ClassVar[str]
    status: ClassVar[int] = 400

    def __init__(self, detail: str = "", **params: Param) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.params: Mapping[str, Param] = params

    def why(self) -> dict[str, object]:
        """The refusal as it travels in an outcome: {code, params}."""
        return {"code": self.code, "params": dict(self.params)}
