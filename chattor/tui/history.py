"""The messages of a conversation as far as they are loaded, in pages: adding one copies a page, not all. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, takewhile
from typing import Final, overload

from chattor.model.message import Message

Page = tuple[Message, ...]
PAGE: Final = 100  # messages; a shorter last page is added to, a longer one stays as it was loaded


class History(Sequence[Message]):
    """Never changes; every method that seems to change it makes another, which shares the pages that stayed."""

    __slots__ = ("_tops", "pages")

    def __init__(self, *pages: Page) -> None:
        self.pages = tuple(page for page in pages if page)
        self._tops = [0, *accumulate(map(len, self.pages))]

    def __len__(self) -> int:
        return self._tops[-1]

    def __iter__(self) -> Iterator[Message]:
        return chain.from_iterable(self.pages)

    def __reversed__(self) -> Iterator[Message]:
        return chain.from_iterable(map(reversed, reversed(self.pages)))

    @overload
    def __getitem__(self, at: int) -> Message: ...
    @overload
    def __getitem__(self, at: slice) -> Page: ...
    def __getitem__(self, at: int | slice) -> Message | Page:
        if isinstance(at, slice):
            return tuple(self[one] for one in range(*at.indices(len(self))))
        place = range(len(self))[at]
        page = bisect_right(self._tops, place) - 1
        return self.pages[page][place - self._tops[page]]

    def before(self, at: int) -> "History":
        """Without those from `at` on."""
        page = bisect_right(self._tops, at) - 1
        rest = self.pages[page][: at - self._tops[page]] if page < len(self.pages) else ()
        return History(*self.pages[:page], rest)

    def then(self, messages: Page) -> "History":
        """With more at the end."""
        if self.pages and len(self.pages[-1]) < PAGE:
            return History(*self.pages[:-1], self.pages[-1] + messages)
        return History(*self.pages, messages)

    def after(self, messages: Page) -> "History":
        """With more at the beginning."""
        return History(messages, *self.pages)

    def replaced(self, at: int, message: Message) -> "History":
        """With another message at a place."""
        page = bisect_right(self._tops, at) - 1
        was, row = self.pages[page], at - self._tops[page]
        return History(*self.pages[:page], (*was[:row], message, *was[row + 1 :]), *self.pages[page + 1 :])

    def alike(self, other: "History") -> int:
        """How many at the beginning are the same objects."""
        return _alike(self.pages, other.pages, iter)

    def alike_at_end(self, other: "History") -> int:
        """How many at the end are."""
        return _alike(self.pages[::-1], other.pages[::-1], reversed)


def _alike(one: Sequence[Page], other: Sequence[Page], order: Callable[[Page], Iterator[Message]]) -> int:
    same = sum(1 for _ in takewhile(_is_one, zip(one, other, strict=False)))
    rest = (chain.from_iterable(map(order, pages[same:])) for pages in (one, other))
    return sum(map(len, one[:same])) + sum(1 for _ in takewhile(_is_one, zip(*rest, strict=False)))


def _is_one(pair: tuple[object, object]) -> bool:
    return pair[0] is pair[1]
