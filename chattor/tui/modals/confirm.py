"""A question with a safe answer and another one."""

from textual.app import ComposeResult

from chattor.tui.modals.dialog import Dialog
from chattor.tui.widgets.plain import Choice, Plain


class Confirm(Dialog[bool]):
    """True only if the second choice was taken."""

    def __init__(self, title: str, text: str, yes: str, no: str = "Cancel") -> None:
        super().__init__()
        self.title_words = title
        self._text = text
        self._yes = yes
        self._no = no

    def body(self) -> ComposeResult:
        """The consequences."""
        yield Plain(self._text)

    def choices(self) -> ComposeResult:
        """The safe one has the focus."""
        yield Choice(self._no, id="close")
        yield Choice(self._yes, id="yes", classes="danger")

    def chosen(self, id: str) -> None:
        """The other one."""
        self.dismiss(id == "yes")
