"""Where in a text a query is found, and a piece of the text around it. Pure.

Folds as the index does: case and accents do not count. The index decides what is a hit; only for parts, which it
finds too generously, it is decided here.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from chattor.model.query import Kind, Query, Term, is_word
from chattor.text import safe_text

WIDTH: Final = 120
"""Characters of a snippet, the marks of what was left out not counted."""
_LEAD: Final = 30
"""Characters before the first match."""
_MATCHES_MAX: Final = 20

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text in one line, and where in it the matches are."""

    text: str
    matches: list[Span]


def snippet(query: Query, text: str) -> Snippet:
    """The piece around the first match; the beginning if there is none to show."""
    line = " ".join(safe_text(text, multiline=True).split())
    found = sorted({span for term in query.terms for span in find(term, line)})
    start = max(0, found[0][0] - _LEAD) if found else 0
    end = min(len(line), start + WIDTH)
    start = max(0, min(start, end - WIDTH))
    before, after = "…" * (start > 0), "…" * (end < len(line))
    shift = start - len(before)
    inside = [(low - shift, high - shift) for low, high in found if start <= low and high <= end]
    return Snippet(before + line[start:end] + after, inside[:_MATCHES_MAX])


def fits(query: Query, text: str) -> bool:
    """Whether a text holds every term."""
    return all(find(term, text) for term in query.terms)


def find(term: Term, text: str) -> list[Span]:
    """Every place of a term in a text, as offsets of its characters."""
    if term.kind is Kind.PART:
        return _parts(_fold(term.text)[0], text)
    wanted = [word for word, _ in _words(term.text)]
    words = _words(text)
    places = range(len(words) - len(wanted) + 1) if wanted else ()
    return [
        (words[at][1][0], words[at + len(wanted) - 1][1][1])
        for at in places
        if _same([word for word, _ in words[at : at + len(wanted)]], wanted, whole=term.kind is Kind.PHRASE)
    ]


def _same(words: list[str], wanted: list[str], *, whole: bool) -> bool:
    last = words[-1] == wanted[-1] or (not whole and words[-1].startswith(wanted[-1]))
    return last and words[:-1] == wanted[:-1]


def _parts(wanted: str, text: str) -> list[Span]:
    folded, origin = _fold(text)
    found: list[Span] = []
    at = folded.find(wanted) if wanted else -1
    while at >= 0:
        found.append((origin[at], origin[at + len(wanted) - 1] + 1))
        at = folded.find(wanted, at + len(wanted))
    return found


def _words(text: str) -> list[tuple[str, Span]]:
    """The words of a text, folded, and where each stands."""
    edges = [0, *(at for at in range(1, len(text)) if is_word(text[at]) is not is_word(text[at - 1])), len(text)]
    spans = [(low, high) for low, high in pairwise(edges) if low < high and is_word(text[low])]
    return [(_fold(text[low:high])[0], (low, high)) for low, high in spans]


def _fold(text: str) -> tuple[str, list[int]]:
    """A text without case and accents, and for each of its characters the one it came from."""
    letters = [(letter, at) for at, char in enumerate(text) for letter in _folded(char)]
    return "".join(letter for letter, _ in letters), [at for _, at in letters]


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    plain = unicodedata.normalize("NFD", char)
    return "".join(one for one in plain if unicodedata.category(one) != "Mn").casefold()
