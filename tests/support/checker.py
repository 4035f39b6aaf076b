"""The judge of every reliability test: was each promised message shown exactly once, in order, and nothing else?

A text is *asked* when the call to send it begins, *promised* when the call was answered OK, and *shown* when an
event or the history gave it to a client. A crash in between leaves it asked only: then it may arrive or not. Texts
must be unique per author and reader, and an author asks for one text to a reader after the other.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

Way = tuple[str, str]
"""Author and reader."""

Finding = tuple[str, str, str]
"""Author, reader and text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What went wrong; all empty when nothing did."""

    lost: tuple[Finding, ...]
    doubled: tuple[Finding, ...]
    ghosts: tuple[Finding, ...]
    disordered: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether every promise held."""
        return not (self.lost or self.doubled or self.ghosts or self.disordered)


@dataclass(slots=True)
class _Stream:
    asked: dict[str, int] = field(default_factory=dict)
    promised: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    edited: set[str] = field(default_factory=set)
    shown: list[str] = field(default_factory=list)

    def copy(self) -> Self:
        return type(self)(dict(self.asked), set(self.promised), set(self.withdrawn), set(self.edited), list(self.shown))

    def doubled(self) -> list[str]:
        return [text for text, times in Counter(self.shown).items() if times > 1]

    def disordered(self) -> list[str]:
        """Every text first shown after one that was asked for later; an edit may bring its text late."""
        late, newest = [], -1
        for text in dict.fromkeys(text for text in self.shown if text not in self.edited):
            at = self.asked.get(text, newest)
            if at < newest:
                late.append(text)
            newest = max(newest, at)
        return late

    def ghosts(self) -> list[str]:
        return [text for text in dict.fromkeys(self.shown) if text not in self.asked or text in self.withdrawn]

    def lost(self) -> list[str]:
        missing = self.promised.difference(self.shown)
        return [text for text in self.asked if text in missing]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a node's store held when it was copied."""

    node: str
    streams: dict[Way, _Stream]


class Checker:
    """Watches any number of nodes by name."""

    def __init__(self) -> None:
        self._streams: defaultdict[Way, _Stream] = defaultdict(_Stream)

    def asked(self, author: str, reader: str, text: str) -> None:
        """A call to send begins. Raises ValueError if the text is not new."""
        asked = self._streams[author, reader].asked
        if text in asked:
            raise ValueError(f"{author} asked for {text!r} before")
        asked[text] = len(asked)

    def promised(self, author: str, reader: str, text: str) -> None:
        """The call was answered OK: from now on the text must arrive. Raises ValueError if it was not asked."""
        stream = self._streams[author, reader]
        if text not in stream.asked:
            raise ValueError(f"{author} never asked for {text!r}")
        stream.promised.add(text)

    def excused(self, author: str, reader: str, text: str) -> None:
        """It need not arrive any more: its author asked to take it back, or the friendship ended."""
        self._streams[author, reader].promised.discard(text)

    def withdrawn(self, author: str, reader: str, text: str) -> None:
        """Taking it back was answered OK: from now on it must not arrive."""
        self.excused(author, reader, text)
        self._streams[author, reader].withdrawn.add(text)

    def edited(self, author: str, reader: str, text: str) -> None:
        """Its author asked to edit it: if it had not arrived, it now does when the edit does, maybe after others."""
        self._streams[author, reader].edited.add(text)

    def parted(self, one: str, other: str) -> None:
        """A friendship ended: what has not arrived by now need not, both ways."""
        for way in ((one, other), (other, one)):
            self._streams[way].promised &= set(self._streams[way].shown)

    def shown(self, author: str, reader: str, text: str) -> None:
        """A client of the reader was given the text."""
        self._streams[author, reader].shown.append(text)

    @property
    def outstanding(self) -> int:
        """Promised texts not yet shown; 0 when the world may rest."""
        return sum(len(stream.promised.difference(stream.shown)) for stream in self._streams.values())

    def backup(self, node: str) -> Snapshot:
        """Remember what a node's store holds now."""
        return Snapshot(node, {way: stream.copy() for way, stream in self._streams.items() if node in way})

    def restored(self, snapshot: Snapshot) -> None:
        """A node's store was rolled back to a backup.

        What its owner wrote since is no longer promised, though it may have arrived; what was shown to him since is
        shown again.
        """
        for way in [way for way in self._streams if snapshot.node in way]:
            before, stream = snapshot.streams.get(way, _Stream()), self._streams[way]
            author, reader = way
            if author == snapshot.node:
                stream.promised &= before.promised
                stream.withdrawn = set(before.withdrawn)
            if reader == snapshot.node:
                stream.shown = list(before.shown)

    def verdict(self) -> Verdict:
        """Judge everything up to now; `lost` is only meaningful once all had the time to arrive."""
        return Verdict(
            lost=self._each(_Stream.lost),
            doubled=self._each(_Stream.doubled),
            ghosts=self._each(_Stream.ghosts),
            disordered=self._each(_Stream.disordered),
        )

    def _each(self, fault: Callable[[_Stream], list[str]]) -> tuple[Finding, ...]:
        return tuple((*way, text) for way, stream in sorted(self._streams.items()) for text in fault(stream))
