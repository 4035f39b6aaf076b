"""Keys and commands, from the one table."""

from collections.abc import Iterable

from textual.app import ComposeResult

from chattor.tui.commands import COMMANDS, Command
from chattor.tui.ink import Piece
from chattor.tui.modals.dialog import Dialog
from chattor.tui.widgets.plain import Plain

_KEY_WIDTH = 22
WRITING = (
    ("Enter", "send"),
    ("Ctrl+J", "new line; also Shift+Enter, Alt+Enter"),
    ("paste", "never sends"),
    ("/word", "a command; // at the start sends a slash"),
    ("PgUp, PgDn", "scroll the conversation"),
    ("Tab, Esc", "to another part; back"),
    ("drag, Ctrl+C", "mark and copy; Shift+drag is the terminal's own"),
)
STATES = (
    ("queued", "on disk here, not sent yet"),
    ("sending", "on its way"),
    ("delivered", "on your friend's disk"),
    ("read", "your friend has seen it"),
)


class Help(Dialog[None]):
    """One page to scroll."""

    title_words = "Help"

    def body(self) -> ComposeResult:
        """Writing, commands, what the states mean."""
        yield Plain([*_section("Writing", WRITING), *_section("Commands", map(_command, COMMANDS))])
        yield Plain(_section("States", STATES))


def key_words(keys: str) -> str:
    """`ctrl+k,alt+k` as `Ctrl+K, Alt+K`."""
    return ", ".join("+".join(part.capitalize() for part in key.split("+")) for key in keys.split(",") if key)


def _command(command: Command) -> tuple[str, str]:
    slash = f"/{command.name} {command.argument}".rstrip()
    keys = key_words(command.key)
    return (f"{slash}  {keys}" if keys else slash), command.help


def _section(title: str, lines: Iterable[tuple[str, str]]) -> list[Piece]:
    pieces: list[Piece] = [(f"{title}\n", "strong")]
    for key, words in lines:
        pieces += [(f"  {key:<{_KEY_WIDTH}}", "accent"), (f"  {words}\n", "text")]
    return [*pieces, ("\n", "text")]
