"""Another passphrase: the present one, and twice the new one, whose strength is shown."""

from textual.app import ComposeResult

from chattor.errors import ChattorError
from chattor.model.passphrase import PASSPHRASE_MIN
from chattor.tui.modals.dialog import Dialog
from chattor.tui.strength import TOO_SHORT
from chattor.tui.widgets.plain import Choice, Field, Plain
from chattor.tui.widgets.strength_meter import StrengthMeter
from chattor.words import sentence

_FIELDS = ("old", "new", "again")


class ChangePassphrase(Dialog[None]):
    """The node goes on meanwhile; backups made before keep the old one."""

    title_words = "Change the passphrase"
    first_focus = "#old"

    def body(self) -> ComposeResult:
        """Three fields."""
        yield Plain("The present passphrase", classes="label")
        yield Field(id="old", secret=True)
        yield Plain("The new one — nobody can reset it", classes="label")
        yield Field(id="new", secret=True)
        yield StrengthMeter(self.shell.glyphs)
        yield Plain("The new one once more", classes="label")
        yield Field(id="again", secret=True)
        yield Plain("Backups made before still open with the old one.", classes="muted")

    def choices(self) -> ComposeResult:
        """Leave, or change it."""
        yield Choice("Cancel", id="close")
        yield Choice("Change", id="change", classes="main")

    def on_input_changed(self, event: Field.Changed) -> None:
        """The strength as it grows."""
        self.problem("")
        if event.input.id == "new":
            self.query_one(StrengthMeter).measure(event.value)

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Enter goes on, and changes from the last field."""
        if event.input.id == "again":
            self.chosen("change")
        else:
            self.focus_next("Field")

    def chosen(self, _id: str) -> None:
        """Change it, if it can be."""
        old, new, again = (self.query_one(f"#{field}", Field).value for field in _FIELDS)
        if len(new) < PASSPHRASE_MIN:
            self._wrong("new", TOO_SHORT)
        elif new != again:
            self._wrong("again", "The two new passphrases are not the same.")
        elif not self.query_one("#change").disabled:
            self.query_one("#change").disabled = True
            self.shell.attempt(self._change(old, new), self._refused)

    async def _change(self, old: str, new: str) -> None:
        await self.shell.gateway.change_passphrase(old, new)
        self.shell.notify("The passphrase was changed.")
        if self.is_attached:
            self.dismiss(None)

    def _refused(self, error: ChattorError) -> None:
        if self.is_attached:
            self.query_one("#change").disabled = False
            self._wrong("old", sentence(error))
        else:
            self.shell.complain(error)

    def _wrong(self, field: str, words: str) -> None:
        self.problem(words)
        self.query_one(f"#{field}").focus()
