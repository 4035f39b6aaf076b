"""The line at the bottom: the keys that do something where the focus is, each to be clicked too.

Drawn as one line. Textual's own footer has a widget for every key and makes them anew whenever the focus moves.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from textual.binding import ActiveBinding
from textual.events import MouseDown
from textual.screen import Screen

from chattor.tui.ink import Pieces, width
from chattor.tui.widgets.inked import OneLine


class _Shown(NamedTuple):
    """A key as it is named to people, what it does, and the key as Textual calls it."""

    name: str
    words: str
    key: str
    enabled: bool

    @property
    def pieces(self) -> Pieces:
        """With the gap to the next."""
        return ((self.name, "accent" if self.enabled else "line"), (f" {self.words} ", "muted"))


class KeyBar(OneLine):
    """Follows the bindings of its screen."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[_Shown] = []

    def on_mount(self) -> None:
        """From the first focus on."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, screen: Screen[Any]) -> None:
        if screen is self.screen and self.app.app_focus:
            self._keys = list(self._shown(screen.active_bindings.values()))
            self.show([piece for one in self._keys for piece in one.pieces])

    def _shown(self, bindings: Iterable[ActiveBinding]) -> Iterator[_Shown]:
        """One key for each action."""
        actions = set()
        for one in bindings:
            if one.binding.show and one.binding.action not in actions:
                actions.add(one.binding.action)
                name = self.app.get_key_display(one.binding)
                yield _Shown(name, one.binding.description, one.binding.key, one.enabled)

    def on_mouse_down(self, event: MouseDown) -> None:
        """As if the key were pressed."""
        end = 0
        for one in self._keys:
            end += width(one.pieces)
            if event.x < end:
                return self.app.simulate_key(one.key) if one.enabled else self.app.bell()
        return None
