"""Labels at places: whether what somebody scanned names the place of their order. Pure."""

from qr.payload import Component, PayloadError, PunchPoint, parse


def names_place(scan: str, place: str) -> bool:
    """Whether a label names a place of a plan: by its punch point's or component's code, or by the plain code.

    Letters and digits are compared: a label has no room for more.
    """
    try:
        read = parse(scan)
    except PayloadError:
        return _plain(scan) == _plain(place)
    said = read.code if isinstance(read, PunchPoint | Component) else scan
    return _plain(said) == _plain(place)


def _plain(code: str) -> str:
    return "".join(char for char in code if char.isalnum()).upper()
