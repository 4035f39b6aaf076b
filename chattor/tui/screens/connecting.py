"""Tor on its way up; nobody has to wait for it."""

from textual.app import ComposeResult
from textual.binding import Binding

from chattor.tui.screens.page import Page
from chattor.tui.view import View
from chattor.tui.widgets.plain import Choice, Plain
from chattor.tui.widgets.progress import TorProgress


class Connecting(Page):
    """Leaves by itself once Tor is ready, or at once when asked to."""

    heading = "Connecting to Tor"
    about = (
        "chattor starts a Tor of its own and reaches friends through it only. The first time takes up to a minute.",
        "Where Tor is blocked, set tor.bridges: in /settings, or with `chattor settings set`.",
    )
    first_focus = "#go"
    BINDINGS = [Binding("escape,enter", "go_on", "Continue offline")]

    def content(self) -> ComposeResult:
        """The progress and the way past it."""
        yield TorProgress(self.shell.glyphs, self.shell.options.clock.monotonic)
        yield Plain("You need not wait: what you write meanwhile is queued and goes out by itself.", classes="muted")
        yield Choice("Continue offline", id="go", classes="main")

    def on_view(self, view: View) -> None:
        """Further, or there."""
        self.query_one(TorProgress).show(view.tor)
        self.keep_focus_in_sight()
        if view.tor.ready and self.is_current:
            self.action_go_on()

    def on_button_pressed(self) -> None:
        """Past it."""
        self.action_go_on()

    def action_go_on(self) -> None:
        """To the main screen; Tor goes on connecting."""
        self.shell.enter()
