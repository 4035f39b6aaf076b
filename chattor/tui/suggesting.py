"""What a composer offers while one writes: commands after `/`, friends after `@`, emoji after `:`. Pure."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct
from rich.cells import set_cell_size

from chattor.tui import emoji
from chattor.tui.commands import Command
from chattor.tui.fuzzy import rank
from chattor.tui.ink import Pieces

_EMOJI_CELLS: Final = 4
_COMMAND: Final = re.compile(r"/([a-z]*)")
_ARGUMENT: Final = re.compile(r"/([a-z]+) ")
_FRIEND: Final = re.compile(r"(?:^|\s)@([^\s@]*)$")
_EMOJI: Final = re.compile(r"(?:^|\s):([a-z0-9+][a-z0-9_+-]+):?$")


class Offer(Struct, frozen=True, kw_only=True):
    """One thing to take: what is written then, and what is shown."""

    text: str
    left: Pieces
    right: Pieces = ()


class Offers(Struct, frozen=True, kw_only=True):
    """What fits what stands between column `start` and the cursor: `typed`. Without offers, `hint` only says something.

    `sure` is False while only the sign was typed: Enter takes nothing then, unless one was chosen.
    """

    start: int
    typed: str
    offers: tuple[Offer, ...] = ()
    hint: Pieces = ()

    @property
    def sure(self) -> bool:
        """Were letters typed after the sign?"""
        return len(self.typed) > 1


Find = Callable[[str, int], Offers | None]
"""What to offer for the line before the cursor, and which line of the text it is."""


def suggest(line: str, row: int, commands: Sequence[Command], names: Sequence[str]) -> Offers | None:
    """With the commands that can be run now and the names of friends; None: nothing fits."""
    if row == 0 and line.startswith("/"):
        found = _commands(line, commands)
    elif match := _FRIEND.search(line):
        found = _friends(match, names)
    elif match := _EMOJI.search(line):
        found = _emoji(match)
    else:
        return None
    return found if found.offers or found.hint else None


def _commands(line: str, commands: Sequence[Command]) -> Offers:
    if match := _COMMAND.fullmatch(line):
        word = match[1]
        fitting = sorted((one for one in commands if one.name.startswith(word)), key=lambda one: one.name != word)
        offers = tuple(Offer(text=_typed(one), left=_usage(one)) for one in fitting)
        return Offers(start=0, typed=line, offers=offers)
    match = _ARGUMENT.match(line)
    known = next((one for one in commands if match and one.name == match[1] and one.argument), None)
    return Offers(start=0, typed=line, hint=_usage(known) if known else ())


def _typed(command: Command) -> str:
    return f"/{command.name} " if command.argument else f"/{command.name}"


def _usage(command: Command) -> Pieces:
    return [(f"/{command.name} {command.argument}".rstrip(), "accent"), (f"  {command.help}", "muted")]


def _friends(match: re.Match[str], names: Sequence[str]) -> Offers:
    found = rank(match[1], names, lambda name: name)[: emoji.OFFERED]
    offers = tuple(Offer(text=f"@{name} ", left=[("@", "muted"), (name, "text")]) for name in found)
    return Offers(start=match.start(1) - 1, typed=f"@{match[1]}", offers=offers)


def _emoji(match: re.Match[str]) -> Offers:
    closed = match[0].endswith(":")
    found = [(name, one) for name, one in emoji.find(match[1]) if name == match[1] or not closed]
    offers = tuple(
        Offer(text=f"{one} ", left=[(set_cell_size(one, _EMOJI_CELLS), "text"), (f":{name}:", "muted")])
        for name, one in found
    )
    start = match.start(1) - 1
    return Offers(start=start, typed=match.string[start:], offers=offers)


class Suggesting:
    """What is offered at this moment, which of it is chosen, and whether it was waved away."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._looked: tuple[str, int] | None = None
        self._found: Offers | None = None
        self._waved_away: tuple[int, int] | None = None
        self._moved = False
        self.at = 0

    @property
    def now(self) -> Offers | None:
        """To be shown."""
        return self._found

    @property
    def chosen(self) -> Offer | None:
        """What Tab takes."""
        return self._found.offers[self.at] if self._found and self._found.offers else None

    def look(self, line: str, row: int) -> None:
        """The text before the cursor; the same again changes nothing."""
        if (line, row) == self._looked:
            return
        self._looked, self.at, self._moved = (line, row), 0, False
        self._found = self._find(line, row)
        if self._found is None or self._waved_away != (row, self._found.start):
            self._waved_away = None
        else:
            self._found = None

    def forget(self) -> None:
        """Nothing is written here now; what is offered may be other things next time."""
        self._looked = self._found = self._waved_away = None

    def move(self, by: int) -> None:
        """Another one."""
        if self._found and self._found.offers:
            self.at, self._moved = (self.at + by) % len(self._found.offers), True

    def wave_away(self) -> None:
        """No more of it until another word is begun."""
        if self._found and self._looked:
            self._waved_away = (self._looked[1], self._found.start)
            self._found = None

    @property
    def enter_takes(self) -> bool:
        """Would Enter take what is chosen? Not if it is written already: then Enter means the whole."""
        if self._found is None or self.chosen is None:
            return False
        return self.chosen.text.rstrip() != self._found.typed and (self._found.sure or self._moved)
