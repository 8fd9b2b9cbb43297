"""What a phone or console is told of a text that was read and not understood or not believed."""

from typing import Literal

from mobile_contract.base import Wire


class ScanFault(Wire):
    """What is wrong with a text that was read, and where."""

    of: Literal["code", "seal"]
    fault: str
    """Of a code as `gas.code_invalid` tells it; of a seal why it is not believed, as `bad_signature`, `revoked`."""
    position: int | None = None
    """The character at which it shows, from 0; null where the text as a whole is at fault."""
