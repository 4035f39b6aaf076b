"""What waits in the outbox, why, and when it is tried next."""

from collections import Counter
from collections.abc import Awaitable, Sequence
from datetime import datetime

from textual.app import ComposeResult

from chattor.model.friend import FriendState
from chattor.model.message import OutboxEntry
from chattor.text import safe_text
from chattor.tui import when
from chattor.tui.bindings import bindings
from chattor.tui.glyphs import STATE_INKS
from chattor.tui.keytable import Place
from chattor.tui.modals.dialog import Dialog
from chattor.tui.view import View
from chattor.tui.widgets.plain import Choice
from chattor.tui.widgets.rows import Row, RowList

SHOWN = 200  # characters of a message that are looked at for its one line
MESSAGE = "message"
REQUEST = "request"


class Outbox(Dialog[None]):
    """Retry or cancel; the list follows the view."""

    title_words = "Outbox"
    first_focus = "RowList"
    BINDINGS = [*bindings(Place.OUTBOX)]

    def __init__(self) -> None:
        super().__init__()
        self._entries: dict[str, OutboxEntry] = {}

    def body(self) -> ComposeResult:
        """The list."""
        yield RowList(id="list", empty=[("Nothing waits: everything you wrote has been delivered.", "muted")])

    def choices(self) -> ComposeResult:
        """For the chosen message."""
        yield Choice("Close", id="close")
        yield Choice("Try now", id="retry", classes="main")
        yield Choice("Cancel message", id="cancel", classes="danger")

    def on_view(self, view: View) -> None:
        """Something got further: look again."""
        if not view.lost:
            self.shell.attempt(self._look_up(), self._failed)

    def on_row_list_moved(self) -> None:
        """Other choices fit."""
        self._show_choices()

    def on_row_list_chosen(self) -> None:
        """Enter on a message goes to what can be done with it."""
        self.query_one("#retry").focus()

    def chosen(self, id: str) -> None:
        """A button."""
        if id == "retry":
            self.action_retry()
        else:
            self.action_cancel()

    def action_retry(self) -> None:
        """Try the chosen message now."""
        if entry := self._entry:
            self.attempt(self._do(self.shell.session.api.outbox_retry(entry.id)))

    def action_cancel(self) -> None:
        """Take the chosen message or request back."""
        api, what = self.shell.session.api, self._what_goes_back
        if (entry := self._entry) is None:
            return
        if what == REQUEST:
            self.attempt(self._do(api.friends_cancel(entry.friend)))
        elif what == MESSAGE:
            self.attempt(self._do(api.outbox_cancel(entry.id)))
        else:
            self.problem("Only messages and requests can be taken back.")

    @property
    def _what_goes_back(self) -> str:
        """Whether the chosen entry is a message, a request of ours, or something that only leads on from those."""
        entry = self._entry
        if entry is None or str(entry.id) != entry.friend:
            return MESSAGE if entry else ""
        friend = self.shell.view.friend(entry.friend)
        return REQUEST if friend and friend.state is FriendState.OUTGOING else ""

    def _show_choices(self) -> None:
        what = self._what_goes_back
        self.query_one("#retry").display = self._entry is not None
        cancel = self.query_one("#cancel", Choice)
        cancel.display = bool(what)
        cancel.label = f"Cancel {what}"

    async def _do(self, work: Awaitable[object]) -> None:
        await work
        await self._look_up()

    async def _look_up(self) -> None:
        self._entries = _keyed(await self.shell.session.api.outbox_list())
        if self.is_attached:
            now = self.shell.now()
            self.query_one(RowList).show([self._row(key, entry, now) for key, entry in self._entries.items()])
            self._show_choices()

    @property
    def _entry(self) -> OutboxEntry | None:
        cursor = self.query_one(RowList).cursor
        return self._entries.get(cursor) if cursor else None

    def _row(self, key: str, entry: OutboxEntry, now: datetime) -> Row:
        friend = self.shell.view.friend(entry.friend)
        name = safe_text(friend.name, multiline=False) if friend else "a friend who is gone"
        text = safe_text((entry.text or "")[:SHOWN], multiline=False)
        sign = self.shell.glyphs.states[entry.state]
        next_try = f"next try {when.until(entry.next_attempt_at, now)}" if entry.next_attempt_at else ""
        tries = f"{entry.attempts} {'try' if entry.attempts == 1 else 'tries'}"
        why = ", ".join(part for part in (safe_text(entry.reason, multiline=False), tries, next_try) if part)
        return Row(
            key,
            (
                (
                    [(f"{sign} ", STATE_INKS[entry.state]), (name, "strong"), (f"  {text}", "text")],
                    [(when.age(entry.queued_at, now, None), "muted")],
                ),
                ([(f"  {why}", "muted")], []),
            ),
        )


def _keyed(entries: Sequence[OutboxEntry]) -> dict[str, OutboxEntry]:
    """Each by a key of its own: whatever is no message has the id of its friend, who may have several."""
    counts: Counter[str] = Counter()
    keyed = {}
    for entry in entries:
        keyed[f"{entry.id} {counts[entry.id]}"] = entry
        counts[entry.id] += 1
    return keyed
