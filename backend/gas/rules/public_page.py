"""What whoever scans a cylinder's label with any phone reads: a page without scripts, in Chinese and English. Pure."""

from collections.abc import Iterator
from html import escape

from mobile_contract.gas_public import Genuine, PublicCylinder
from mobile_contract.problems import Texts
from mobile_contract.texts.gas_public import PAGE_WORDS

_PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<style>
:root {{ color-scheme: light dark }}
body {{ margin: 0 auto; max-width: 34rem; padding: 2rem 1.25rem; font: 17px/1.6 system-ui, "PingFang SC",
  "Noto Sans SC", "Microsoft YaHei", sans-serif }}
.said {{ padding: 1rem; border-left: .5rem solid {colour}; font-size: 1.15rem }}
.en {{ opacity: .75; font-size: .9rem }}
dl div {{ display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .5rem 0; border-bottom: 1px solid #8884 }}
dt {{ flex: 0 0 12rem; opacity: .75 }} dd {{ margin: 0 }}
</style></head><body><h1>{title}</h1>
<div class="said">{zh}<div class="en">{en}</div></div>
<dl>{lines}</dl></body></html>
"""
_COLOURS = {Genuine.in_date: "#1f7a4d", Genuine.dates_unknown: "#b36b00"}
_RED = "#b00020"


def page(told: PublicCylinder) -> str:
    """The page of a cylinder, or of one that is in no register."""
    lines = "".join(f"<div><dt>{escape(word)}</dt><dd>{escape(value)}</dd></div>" for word, value in _lines(told))
    return _drawn(_COLOURS.get(told.genuine, _RED), told.texts, lines)


def page_of_refusal(why: Texts) -> str:
    """The page of a link that is not answered, with the reason."""
    return _drawn(_RED, why, "")


def _drawn(colour: str, said: Texts, lines: str) -> str:
    return _PAGE.format(
        title="气瓶信息 · Gas cylinder", colour=colour, zh=escape(said.zh), en=escape(said.en), lines=lines
    )


def _lines(told: PublicCylinder) -> Iterator[tuple[str, str]]:
    weight = "" if told.net_g is None else f"{told.net_g / 1000:.2f} kg"
    values = {
        "filler": told.filler,
        "spec": told.spec,
        "filled_on": str(told.filled_on or ""),
        "net_g": weight,
        "inspected_until_on": str(told.inspected_until_on or ""),
        "life_end_on": str(told.life_end_on or ""),
    }
    for name, value in values.items():
        if value:
            yield " ".join(PAGE_WORDS[name]), value
