"""One line to write, for commands that need a word."""

from textual.app import ComposeResult

from chattor.tui.modals.dialog import Dialog
from chattor.tui.widgets.plain import Choice, Field, Plain


class Ask(Dialog[str]):
    """The line, or None."""

    first_focus = "#answer"

    def __init__(
        self, title: str, text: str, yes: str, value: str = "", limit: int = 0, *, may_be_empty: bool = False
    ) -> None:
        super().__init__()
        self.title_words = title
        self._text = text
        self._yes = yes
        self._value = value
        self._limit = limit
        self._may_be_empty = may_be_empty

    def body(self) -> ComposeResult:
        """The field."""
        yield Plain(self._text, classes="label")
        field = Field(id="answer", limit=self._limit)
        field.value = self._value
        yield field

    def choices(self) -> ComposeResult:
        """Leave, or take it."""
        yield Choice("Cancel", id="close")
        yield Choice(self._yes, id="yes", classes="main")

    def chosen(self, _id: str) -> None:
        """Taken."""
        answer = self.query_one("#answer", Field).value.strip()
        if answer or self._may_be_empty:
            self.dismiss(answer)

    def on_input_submitted(self) -> None:
        """Enter takes it too."""
        self.chosen("yes")
