"""What the composers of a screen offer: the commands that can be run and the friends there are at that moment."""

from textual.dom import DOMNode

from chattor.text import safe_text
from chattor.tui.commands import COMMANDS
from chattor.tui.fits import fits
from chattor.tui.shell import shell
from chattor.tui.suggesting import Find, Offers, suggest


def offering(place: DOMNode) -> Find:
    """For a composer in this place."""

    def find(line: str, row: int) -> Offers | None:
        view = shell(place).view
        commands = [command for command in COMMANDS if fits(command, view)]
        return suggest(line, row, commands, [safe_text(one.name, multiline=False) for one in view.listed])

    return find
