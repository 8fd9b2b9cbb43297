"""Pictures for the demo's evidence: drawn, never taken, and no two alike."""

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime

from PIL import Image, ImageDraw

from backend.kernel.clock import DISTRICT_ZONE

WIDTH, HEIGHT = 480, 360
HORIZON, KERB = 150, 250
QUALITY = 70
THROWS = 1_000
Colour = tuple[int, int, int]
LITTER_BEFORE = 40
SKIES = ((176, 206, 232), (198, 210, 218), (222, 206, 186))
HOUSES = ((150, 138, 128), (176, 160, 140), (120, 128, 136), (188, 176, 164))
LEAVES = ((74, 122, 70), (96, 140, 82), (60, 104, 66))
LITTER = ((230, 226, 214), (196, 70, 54), (60, 96, 160), (210, 180, 60))
ROAD, PAVEMENT, LINE, INK = (92, 94, 98), (168, 164, 158), (226, 226, 220), (250, 236, 120)


class _Dice:
    """Throws that are the same for the same name."""

    def __init__(self, name: str) -> None:
        self._throws = iter(hashlib.shake_256(name.encode()).digest(THROWS))

    def randrange(self, low: int, high: int) -> int:
        """At least `low`, below `high`."""
        return low + next(self._throws) * (high - low) // 256

    def one_of(self, some: Sequence[Colour]) -> Colour:
        """Any of them."""
        return some[self.randrange(0, len(some))]


def street(name: str, at: datetime, *, littered: bool) -> bytes:
    """A street corner as JPEG, the same for the same name; its time is written on it as cameras do."""
    dice = _Dice(name)
    picture = Image.new("RGB", (WIDTH, HEIGHT), dice.one_of(SKIES))
    pen = ImageDraw.Draw(picture)
    _houses(pen, dice)
    pen.rectangle((0, HORIZON, WIDTH, KERB), fill=PAVEMENT)
    pen.rectangle((0, KERB, WIDTH, HEIGHT), fill=ROAD)
    for left in range(-60 + dice.randrange(0, 60), WIDTH, 120):
        pen.rectangle((left, 300, left + 60, 308), fill=LINE)
    _trees(pen, dice)
    if littered:
        for _ in range(LITTER_BEFORE):
            x, y, size = dice.randrange(0, WIDTH), dice.randrange(HORIZON + 30, HEIGHT - 20), dice.randrange(3, 12)
            pen.ellipse((x, y, x + size, y + size // 2 + 1), fill=dice.one_of(LITTER))
    local = at.astimezone(DISTRICT_ZONE)
    pen.text((12, HEIGHT - 24), f"{local:%Y-%m-%d %H:%M:%S}  {name[:24]}", fill=INK)
    return _jpeg(picture)


def signature(name: str) -> bytes:
    """A name as somebody signs it, as JPEG."""
    dice = _Dice(name)
    picture = Image.new("RGB", (WIDTH, HEIGHT // 2), (255, 255, 255))
    pen, x, y = ImageDraw.Draw(picture), 40, HEIGHT // 4
    for _ in range(24):
        to = x + dice.randrange(6, 24), min(HEIGHT // 2 - 10, max(10, y + dice.randrange(-40, 41)))
        pen.line((x, y, *to), fill=(20, 30, 90), width=3)
        x, y = to
    return _jpeg(picture)


def _houses(pen: ImageDraw.ImageDraw, dice: _Dice) -> None:
    left = 0
    while left < WIDTH:
        width, top = dice.randrange(60, 140), dice.randrange(20, 100)
        pen.rectangle((left, top, left + width, HORIZON), fill=dice.one_of(HOUSES))
        for x in range(left + 10, left + width - 12, 24):
            for y in range(top + 10, HORIZON - 14, 26):
                pen.rectangle((x, y, x + 10, y + 12), fill=(214, 222, 226))
        left += width + dice.randrange(0, 20)


def _trees(pen: ImageDraw.ImageDraw, dice: _Dice) -> None:
    for x in range(30 + dice.randrange(0, 40), WIDTH, 110 + dice.randrange(0, 40)):
        pen.rectangle((x, HORIZON - 20, x + 8, KERB - 20), fill=(96, 74, 56))
        for _ in range(4):
            a, b = x + dice.randrange(-34, 20), HORIZON - 70 + dice.randrange(0, 40)
            pen.ellipse((a, b, a + 40, b + 36), fill=dice.one_of(LEAVES))


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
