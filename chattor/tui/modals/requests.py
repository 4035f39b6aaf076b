"""Who asks us, and whom we asked."""

from datetime import datetime
from functools import partial

from textual.app import ComposeResult

from chattor.model.friend import Request, RequestDirection
from chattor.text import safe_text
from chattor.tui import when
from chattor.tui.bindings import bindings
from chattor.tui.ink import Piece
from chattor.tui.keytable import Place
from chattor.tui.modals.confirm import Confirm
from chattor.tui.modals.dialog import Dialog
from chattor.tui.view import View
from chattor.tui.widgets.plain import Choice, Plain
from chattor.tui.widgets.rows import EDGES, Row, RowList
from chattor.tui.wrap import wrap

INDENT = EDGES + 2  # the signs


class Requests(Dialog[None]):
    """Answer with the keys or the buttons; the list follows the view."""

    title_words = "Friend requests"
    first_focus = "RowList"
    BINDINGS = [*bindings(Place.REQUESTS)]

    def body(self) -> ComposeResult:
        """The list."""
        yield RowList(id="list", empty=[("Nobody is waiting. Give your code to a friend, or add theirs.", "muted")])
        yield Plain("", id="about")

    def choices(self) -> ComposeResult:
        """All answers; only those that fit the chosen request can be seen."""
        yield Choice("Close", id="close")
        yield Choice("Accept", id="accept", classes="main")
        yield Choice("Reject", id="reject")
        yield Choice("Block", id="block", classes="danger")
        yield Choice("Cancel request", id="cancel")

    def on_view(self, view: View) -> None:
        """Other requests."""
        now = self.shell.now()
        self.query_one(RowList).show([self._row(request, now) for request in view.requests])
        self._show_chosen()

    def on_resize(self) -> None:
        """Notes are wrapped to the width."""
        self.on_view(self.shell.view)

    def on_row_list_moved(self) -> None:
        """Other choices fit."""
        self._show_chosen()

    def on_row_list_chosen(self) -> None:
        """Enter or a click accepts nothing by itself: it goes to the answers."""
        if request := self._request:
            self.query_one(f"#{_FITTING[request.direction][0]}").focus()

    def chosen(self, id: str) -> None:
        """A button."""
        self.action_answer(id)

    def action_answer(self, how: str) -> None:
        """Accept, block or cancel the chosen request; reject it after a question, since nothing brings it back."""
        request = self._request
        if request is None or how not in _FITTING[request.direction]:
            return
        if how == "reject":
            self.app.push_screen(Confirm(*_REJECT, "Reject"), partial(self._rejected, request))
        else:
            self._answer(request, how)

    def _rejected(self, request: Request, sure: bool | None) -> None:
        if sure:
            self._answer(request, "reject")

    def _answer(self, request: Request, how: str) -> None:
        api = self.shell.session.api
        calls = {
            "accept": api.friends_accept, "reject": api.friends_reject,
            "block": api.friends_block, "cancel": api.friends_cancel,
        }  # fmt: skip
        self.attempt(calls[how](request.id))

    @property
    def _request(self) -> Request | None:
        cursor = self.query_one(RowList).cursor
        return next((one for one in self.shell.view.requests if one.id == cursor), None)

    def _show_chosen(self) -> None:
        request = self._request
        fitting = _FITTING[request.direction] if request else ()
        for how in ("accept", "reject", "block", "cancel"):
            self.query_one(f"#{how}").display = how in fitting
        self.query_one("#about", Plain).say(_ABOUT[request.direction] if request else "")

    def _row(self, request: Request, now: datetime) -> Row:
        incoming = request.direction is RequestDirection.INCOMING
        glyphs, cells = self.shell.glyphs, max(16, self.query_one(RowList).size.width - INDENT)
        sign: Piece = (glyphs.unread + " ", "accent") if incoming else (glyphs.asked + " ", "muted")
        said: Piece = (" wants to be friends" if incoming else " has not answered yet", "muted")
        head: list[Piece] = [sign, (safe_text(request.name, multiline=False), "strong"), said]
        notes = wrap(safe_text(request.note, multiline=False), cells) if request.note else []
        lines: list[tuple[list[Piece], list[Piece]]] = [(head, [(when.age(request.at, now, None), "muted")])]
        lines += [([("  ", "text"), (line.text, "text")], []) for line in notes]
        if request.notice:
            warned = wrap(f"{glyphs.alarm} {safe_text(request.notice, multiline=False)}", cells)
            lines += [([("  ", "text"), (line.text, "warn")], []) for line in warned]
        return Row(request.id, tuple(lines))


_FITTING = {
    RequestDirection.INCOMING: ("accept", "reject", "block"),
    RequestDirection.OUTGOING: ("cancel",),
}
_REJECT = (
    "Reject this request?",
    "They are not told, and whatever they ask later is not shown. To be friends after all, add their code yourself.",
)
_ABOUT = {
    RequestDirection.INCOMING: "A name is only a claim: accept whom you expect. Rejecting or blocking is not told.",
    RequestDirection.OUTGOING: "It is tried again until they answer; both of you must be online at the same time.",
}
