"""Our friend code, as text, as QR and to be copied."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical

from chattor.tui.modals.dialog import Dialog
from chattor.tui.view import View
from chattor.tui.widgets.plain import Choice, Plain
from chattor.tui.widgets.qr import Qr


class IdentityCard(Dialog[None]):
    """What a friend needs to add us."""

    CHROME = CHROME_SHORT = 0  # the card is its own body
    first_focus = "#copy"
    BINDINGS = [Binding("c", "copy", "Copy")]

    def compose(self) -> ComposeResult:
        """Text beside QR, or above it in a narrow terminal; all of it as high as the QR, which needs every row."""
        with Horizontal(id="card", classes="dialog dialog-body"):
            with Vertical(id="card-text"):
                yield Plain("Your friend code", classes="dialog-title")
                yield Plain("Give it to whomever you want to hear from. It is no secret, but it is how to find you.")
                yield Plain("", id="code")
                with Horizontal(classes="dialog-choices"):
                    yield Choice("Copy", id="copy", classes="main")
                    yield Choice("Close", id="close")
                yield Plain("Fingerprint", classes="label")
                yield Plain("", id="fingerprint")
            yield Qr(id="qr")

    def on_view(self, view: View) -> None:
        """Who we are."""
        if view.identity:
            self.query_one(Qr).show(view.identity.friend_code)
            self.query_one("#code", Plain).say([(view.identity.friend_code, "accent")])
            self.query_one("#fingerprint", Plain).say(view.identity.fingerprint)

    def chosen(self, _id: str) -> None:
        """Copy."""
        self.action_copy()

    def action_copy(self) -> None:
        """To the clipboard of the terminal."""
        if identity := self.shell.view.identity:
            self.shell.copy(identity.friend_code, "Your friend code")
