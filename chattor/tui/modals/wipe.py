"""Deleting the profile: its name must be typed, since nothing brings it back."""

from textual.app import ComposeResult

from chattor.tui.modals.dialog import Dialog
from chattor.tui.widgets.plain import Choice, Field, Plain

NAME_MAX = 32  # characters of a profile's name


class Wipe(Dialog[bool]):
    """True only if the name was typed and the deletion chosen."""

    title_words = "Delete this profile for ever?"
    first_focus = "#name"

    def __init__(self, profile: str) -> None:
        super().__init__()
        self._profile = profile

    def body(self) -> ComposeResult:
        """The consequences."""
        yield Plain(
            "Your keys, your friends and all conversations are deleted from this machine, and this window closes. "
            "Nobody can reach you at your friend code any more. Only a backup brings it back."
        )
        yield Plain(f"To delete it, type its name: {self._profile}", classes="label")
        yield Field(id="name", limit=NAME_MAX)

    def choices(self) -> ComposeResult:
        """The safe one first."""
        yield Choice("Keep it", id="close")
        yield Choice("Delete", id="delete", classes="danger")

    def on_input_changed(self) -> None:
        """Another word may do."""
        self.problem("")

    def on_input_submitted(self) -> None:
        """Enter deletes if the name is right."""
        self.chosen("delete")

    def chosen(self, _id: str) -> None:
        """Only by its name."""
        if self.query_one("#name", Field).value.strip() == self._profile:
            self.dismiss(True)
        else:
            self.problem(f"That is not the name, which is {self._profile}. Nothing was deleted.")
