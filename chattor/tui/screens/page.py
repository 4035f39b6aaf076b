"""The frame of the screens before the main one: a column in the middle, the name on top, keys at the bottom."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen

from chattor.errors import ChattorError
from chattor.tui.bindings import binding
from chattor.tui.focus import FocusLate
from chattor.tui.shell import Shell, shell
from chattor.tui.view import View
from chattor.tui.widgets.keybar import KeyBar
from chattor.tui.widgets.plain import Plain
from chattor.words import sentence


class Page(FocusLate, Screen[None]):
    """Subclasses give `heading` and `content`, and in `about` the paragraphs told to whoever asks for help here."""

    BINDINGS = [binding("help")]
    heading = ""
    about: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """The frame."""
        with VerticalScroll(classes="page", can_focus=False):
            yield Plain([("chattor", "accent")], classes="brand")
            if self.heading:
                yield Plain(self.heading, classes="heading")
            yield from self.content()
        yield KeyBar()

    def content(self) -> ComposeResult:
        """What is below the heading; somewhere in it the `problem_line`, if there can be one."""
        yield from ()

    def problem_line(self) -> Plain:
        """Where `problem` says what is wrong."""
        line = Plain("", id="problem", classes="problem")
        line.display = False
        return line

    @property
    def shell(self) -> Shell:
        """The application."""
        return shell(self)

    def on_mount(self) -> None:
        """Follow the view."""
        self.watch(self.shell, "view", self.on_view)

    def on_view(self, view: View) -> None:
        """The view changed."""

    def failed(self, error: ChattorError) -> None:
        """Say in place what is wrong and what to do."""
        self.problem(sentence(error))

    def problem(self, words: str) -> None:
        """Say it; empty takes it away."""
        self.query_one("#problem", Plain).say(words)
