"""One friend: who it is, whether verified, and what is set for him alone."""

import re
from datetime import datetime, tzinfo

from textual.app import ComposeResult

from chattor.config.duration import DURATION, duration
from chattor.model.friend import FRIEND_OPTIONS, Friend
from chattor.model.ids import FriendId
from chattor.text import safe_text
from chattor.tui.ink import Ink, Piece
from chattor.tui.modals.dialog import Dialog
from chattor.tui.modals.picker import Item, Picker
from chattor.tui.modals.verify import Verify
from chattor.tui.view import View
from chattor.tui.widgets.plain import Choice, Field, Plain
from chattor.tui.widgets.rows import Row, RowList
from chattor.words import moment, presence

LABEL = 10  # cells
PERIODS = ("7d", "30d", "90d", "365d")
MEANINGS = {
    "muted": "No notifications",
    "receipts": "Each sees what the other has read",
    "typing": "Each sees that the other types",
    "presence": "Each sees the other come and go",
    "retention": "How long messages are kept here",
}


class Periods(Picker):
    """A time that is written out is taken as it is, whatever in the list has the same letters."""

    @property
    def picked(self) -> str | None:
        """What Enter would pick."""
        written = self.query_one("#query", Field).value.strip()
        return written if re.fullmatch(DURATION, written) else super().picked


class FriendCard(Dialog[None]):
    """Follows the view. Enter changes the option under the cursor."""

    first_focus = "RowList"

    def __init__(self, friend: Friend) -> None:
        super().__init__()
        self._id: FriendId = friend.id
        self.title_words = safe_text(friend.name, multiline=False)

    def body(self) -> ComposeResult:
        """Facts above options."""
        yield Plain("", id="facts")
        yield RowList(id="list")
        yield Plain("Default is as your settings say. What either switches off, both do without.", classes="muted")

    def choices(self) -> ComposeResult:
        """Leave, change an option, or compare the safety number."""
        yield Choice("Close", id="close")
        yield Choice("Change", id="change", classes="main")
        yield Choice("Verify", id="verify")

    def on_view(self, view: View) -> None:
        """He may have changed meanwhile, or be gone."""
        one = view.friend(self._id)
        if one is not None:
            self.query_one("#facts", Plain).say(_facts(one, self.shell.now(), self.shell.options.zone))
            self.query_one(RowList).show([_row(key, value) for key, value in _options(one).items()])

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Another value."""
        self._change(event.key)

    def chosen(self, id: str) -> None:
        """A button."""
        one, cursor = self._friend, self.query_one(RowList).cursor
        if id == "verify" and one is not None:
            self.shell.push_screen(Verify(one))
        elif id == "change" and cursor is not None:
            self._change(cursor)

    @property
    def _friend(self) -> Friend | None:
        return self.shell.view.friend(self._id)

    def _change(self, key: str) -> None:
        one = self._friend
        if one is None:
            return

        def given(value: str | None) -> None:
            if value is not None:
                self.attempt(self.shell.session.api.friends_set(self._id, key, value))

        words = (*FRIEND_OPTIONS[key], *(PERIODS if key == "retention" else ()))
        items = [Item(key=word, text=word) for word in words]
        picker = Periods("A time such as 30d…", items) if key == "retention" else Picker(f"{MEANINGS[key]}…", items)
        self.shell.push_screen(picker, given)


def _options(one: Friend) -> dict[str, str]:
    values = {"muted": "on" if one.muted else "off", **one.options}
    return {key: values.get(key, FRIEND_OPTIONS[key][0]) for key in MEANINGS}


def _row(key: str, value: str) -> Row:
    ink: Ink = "muted" if value == FRIEND_OPTIONS[key][0] else "accent"
    return Row(key, (([(key, "strong"), (f"  {MEANINGS[key]}", "muted")], [(value, ink)]),))


def _facts(one: Friend, now: datetime, zone: tzinfo | None) -> list[Piece]:
    facts: list[tuple[str, str, Ink]] = [
        ("id", one.id, "text"),
        ("address", one.onion, "text"),
        ("state", presence(one, lambda at: moment(at, now, zone)), "text"),
        ("agent", "" if not one.agent else ", ".join(one.capabilities) or "yes", "text"),
        ("verified", "yes" if one.verified else "no: compare the safety number", "good" if one.verified else "warn"),
        ("ephemeral", "off" if one.ephemeral is None else f"texts vanish after {duration(one.ephemeral)}", "text"),
        ("alarm", one.alarm or "", "bad"),
        ("note", one.note or "", "warn"),
    ]
    pieces: list[Piece] = []
    for name, value, ink in facts:
        if value:
            pieces += [(f"{name:<{LABEL}}", "muted"), (f"{safe_text(value, multiline=False)}\n", ink)]
    return pieces
