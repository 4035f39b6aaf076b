"""Which names a few letters fit, best first. Pure."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

_NO_FIT = -1


def rank(query: str, items: Sequence[T], text_of: Callable[[T], str]) -> list[T]:
    """The items that hold all letters of the query in order; those with less between and after them come first."""
    wanted = "".join(query.casefold().split())
    texts = [text_of(item).casefold() for item in items]
    scored = [(score(wanted, text), len(text) if wanted else 0, at) for at, text in enumerate(texts)]
    fitting = sorted((-points, length, at) for points, length, at in scored if points != _NO_FIT)
    return [items[at] for *_, at in fitting]


def score(wanted: str, text: str) -> int:
    """Points for a run of letters and for letters that begin a word, most for the whole; -1 if it does not fit."""
    if not wanted:
        return 0
    points, at, last = 0, 0, -2
    if text == wanted:
        points += 40
    elif text.startswith(wanted):
        points += 20
    elif f" {wanted}" in text:
        points += 10
    for letter in wanted:
        at = text.find(letter, at)
        if at < 0:
            return _NO_FIT
        points += 3 * (at == last + 1) + 2 * (at == 0 or text[at - 1] == " ")
        last, at = at, at + 1
    return points
