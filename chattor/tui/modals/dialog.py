"""The frame of every dialog: a title, a body that scrolls when the terminal is small, a row of choices. Esc leaves."""

from collections.abc import Coroutine
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen

from chattor.errors import ChattorError
from chattor.tui.bindings import binding
from chattor.tui.focus import FocusLate
from chattor.tui.ink import Pieces
from chattor.tui.shell import Shell, shell
from chattor.tui.view import View
from chattor.tui.widgets.plain import Choice, Plain
from chattor.words import sentence

T = TypeVar("T")


class Dialog(FocusLate, ModalScreen[T], Generic[T]):
    """Subclasses give `title_words`, `body` and `choices`; whatever they return, Esc returns None.

    Textual calls the `on_…` handlers of every class itself: subclasses do not call those of this one.
    """

    BINDINGS = [
        Binding("escape", "back", "Back"),
        binding("help"),
        Binding("left", "app.focus_previous", "Previous", show=False),
        Binding("right", "app.focus_next", "Next", show=False),
        Binding("up", "scroll_body(-1)", "Up", show=False),
        Binding("down", "scroll_body(1)", "Down", show=False),
        Binding("pageup", "scroll_body(-5)", "Page up", show=False),
        Binding("pagedown", "scroll_body(5)", "Page down", show=False),
    ]
    title_words = ""
    first_focus = "Choice"
    CHROME = 8  # rows of border, padding, title and choices; the body gets the others
    CHROME_SHORT = 3

    def compose(self) -> ComposeResult:
        """The frame."""
        with Vertical(classes="dialog"):
            yield Plain(self.title_words, classes="dialog-title")
            with VerticalScroll(classes="dialog-body", can_focus=False):
                yield from self.body()
            error = Plain("", id="problem", classes="problem")
            error.display = False
            yield error
            with Horizontal(classes="dialog-choices"):
                yield from self.choices()

    def body(self) -> ComposeResult:
        """What it is about."""
        yield from ()

    def choices(self) -> ComposeResult:
        """The buttons, the safe one first."""
        yield Choice("Close", id="close")

    @property
    def shell(self) -> Shell:
        """The application."""
        return shell(self)

    def on_mount(self) -> None:
        """Follow the view."""
        self.watch(self.shell, "view", self.on_view)

    def on_resize(self) -> None:
        """The body scrolls before the choices leave the screen."""
        chrome = self.CHROME_SHORT if self.has_class("-short") else self.CHROME
        for body in self.query(".dialog-body"):
            body.styles.max_height = max(3, self.size.height - chrome)

    def on_view(self, view: View) -> None:
        """The view changed; nothing to do for most dialogs."""

    def on_button_pressed(self, event: Choice.Pressed) -> None:
        """`close` leaves; subclasses take the others."""
        event.stop()
        if event.button.id == "close":
            self.action_back()
        elif event.button.id:
            self.chosen(event.button.id)

    def chosen(self, id: str) -> None:
        """A choice other than `close`."""

    def action_scroll_body(self, rows: int) -> None:
        """What does not fit can be read without a mouse."""
        for body in self.query(".dialog-body"):
            body.scroll_relative(y=rows, animate=False)

    def action_back(self) -> None:
        """Leave without a result."""
        self.dismiss(None)

    def problem(self, words: str | Pieces) -> None:
        """Say in place what is wrong; empty takes it away."""
        self.query_one("#problem", Plain).say(words)

    def attempt(self, work: Coroutine[object, object, object]) -> None:
        """Do it; what goes wrong is said in place, or in a toast if the dialog was left meanwhile."""
        self.problem("")
        self.shell.attempt(work, self._failed)

    def _failed(self, error: ChattorError) -> None:
        if self.is_attached:
            self.problem(sentence(error))
        else:
            self.shell.complain(error)
