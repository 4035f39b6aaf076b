"""The profile's data as a whole: backups, exports, another passphrase, the end of it all."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import click

from chattor.api import Api
from chattor.cli import complete, output, show
from chattor.cli.node import stop_running
from chattor.cli.options import Options
from chattor.cli.output import cell, fields, when
from chattor.cli.root import root
from chattor.cli.session import connected
from chattor.cli.show import Page
from chattor.cli.verb import answer, json_flag, verb
from chattor.config.outfile import outfile
from chattor.config.paths import DEFAULT_PROFILE, is_chosen
from chattor.daemon import passphrase
from chattor.daemon.passphrase import Source
from chattor.errors import BadInput, ProfileInUse
from chattor.model.backup import Backup
from chattor.transcript.form import FORMS
from chattor.transcript.write import write

T = TypeVar("T")
_LOOK_AGAIN = 0.05  # s
_FILE = click.Path(path_type=Path)


def _absolute(_: click.Context, __: click.Parameter, file: Path | None) -> Path | None:
    """A node has another working directory. Nothing is there yet while a shell completes the line."""
    return file and file.absolute()


_file = click.argument("file", type=_FILE, callback=_absolute)


def _shown(value: Backup, page: Page) -> Iterator[str]:
    return fields(
        [
            ("file", cell(value.file, 4_096)),
            ("made", when(value.created_at)),
            ("of", f"{cell(value.name)}, {cell(value.onion, 62)}"),
            ("bytes", f"{value.bytes:,}"),
        ],
        page.ink,
    )


@root.group()
def backup() -> None:
    """One encrypted file with everything in it: create, verify, restore."""


@verb(backup, _shown, reading=True)
@_file
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
async def create(api: Api, file: Path, force: bool) -> Backup:
    """Write everything into FILE; the passphrase of now will open it.

    Settings and themes are not in it.
    """
    return await api.backup_create(str(file), force)


@backup.command()
@_file
@json_flag
@click.pass_obj
def verify(options: Options, file: Path) -> None:
    """Read all of FILE and tell whether it is whole; writes nothing."""
    from chattor import upkeep

    answer(upkeep.verify_backup(file, passphrase.obtain(options.source)), options, _shown)


@backup.command()
@_file
@click.option("--force", is_flag=True, help="Move a profile that is there aside first.")
@json_flag
@click.pass_obj
def restore(options: Options, file: Path, force: bool) -> None:
    """Make this profile what it was when FILE was made.

    Friends notice nothing but that messages are sent again; what was received since then is gone here.
    """
    from chattor import upkeep

    profile = options.launchable()
    secret = passphrase.obtain(options.source)
    answer(upkeep.restore_backup(profile, file, secret, force=force), options, _shown)
    if not options.as_json:
        output.note("Let no other copy of this profile run: two of them would disturb each other.")


def _once_free(work: Callable[[], T]) -> T:
    """Do something as soon as a node that stops has let go of the profile. Raises ProfileInUse if it does not."""
    from chattor.daemon.run import STOP_WITHIN

    deadline = time.monotonic() + STOP_WITHIN
    while True:
        try:
            return work()
        except ProfileInUse:
            if time.monotonic() > deadline:
                raise
        time.sleep(_LOOK_AGAIN)


@root.command()
@click.option("--friend", metavar="FRIEND", shell_complete=complete.friends, help="This conversation only.")
@click.option("--format", "form", type=click.Choice([*FORMS]), default="jsonl", show_default=True, help="How to write.")
@click.option("-o", "--output", "file", type=_FILE, metavar="FILE", help="Write a new file that only you can read.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@click.pass_obj
def export(options: Options, friend: str | None, form: str, file: Path | None, force: bool) -> None:
    """Write down conversations, readable by anybody: a message a line, as in `history`, or Markdown.

    Texts of limited time are left out.
    """
    if file is None:
        connected(options, lambda api: write(api, form, friend, sys.stdout.write), reading=True)
        return
    with outfile(file.absolute(), force=force) as out:
        connected(options, lambda api: write(api, form, friend, lambda text: out.write(text.encode())), reading=True)


@root.command("passphrase")
@click.option(
    "--new-passphrase-file", type=_FILE, metavar="FILE", help="Read the new one from a file only you can read."
)
@click.option("--new-passphrase-fd", type=click.IntRange(0), metavar="N", help="Read the new one from a descriptor.")
@json_flag
@click.pass_obj
def change(options: Options, new_passphrase_file: Path | None, new_passphrase_fd: int | None) -> None:
    """Change the passphrase; a node that runs goes on.

    Backups made before still open with the old one.
    """
    from chattor import upkeep

    profile = options.existing()
    old = passphrase.obtain(options.source, prompt="present passphrase: ")
    source = Source(file=new_passphrase_file, descriptor=new_passphrase_fd, credential=False)
    upkeep.change_passphrase(profile, old, passphrase.obtain(source, new=True, prompt="new passphrase: "))
    answer(None, options, show.nothing)


@root.command()
@click.option("--yes", metavar="NAME", help="The profile's name, instead of typing it.")
@json_flag
@click.pass_obj
def wipe(options: Options, yes: str | None) -> None:
    """Delete this profile for ever: keys, history, friends. Nothing brings it back but a backup.

    Settings and themes stay, and so does every file that is not chattor's.
    """
    from chattor import upkeep

    profile = options.existing()
    name = options.paths.profile
    typed = click.prompt(f"type {name} to delete it", err=True, default="", show_default=False) if yes is None else yes
    if typed != name:
        raise BadInput(f"{typed or 'nothing'} is not the name of the profile, which is {name}")
    chosen = is_chosen(options.paths)
    stop_running(options)
    for left in _once_free(lambda: upkeep.delete(profile)):
        output.note(f"left alone, not chattor's: {left}")
    answer(None, options, show.nothing)
    if chosen and name != DEFAULT_PROFILE:
        output.note(f"{name} was the profile you had switched to; from now on {DEFAULT_PROFILE} is meant again.")
    output.note("Deleted. Copies in backups, snapshots or the spare cells of an SSD stay, sealed by the passphrase.")
