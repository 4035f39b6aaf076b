"""Asks for the name of a new file and writes it; what is there already is never replaced."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.app import ComposeResult

from chattor.errors import ChattorError, FileExists
from chattor.text import safe_text
from chattor.tui.modals.dialog import Dialog
from chattor.tui.widgets.plain import Choice, Field, Plain

FILE_MAX = 1024  # characters of a name


class SaveAs(Dialog[None]):
    """`write` gets an absolute path; the dialog stays until it has written, and says in place what is wrong."""

    first_focus = "#file"

    def __init__(self, title: str, text: str, file: str, write: Callable[[str], Awaitable[object]]) -> None:
        super().__init__()
        self.title_words = title
        self._text = text
        self._file = file
        self._write = write

    def body(self) -> ComposeResult:
        """What it will hold, and where."""
        yield Plain(self._text)
        yield Plain("A new file", classes="label")
        field = Field(id="file", limit=FILE_MAX)
        field.value = self._file
        yield field

    def choices(self) -> ComposeResult:
        """Leave, or write."""
        yield Choice("Cancel", id="close")
        yield Choice("Write", id="write", classes="main")

    def on_input_changed(self) -> None:
        """Another name may do."""
        self.problem("")

    def on_input_submitted(self) -> None:
        """Enter writes."""
        self.chosen("write")

    def chosen(self, _id: str) -> None:
        """Write, once at a time."""
        name = self.query_one("#file", Field).value.strip()
        button = self.query_one("#write", Choice)
        if not name or button.disabled:
            return
        button.disabled = True
        self.attempt(self._save(name))

    async def _save(self, name: str) -> None:
        try:
            file = absolute(name)
            await self._write(str(file))
        except FileExists:
            self._again(f"{_shown(name)} is there already, and nothing is replaced. Choose another name.")
        except ChattorError:
            self._again("")
            raise
        else:
            self.shell.notify(f"Written: {_shown(str(file))}")
            if self.is_attached:
                self.dismiss(None)

    def _again(self, words: str) -> None:
        if self.is_attached:
            self.problem(words)
            self.query_one("#write", Choice).disabled = False
        elif words:
            self.shell.notify(words, severity="error")


def _shown(name: str) -> str:
    return safe_text(name, multiline=False)


def absolute(name: str) -> Path:
    """As a shell would take it: from the home directory, or from where the window was started."""
    return Path(name).expanduser().absolute()
