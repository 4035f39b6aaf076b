"""The only doors to Textual's text widgets: markup is off in all of them, whatever the text says.

Everything else in the interface uses these; a test forbids the originals elsewhere.
"""

from textual.content import Content
from textual.widgets import Button, Input, Static

from chattor.text import safe_text
from chattor.tui.ink import Pieces, content


class Plain(Static):
    """A block of text, wrapped."""

    def __init__(self, text: str | Pieces = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(_content(text), id=id, classes=classes, markup=False)
        self._said: str | Pieces | None = None

    def say(self, text: str | Pieces) -> None:
        """Another text; an empty one makes the widget vanish. The same again costs nothing."""
        if text != self._said:
            self._said = text
            self.update(_content(text))
            self.display = bool(text)


class Field(Input):
    """One line to write in; pasted controls become visible marks and the cursor does not blink."""

    def __init__(self, *, hint: str = "", secret: bool = False, limit: int = 0, id: str | None = None) -> None:
        super().__init__(
            placeholder=hint, password=secret, max_length=limit, id=id, compact=True, select_on_focus=False
        )
        self.cursor_blink = False
        self._limit = limit

    def insert_text_at_cursor(self, text: str) -> None:
        """What is typed or pasted; a passphrase stays as it is, since it is never shown."""
        super().insert_text_at_cursor(text if self.password else safe_text(text, multiline=False))


class Choice(Button):
    """A button of one row."""

    def __init__(self, label: str, *, id: str, classes: str | None = None) -> None:
        super().__init__(Content(label), id=id, classes=classes, compact=True)


def _content(text: str | Pieces) -> Content:
    return Content(text) if isinstance(text, str) else content(text)
