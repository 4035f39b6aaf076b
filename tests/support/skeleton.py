"""`python -m tests.support.skeleton`: what Textual itself costs, as a bare window of the same layout. No node, no look.

A header, a list of friends, a conversation drawn by line, a composer and a footer; Ctrl+Q quits.
"""

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Footer, Static, TextArea

PAGE = 100


class Lines(ScrollView, can_focus=True):
    """A page of a history."""

    def on_mount(self) -> None:
        """At its end."""
        self.virtual_size = Size(60, PAGE)
        self.scroll_end(animate=False)

    def render_line(self, y: int) -> Strip:
        """One of them."""
        return Strip([Segment(f"we meet at nine, line {y + self.scroll_offset.y}", Style())])


class Skeleton(App[None]):
    """One window."""

    CSS = """
    #header, #me, #peer { height: 1; }
    #me, #roster { width: 28; }
    #chat, #peer, #lines { width: 1fr; }
    #panes, #lines { height: 1fr; }
    TextArea { height: 3; }
    """
    BINDINGS = [("ctrl+q", "quit", "Quit")]
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """The layout."""
        self.animation_level = "none"
        with Horizontal(id="header"):
            yield Static("mara", id="me")
            yield Static("ben", id="peer")
        with Horizontal(id="panes"):
            yield Static("Friends\nben", id="roster")
            with Vertical(id="chat"):
                yield Lines(id="lines")
                composer = TextArea()
                composer.cursor_blink = False
                yield composer
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Where one writes."""
        self.query_one(TextArea).focus()


if __name__ == "__main__":
    Skeleton().run()
