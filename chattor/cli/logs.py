"""The log of the node as it was written: its last lines, and what follows, through every rotation."""

import re
import time
from collections.abc import Iterator
from typing import Final

import click
from msgspec import Struct

from chattor.cli import output
from chattor.cli.options import Options
from chattor.cli.output import Ink
from chattor.cli.root import root
from chattor.cli.verb import json_flag
from chattor.text import safe_text

_LOOK_AGAIN: Final = 0.2  # s
_LINE_MAX: Final = 8_192  # characters
_HEAD: Final = re.compile(r"(?P<at>\d{4}-\d\d-\d\dT\S+) (?P<level>[a-z]+) (?P<logger>[\w.]+): (?P<message>.*)")
_GRAVE: Final = ("warning", "error", "critical")


class Line(Struct, frozen=True, kw_only=True):
    """One line of the log. Those of a traceback carry the head of the line they belong to."""

    at: str
    level: str
    logger: str
    message: str


class Teller:
    """Prints lines, as they are or as JSON."""

    def __init__(self, options: Options) -> None:
        self._as_json = options.as_json
        self._ink = output.ink(options.color)
        self._head = Line(at="", level="", logger="", message="")

    def tell(self, lines: Iterator[str] | list[str]) -> None:
        """Print some."""
        for text in lines:
            found = _HEAD.fullmatch(text)
            head = self._head
            line = Line(at=head.at, level=head.level, logger=head.logger, message=text)
            if found is not None:
                line = self._head = Line(**found.groupdict())
            output.write(output.to_json(line) if self._as_json else _styled(text, line.level, self._ink))


def _styled(text: str, level: str, ink: Ink) -> str:
    shown = safe_text(text, multiline=False, limit=_LINE_MAX)
    return ink.red(shown) if level in _GRAVE else shown


@root.command()
@click.option(
    "-n", "--lines", "count", type=click.IntRange(0, 100_000), default=50, show_default=True, help="How many."
)
@click.option("-f", "--follow", is_flag=True, help="Go on as the log grows, until Ctrl-C.")
@json_flag
@click.pass_obj
def logs(options: Options, count: int, follow: bool) -> None:
    """Show the last lines of the node's log; no node needs to run."""
    from chattor.cli.tail import Reader, last

    log = options.paths.log
    reader, teller = Reader(log), Teller(options)
    try:
        lines = last(log, reader.lines(), count)
        teller.tell(lines)
        if not lines and not follow and count:
            output.note("nothing to show")
        while follow:
            time.sleep(_LOOK_AGAIN)
            teller.tell(reader.lines())
    finally:
        reader.close()
