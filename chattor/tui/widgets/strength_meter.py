"""How long the passphrase that is being typed would hold: a bar and words."""

from typing import Final

from chattor.tui.glyphs import Glyphs
from chattor.tui.strength import strength
from chattor.tui.widgets.plain import Plain
from chattor.tui.widgets.progress import bar

_BAR: Final = 16  # cells


class StrengthMeter(Plain):
    """`measure` it anew at every key."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="strength")
        self._glyphs = glyphs
        self.measure("")

    def measure(self, passphrase: str) -> None:
        """What has been typed so far."""
        found = strength(passphrase)
        self.say([*bar(found.share, self._glyphs, _BAR), (found.words, found.ink)])
