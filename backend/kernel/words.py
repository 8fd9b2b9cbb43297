"""Words that rows are found by: every two neighbouring characters, so that 天河 is found in 天河路口清扫. Pure."""

import re
import unicodedata

GRAMS_PER_QUERY_MAX = 8
GRAM_CHARS = 2
_SPACE = re.compile(r"\s+")


def folded(text: str) -> str:
    """Text as it is compared: one width, one case, no space."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text).casefold())


def grams(*texts: str) -> set[str]:
    """Every pair of neighbouring characters of the texts."""
    return {part[n : n + GRAM_CHARS] for part in map(folded, texts) for n in range(len(part) - GRAM_CHARS + 1)}


def folded_texts(*texts: str) -> str:
    """The texts as one, a line each, for what is asked to be looked up in."""
    return "\n".join(map(folded, texts))


def grams_asked(query: str) -> list[str]:
    """The pairs a query is looked up by, first ones first; none for a query of one character."""
    part = folded(query)
    pairs = [part[n : n + GRAM_CHARS] for n in range(len(part) - GRAM_CHARS + 1)]
    return list(dict.fromkeys(pairs))[:GRAMS_PER_QUERY_MAX]
