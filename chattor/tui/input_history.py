"""What was sent from here, to be fetched again. In memory only, for each conversation by itself. Pure."""

from collections import deque
from typing import Final

KEPT: Final = 50  # of one conversation


class InputHistory:
    """`step` walks through it; what was begun before the walk stands at its near end."""

    def __init__(self) -> None:
        self._sent: dict[str, deque[str]] = {}
        self._to: str | None = None
        self._at = 0
        self._begun = ""
        self._shown = ""

    def add(self, to: str, text: str) -> None:
        """This was sent; the same twice in a row is kept once."""
        kept = self._sent.setdefault(to, deque(maxlen=KEPT))
        if not kept or kept[-1] != text:
            kept.append(text)
        self._to = None

    def forget(self) -> None:
        """All of it."""
        self._sent.clear()
        self._to = None

    def step(self, to: str, by: int, written: str) -> str | None:
        """What was sent before (-1) or after (1) what is shown; None at either end. A changed text begins anew."""
        kept = self._sent.get(to, deque())
        if self._to != to or written != self._shown:
            self._to, self._at, self._begun = to, len(kept), written
        at = self._at + by
        if not 0 <= at <= len(kept):
            return None
        self._at, self._shown = at, kept[at] if at < len(kept) else self._begun
        return self._shown
