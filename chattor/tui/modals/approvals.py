"""What agents ask for: to whom and which words, exactly; nothing is done before a person says so."""

from datetime import datetime

from textual.app import ComposeResult

from chattor.model.agent import Action, Approval
from chattor.text import safe_text
from chattor.tui import when
from chattor.tui.ink import Piece
from chattor.tui.modals.dialog import Dialog
from chattor.tui.view import View
from chattor.tui.widgets.plain import Choice, Plain
from chattor.tui.widgets.rows import Row, RowList

_WANTS = {
    Action.SEND: "wants to write to",
    Action.PUBLISH: "wants to post in",
    Action.ADD: "wants to ask to be friends:",
    Action.ACCEPT: "wants to accept the request of",
}


class Approvals(Dialog[None]):
    """Allow or deny the chosen wish, whose whole text is shown below the list; the list follows the view."""

    title_words = "What agents ask for"
    first_focus = "RowList"

    def body(self) -> ComposeResult:
        """The list, and the words that would leave."""
        yield RowList(id="list", empty=[("No agent waits for your word.", "muted")])
        yield Plain("", id="about")

    def choices(self) -> ComposeResult:
        """The safe ones first."""
        yield Choice("Later", id="close")
        yield Choice("Deny", id="deny", classes="main")
        yield Choice("Allow", id="allow", classes="danger")

    def on_view(self, view: View) -> None:
        """Other wishes."""
        now = self.shell.now()
        self.query_one(RowList).show([self._row(one, now) for one in view.approvals])
        self._show_chosen()

    def on_row_list_moved(self) -> None:
        """Other words."""
        self._show_chosen()

    def on_row_list_chosen(self) -> None:
        """Enter or a click allows nothing by itself: it goes to the safe answer."""
        if self._approval:
            self.query_one("#deny").focus()

    def chosen(self, id: str) -> None:
        """A button."""
        approval, api = self._approval, self.shell.session.api
        if approval is not None:
            self.attempt((api.approvals_allow if id == "allow" else api.approvals_deny)(approval.id))

    @property
    def _approval(self) -> Approval | None:
        cursor = self.query_one(RowList).cursor
        return next((one for one in self.shell.view.approvals if one.id == cursor), None)

    def _show_chosen(self) -> None:
        approval = self._approval
        for how in ("allow", "deny"):
            self.query_one(f"#{how}").display = approval is not None
        self.query_one("#about", Plain).say("" if approval is None else _words(approval))

    def _row(self, one: Approval, now: datetime) -> Row:
        head: list[Piece] = [
            (f"{self.shell.glyphs.unread} ", "accent"),
            (safe_text(one.agent, multiline=False), "strong"),
            (f" {_WANTS[one.action]} ", "muted"),
            (safe_text(one.recipient, multiline=False), "strong"),
        ]
        return Row(one.id, ((head, [(when.age(one.at, now, None), "muted")]),))


def _words(approval: Approval) -> str:
    """Exactly what would be done."""
    whom = safe_text(approval.recipient, multiline=False)
    code = f"\n{safe_text(approval.code, multiline=False)}" if approval.code else ""
    text = f"\n\n{safe_text(approval.text, multiline=True)}" if approval.text else ""
    return f"{_WANTS[approval.action].removeprefix('wants ').capitalize()} {whom}{code}{text}"
