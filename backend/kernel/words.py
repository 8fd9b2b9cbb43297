"""Words that rows are found by: every two neighbouring characters, so that 天河 is found in 天河路口清扫. Pure."""

import unicodedata
from collections.abc import Iterator
from itertools import chain
from operator import add

GRAMS_PER_QUERY_MAX = 8
GRAM_CHARS = 2


def folded(text: str) -> str:
    """Text as it is compared: one width, one case, no space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def grams(*texts: str) -> set[str]:
    """Every pair of neighbouring characters of the texts."""
    return set(chain.from_iterable(_pairs(folded(text)) for text in texts))


def folded_texts(*texts: str) -> str:
    """The texts as one, a line each, for what is asked to be looked up in."""
    return "\n".join(map(folded, texts))


def grams_asked(query: str) -> list[str]:
    """The pairs a query is looked up by, first ones first; none for a query of one character."""
    return list(dict.fromkeys(_pairs(folded(query))))[:GRAMS_PER_QUERY_MAX]


def _pairs(part: str) -> Iterator[str]:
    return map(add, part, part[1:])
