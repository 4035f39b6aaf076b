"""Compare the safety number with a friend, by voice or by camera, then say that it was the same."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from chattor.model.friend import Friend, SafetyNumber
from chattor.text import safe_text
from chattor.tui.modals.dialog import Dialog
from chattor.tui.widgets.plain import Choice, Plain
from chattor.tui.widgets.qr import Qr

GROUPS_A_ROW = 4


class Verify(Dialog[None]):
    """Three steps; the last one is irrevocable only until the identity changes."""

    title_words = "Verify"

    def __init__(self, friend: Friend) -> None:
        super().__init__()
        self._friend = friend
        self._name = safe_text(friend.name, multiline=False)
        self.title_words = f"Verify {self._name}"

    def body(self) -> ComposeResult:
        """The steps and the number."""
        with Horizontal(id="proof"):
            with Vertical(id="proof-text"):
                yield Plain(f"1  Call {self._name}, or meet: not through chattor.")
                yield Plain("2  Read the number aloud, or scan it. It must be the same on both screens:")
                yield Plain("", id="digits")
                yield Plain("3  Say here that it is the same. If it is not, somebody stands between you.")
                yield Plain("", id="verified")
            yield Qr(id="proof-qr")

    def choices(self) -> ComposeResult:
        """The careful one first."""
        yield Choice("Not now", id="close")
        yield Choice("It is the same", id="confirm", classes="main")

    def on_mount(self) -> None:
        """Look the number up."""
        self.attempt(self._look_up(confirm=False))

    def chosen(self, _id: str) -> None:
        """It is the same."""
        self.attempt(self._look_up(confirm=True))

    async def _look_up(self, *, confirm: bool) -> None:
        number = await self.shell.session.api.friends_verify(self._friend.id, confirm=confirm)
        if not self.is_attached:
            return
        self.query_one("#digits", Plain).say([(in_rows(number), "strong")])
        self.query_one(Qr).show("".join(number.digits.split()))
        if confirm:
            self.shell.notify(f"{self._name} is verified.")
            self.dismiss(None)
        elif number.verified:
            self.query_one("#verified", Plain).say([(f"{self.shell.glyphs.verified} verified before", "good")])


def in_rows(number: SafetyNumber) -> str:
    """The digits, four groups a row."""
    groups = number.digits.split()
    starts = range(0, len(groups), GROUPS_A_ROW)
    return "\n".join("  ".join(groups[start : start + GROUPS_A_ROW]) for start in starts)
