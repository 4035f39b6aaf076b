"""Which names a few letters fit, best first. Pure."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

_NO_FIT = -1


def rank(
    query: str, items: Sequence[T], text_of: Callable[[T], str], more_of: Callable[[T], str] = lambda _: ""
) -> list[T]:
    """The items that hold all letters of the query in order; those with less between and after them come first.

    Behind them those of which there is `more_of`, if it holds the words of the query as they stand.
    """
    wanted, words = "".join(query.casefold().split()), query.casefold().split()
    scored: list[tuple[int, int, int]] = []
    for at, item in enumerate(items):
        text = text_of(item).casefold()
        points = score(wanted, text)
        if points != _NO_FIT:
            scored.append((-points, len(text) if wanted else 0, at))
        elif all(word in more_of(item).casefold() for word in words):
            scored.append((1, 0, at))
    return [items[at] for *_, at in sorted(scored)]


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
