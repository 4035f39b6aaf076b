"""A paste stays a paste, whatever is in it.

Textual takes an ESC inside a bracketed paste for the start of a key: the rest of the paste is then typed, and its line
feeds are Enter. Not every terminal takes escapes out of what it pastes (tmux does not), so it is done here, before
Textual's parser sees them. The parser is not public; a test pastes into a real terminal.
"""

from collections.abc import Iterable
from typing import Final

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers import linux_driver
from textual.message import Message

PICTURE: Final = "␛"  # what safe_text makes of ESC too


class Defuser:
    """Follows a stream of input in pieces of any size and disarms the escapes inside pastes."""

    def __init__(self) -> None:
        self._pasting = False
        self._tail = ""  # of what was let through: a start may be cut in two
        self._held = ""  # of a paste: perhaps the beginning of its end

    def defuse(self, data: str) -> str:
        """The next piece, as it may be parsed."""
        done, data, self._held = "", self._held + data, ""
        while data:
            piece, data = self._in_paste(data) if self._pasting else self._outside(data)
            done += piece
        return done

    def _outside(self, data: str) -> tuple[str, str]:
        seen = self._tail + data
        at = seen.find(BRACKETED_PASTE_START)
        if at < 0:
            self._tail = seen[-len(BRACKETED_PASTE_START) + 1 :]
            return data, ""
        self._pasting, self._tail = True, ""
        cut = at + len(BRACKETED_PASTE_START) - (len(seen) - len(data))
        return data[:cut], data[cut:]

    def _in_paste(self, data: str) -> tuple[str, str]:
        at = data.find(BRACKETED_PASTE_END)
        if at < 0:
            self._held = _beginning_of_end(data)
            return data[: len(data) - len(self._held)].replace("\x1b", PICTURE), ""
        self._pasting = False
        return data[:at].replace("\x1b", PICTURE) + BRACKETED_PASTE_END, data[at + len(BRACKETED_PASTE_END) :]


class CarefulParser(XTermParser):
    """Textual's parser behind a `Defuser`."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._defuser = Defuser()

    def feed(self, data: str) -> Iterable[Message]:
        """What the input says; an empty piece is the end of it."""
        if not data:
            return super().feed(data)
        safe = self._defuser.defuse(data)
        return super().feed(safe) if safe else ()


def keep_pastes_whole() -> None:
    """To be called before the application starts."""
    linux_driver.XTermParser = CarefulParser  # type: ignore[attr-defined]


def _beginning_of_end(data: str) -> str:
    """The longest end of `data` that may turn out to be the end of the paste."""
    lengths = range(min(len(BRACKETED_PASTE_END) - 1, len(data)), 0, -1)
    return next((data[-length:] for length in lengths if BRACKETED_PASTE_END.startswith(data[-length:])), "")
