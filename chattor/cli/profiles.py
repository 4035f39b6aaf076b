"""`chattor profiles …`: several people in one home, who share nothing."""

from collections.abc import Iterator, Sequence

import click
from msgspec import Struct

from chattor.cli import complete
from chattor.cli.options import Options
from chattor.cli.output import table
from chattor.cli.root import root
from chattor.cli.show import Page
from chattor.cli.verb import answer, json_flag
from chattor.config import paths
from chattor.errors import NoDaemon
from chattor.model.status import Status
from chattor.rpc import blocking


class Profile(Struct, frozen=True, kw_only=True):
    """One profile in the usual places; `current` is the one meant now."""

    name: str
    current: bool
    running: bool
    locked: bool


@root.group()
def profiles() -> None:
    """Profiles: list them, switch between them. `--profile NAME init` makes another one."""


@profiles.command(name="list")
@json_flag
@click.pass_obj
def _list(options: Options) -> None:
    """List the profiles, and whether a node runs for each."""
    answer([_looked_at(name, options.paths) for name in paths.profiles()], options, _shown)


@profiles.command()
@click.argument("name", shell_complete=complete.profiles)
@json_flag
@click.pass_obj
def switch(options: Options, name: str) -> None:
    """Mean profile NAME from now on when none is named."""
    paths.choose(name)
    answer(_looked_at(name, paths.of_profile(name)), options, lambda value, page: _shown([value], page))


def _looked_at(name: str, meant: paths.Paths) -> Profile:
    places = paths.of_profile(name)
    status = _status(places)
    return Profile(
        name=name,
        current=places.data == meant.data,
        running=status is not None,
        locked=status is not None and status.locked,
    )


def _status(places: paths.Paths) -> Status | None:
    try:
        node = blocking.connect(places.socket)
    except NoDaemon:
        return None
    try:
        return blocking.drive(node.status())
    finally:
        blocking.drive(node.close())


def _shown(value: Sequence[Profile], page: Page) -> Iterator[str]:
    rows = [["*" if one.current else "", one.name, _state(one)] for one in value]
    return table(["", "NAME", "STATE"], rows, page.ink)


def _state(one: Profile) -> str:
    return "locked" if one.locked else "running" if one.running else "not running"
