"""The first screen of all: a name and a passphrase, nothing else is asked."""

from textual.app import ComposeResult

from chattor.errors import ChattorError
from chattor.model.passphrase import PASSPHRASE_MIN
from chattor.text import NAME_MAX
from chattor.tui.screens.page import Page
from chattor.tui.session import Desk
from chattor.tui.strength import TOO_SHORT
from chattor.tui.widgets.plain import Choice, Field, Plain
from chattor.tui.widgets.strength_meter import StrengthMeter

_FIELDS = ("name", "passphrase", "again")


class Welcome(Page):
    """Creates the profile, then the application goes on."""

    heading = "Chat that belongs to the two of you: no server, no account, over Tor."

    about = (
        "chattor makes an identity on this machine and nothing else: there is no account, and nobody to ask for one.",
        "The name is what your friends see. Any will do; it need not be yours.",
        "The passphrase encrypts your keys and messages on this disk. It is kept nowhere and nobody can reset it.",
        "A few random words make a good one. Write it down at a safe place.",
        "Next you see your friend code. Whoever has it can ask to become your friend.",
    )
    first_focus = "#name"

    def content(self) -> ComposeResult:
        """Three fields."""
        yield Plain("Your name — friends see it when you ask them", classes="label")
        yield Field(id="name", limit=NAME_MAX)
        yield Plain("Passphrase — it encrypts everything on this disk; nobody can reset it", classes="label")
        yield Field(id="passphrase", secret=True)
        yield StrengthMeter(self.shell.glyphs)
        yield Plain("The same once more", classes="label")
        yield Field(id="again", secret=True)
        yield self.problem_line()
        yield Choice("Create", id="create", classes="main")
        yield Plain("", id="working", classes="muted")

    def on_input_changed(self, event: Field.Changed) -> None:
        """The strength as it grows."""
        self.problem("")
        if event.input.id == "passphrase":
            self.query_one(StrengthMeter).measure(event.value)

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Enter goes on, and creates from the last field."""
        if event.input.id == "again":
            self._go()
        else:
            self.focus_next("Field")

    def on_button_pressed(self) -> None:
        """Or the button."""
        self._go()

    def failed(self, error: ChattorError) -> None:
        """Once more."""
        super().failed(error)
        self._busy(False)

    def _go(self) -> None:
        name, passphrase, again = (self.query_one(f"#{field}", Field).value for field in _FIELDS)
        if not name.strip():
            self._wrong("name", "A name is needed; any will do.")
        elif len(passphrase) < PASSPHRASE_MIN:
            self._wrong("passphrase", TOO_SHORT)
        elif passphrase != again:
            self._wrong("again", "The two passphrases are not the same.")
        elif not self.query_one("#create").disabled:
            self._busy(True)
            self.shell.attempt(self._create(name.strip(), passphrase), self.failed)

    def _wrong(self, field: str, words: str) -> None:
        self.problem(words)
        self.query_one(f"#{field}").focus()

    def _busy(self, busy: bool) -> None:
        self.query_one("#create").disabled = busy
        self.query_one("#working", Plain).say("Making your keys and the encrypted store…" if busy else "")

    async def _create(self, name: str, passphrase: str) -> None:
        api = await self.shell.gateway.create(name, passphrase)
        self.shell.created(Desk(api=api, hosting=True))
