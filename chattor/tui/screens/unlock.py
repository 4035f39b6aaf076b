"""The passphrase of a profile that is there."""

from textual.app import ComposeResult

from chattor.errors import ChattorError
from chattor.tui.screens.page import Page
from chattor.tui.session import Desk
from chattor.tui.widgets.plain import Choice, Field, Plain


class Unlock(Page):
    """Opens the store, then the application goes on."""

    heading = "Welcome back"
    about = (
        "The passphrase you chose when this profile was made. It is kept nowhere: if it is lost, so is the profile.",
        "A backup has the passphrase of its day. `chattor --profile NAME` begins another profile beside this one.",
    )
    first_focus = "#passphrase"

    def content(self) -> ComposeResult:
        """One field."""
        profile = self.shell.gateway.profile
        yield Plain("Passphrase" if profile == "default" else f"Passphrase of profile {profile}", classes="label")
        yield Field(id="passphrase", secret=True)
        yield self.problem_line()
        yield Choice("Unlock", id="unlock", classes="main")
        yield Plain("", id="working", classes="muted")

    def on_input_changed(self) -> None:
        """No longer wrong."""
        self.problem("")

    def on_input_submitted(self) -> None:
        """Enter."""
        self._go()

    def on_button_pressed(self) -> None:
        """Or the button."""
        self._go()

    def _go(self) -> None:
        field = self.query_one("#passphrase", Field)
        if field.value and not field.disabled:
            field.disabled = True
            self.query_one("#working", Plain).say("Unlocking: this takes a second on purpose, a thief pays it too.")
            self.shell.attempt(self._unlock(field.value), self.failed)

    def failed(self, error: ChattorError) -> None:
        """Once more."""
        super().failed(error)
        self.query_one("#working", Plain).say("")
        field = self.query_one("#passphrase", Field)
        field.disabled = False
        with self.prevent(Field.Changed):
            field.value = ""
        field.focus()

    async def _unlock(self, passphrase: str) -> None:
        api = await self.shell.gateway.unlock(passphrase)
        self.shell.unlocked(Desk(api=api, hosting=True))
