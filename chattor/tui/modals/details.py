"""Everything there is to know about one message."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from textual.app import ComposeResult

from chattor.model.message import ME, Direction, Message
from chattor.model.trace import TraceStep
from chattor.text import safe_text
from chattor.tui.ink import Piece
from chattor.tui.modals.dialog import Dialog
from chattor.tui.widgets.plain import Plain

_LABEL = 10
_MOMENT = 21


class Details(Dialog[None]):
    """Times are the reader's; the author's clock may say anything."""

    title_words = "Message"

    def __init__(self, message: Message, friend: str) -> None:
        super().__init__()
        self._message = message
        self._friend = friend

    def body(self) -> ComposeResult:
        """A fact a line, and below them its life, once that is known."""
        yield Plain(_facts(self._message, self._friend, self.shell.options.zone))
        yield Plain("", id="life")

    def on_mount(self) -> None:
        """Ask how it got where it is."""
        self.attempt(self._trace())

    async def _trace(self) -> None:
        steps = await self.shell.session.api.trace(self._message.id)
        if self.is_mounted:
            self.query_one("#life", Plain).say(_life(steps, self.shell.options.zone))


def _facts(message: Message, friend: str, zone: tzinfo | None) -> list[Piece]:
    mine = message.direction is Direction.OUT
    facts = [
        ("id", message.id),
        ("from", "you" if mine else friend),
        ("state", message.state.value),
        ("written", _time(message.sent_at, zone)),
        ("received", _time(message.received_at, zone)),
        ("expires", _time(message.expires_at, zone)),
        ("edited", "yes" if message.edited else ""),
        ("number", str(message.seq)),
        *(("reaction", _reaction(emoji, by, friend)) for emoji, by in message.reactions.items()),
    ]  # fmt: skip
    pieces: list[Piece] = []
    for name, value in facts:
        if value:
            pieces += [(f"{name:<{_LABEL}}", "muted"), (f"{value}\n", "text")]
    return pieces


def _life(steps: Sequence[TraceStep], zone: tzinfo | None) -> list[Piece]:
    """A step a line."""
    pieces: list[Piece] = []
    for step in steps:
        again = f", {step.times} times until {_time(step.until, zone)}" if step.until else ""
        detail = f"  {safe_text(step.detail, multiline=False)}{again}" if step.detail else ""
        pieces += [(f"\n{_time(step.at, zone):<{_MOMENT}}", "muted"), (f"{step.step}", "text"), (detail, "muted")]
    return pieces


def _reaction(emoji: str, by: Sequence[str], friend: str) -> str:
    return f"{safe_text(emoji, multiline=False)}  {', '.join(_who(one, friend) for one in by)}"


def _who(one: str, friend: str) -> str:
    return "you" if one == ME else friend


def _time(at: datetime | None, zone: tzinfo | None) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if at else ""
