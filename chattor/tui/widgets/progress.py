"""How far Tor is, in a bar, a number and words; and what to do when it does not get further."""

from collections.abc import Callable
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical

from chattor.model.status import TorPhase, TorStatus
from chattor.text import safe_text
from chattor.tui.advice import FAILED, advice
from chattor.tui.glyphs import Glyphs
from chattor.tui.ink import Pieces
from chattor.tui.widgets.plain import Plain
from chattor.tui.words import tor_words

SLOW_AFTER: Final = 30.0  # s without progress before the advice is shown
BAR: Final = 30  # cells


class TorProgress(Vertical):
    """`show` a status; `monotonic` tells seconds, for the advice."""

    def __init__(self, glyphs: Glyphs, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._monotonic = monotonic
        self._seen: tuple[TorPhase, int] | None = None
        self._since = monotonic()
        self._tor = TorStatus()

    def compose(self) -> ComposeResult:
        """Bar and words, tor's own words, advice."""
        yield Plain(id="tor-words")
        yield Plain(id="tor-bar")
        yield Plain(id="tor-detail", classes="muted")
        yield Plain(id="tor-advice", classes="advice")

    def on_mount(self) -> None:
        """The advice comes by itself when time passes."""
        self.set_interval(5.0, lambda: self.show(self._tor))
        self.show(self._tor)

    def show(self, tor: TorStatus) -> None:
        """How far it is now."""
        self._tor = tor
        if self._seen != (tor.phase, tor.percent):
            self._seen, self._since = (tor.phase, tor.percent), self._monotonic()
        self.query_one("#tor-words", Plain).say(tor_words(tor, self._glyphs))
        self.query_one("#tor-bar", Plain).say(bar(tor.percent / 100, self._glyphs))
        self.query_one("#tor-detail", Plain).say(safe_text(tor.detail, multiline=False, limit=160))
        self.query_one("#tor-advice", Plain).say(self._advice(tor))

    def _advice(self, tor: TorStatus) -> str:
        if tor.phase is TorPhase.FAILED:
            return FAILED
        seconds = self._monotonic() - self._since
        return "" if tor.ready or seconds < SLOW_AFTER else f"No progress for {seconds:.0f} s. {advice(tor)}"


def bar(share: float, glyphs: Glyphs, cells: int = BAR) -> Pieces:
    """A bar filled to a share of 0.0 to 1.0."""
    filled = round(max(0.0, min(share, 1.0)) * cells)
    return [(glyphs.full * filled, "accent"), (glyphs.empty * (cells - filled), "line"), ("  ", "text")]
