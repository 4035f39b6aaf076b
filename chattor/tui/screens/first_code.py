"""After the profile is made: our code to give away, a friend's to paste, while Tor connects in the background."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical

from chattor.tui.screens.page import Page
from chattor.tui.view import View
from chattor.tui.widgets.plain import Choice, Field, Plain
from chattor.tui.widgets.progress import TorProgress
from chattor.tui.widgets.qr import Qr

CODE_MAX = 4096  # characters taken from a paste; the node says what is wrong with it


class FirstCode(Page):
    """The two halves of a friendship; both can be left for later."""

    heading = ""
    about = (
        "Two people become friends when one has the other's code and the other accepts.",
        "Send yours by any way you trust, or let it be scanned. Whoever has it can ask you, and nothing more.",
        "A request waits here until both of you are online at once. Your code stays in /identity.",
    )
    first_focus = "#friend-code"
    BINDINGS = [Binding("escape", "go_on", "Go on"), Binding("f2", "copy", "Copy your code")]

    def content(self) -> ComposeResult:
        """Text beside QR, as high as the QR, which needs every row."""
        with Horizontal(id="card"):
            with Vertical(id="card-text"):
                yield Plain("Your friend code: send it to a friend, or let them scan it.", classes="label")
                yield Plain("", id="code")
                yield Choice("Copy", id="copy")
                yield Plain("Have a friend's code? Paste it here.", classes="label")
                yield Field(id="friend-code", hint="ct1…", limit=CODE_MAX)
                yield self.problem_line()
                with Horizontal(classes="row"):
                    yield Choice("Add friend", id="add", classes="main")
                    yield Choice("Start chatting", id="go")
                yield TorProgress(self.shell.glyphs, self.shell.options.clock.monotonic)
            yield Qr(id="qr")

    def on_view(self, view: View) -> None:
        """Who we are, how far Tor is."""
        self.query_one(TorProgress).show(view.tor)
        self.keep_focus_in_sight()
        if view.identity:
            self.query_one(Qr).show(view.identity.friend_code)
            self.query_one("#code", Plain).say([(view.identity.friend_code, "accent")])

    def on_input_changed(self) -> None:
        """No longer wrong."""
        self.problem("")

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Enter asks, or goes on when nothing was pasted."""
        if event.value.strip():
            self._add()
        else:
            self.action_go_on()

    def on_button_pressed(self, event: Choice.Pressed) -> None:
        """One of three."""
        {"copy": self.action_copy, "add": self._add, "go": self.action_go_on}[str(event.button.id)]()

    def action_copy(self) -> None:
        """Our code to the clipboard."""
        if identity := self.shell.view.identity:
            self.shell.copy(identity.friend_code, "Your friend code")

    def action_go_on(self) -> None:
        """To the main screen; Tor goes on connecting."""
        self.shell.enter()

    def _add(self) -> None:
        self.shell.attempt(self._ask(self.query_one("#friend-code", Field).value.strip()), self.failed)

    async def _ask(self, code: str) -> None:
        request = await self.shell.session.api.friends_add(code)
        self.shell.notify(f"{request.name} will be asked as soon as both of you are online.")
        if self.is_attached:
            self.query_one("#friend-code", Field).value = ""
            self.shell.enter()
