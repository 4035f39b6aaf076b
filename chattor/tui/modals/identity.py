"""Our friend code, as text, as QR and to be copied."""

from datetime import datetime, tzinfo

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from chattor.model.status import FormerAddress
from chattor.text import safe_text
from chattor.tui.bindings import bindings
from chattor.tui.keytable import Place
from chattor.tui.modals.dialog import Dialog
from chattor.tui.view import View
from chattor.tui.widgets.plain import Choice, Plain
from chattor.tui.widgets.qr import Qr
from chattor.words import moment

OPEN = "Give it to whomever you want to hear from. It is no secret, but it is how to find you."
CLOSED = "Only friends reach you now: nobody new can use it while the setting tor.friends_only is on."
SHOWN_OF_ONION = 8  # characters of an address we left


class IdentityCard(Dialog[None]):
    """What a friend needs to add us."""

    CHROME = CHROME_SHORT = 0  # the card is its own body
    first_focus = "#copy"
    BINDINGS = [*bindings(Place.CODE)]

    def compose(self) -> ComposeResult:
        """Text beside QR, or above it in a narrow terminal; all of it as high as the QR, which needs every row."""
        with Horizontal(id="card", classes="dialog dialog-body"):
            with Vertical(id="card-text"):
                yield Plain("Your friend code", classes="dialog-title")
                yield Plain(OPEN, id="use")
                yield Plain("", id="code")
                with Horizontal(classes="dialog-choices"):
                    yield Choice("Copy", id="copy", classes="main")
                    yield Choice("Close", id="close")
                yield Plain("Fingerprint", classes="label")
                yield Plain("", id="fingerprint")
                yield Plain("", id="former", classes="muted")
            yield Qr(id="qr")

    def on_view(self, view: View) -> None:
        """Who we are."""
        if view.identity:
            self.query_one(Qr).show(view.identity.friend_code)
            self.query_one("#code", Plain).say([(view.identity.friend_code, "accent")])
            self.query_one("#use", Plain).say(CLOSED if view.identity.friends_only else OPEN)
            self.query_one("#fingerprint", Plain).say(view.identity.fingerprint)
            now, zone = self.shell.now(), self.shell.options.zone
            former = (_words(one, now, zone) for one in view.identity.former)
            self.query_one("#former", Plain).say("\n".join(former))

    def chosen(self, _id: str) -> None:
        """Copy."""
        self.action_copy()

    def action_copy(self) -> None:
        """To the clipboard of the terminal."""
        if identity := self.shell.view.identity:
            self.shell.copy(identity.friend_code, "Your friend code")


def _words(one: FormerAddress, now: datetime, zone: tzinfo | None) -> str:
    """How long somebody may still find us where we were."""
    short = safe_text(one.onion, multiline=False)[:SHOWN_OF_ONION]
    waits = f", and {one.waiting} to follow" if one.waiting else ""
    return f"Still answering at {short}… until {moment(one.until, now, zone)}{waits}"
