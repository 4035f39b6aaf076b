"""The settings: without a node the file itself is read and changed; no passphrase is needed for either."""

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

import click

from chattor.api import Api
from chattor.cli import complete, output, show
from chattor.cli.look import keymap_of
from chattor.cli.options import Options
from chattor.cli.root import root
from chattor.cli.session import connected
from chattor.cli.show import Page
from chattor.cli.stdin import text_argument
from chattor.cli.verb import answer, json_flag
from chattor.errors import NoDaemon
from chattor.model.settings import Setting

if TYPE_CHECKING:
    from chattor.config.edit import SettingsFile
    from chattor.config.settings import Settings

T = TypeVar("T")
key = click.argument("key", shell_complete=complete.keys)
_STDIN_MAX: Final = 32 * 1024  # bytes, as much as settings.toml may hold
_NOTIFIES = "notifications.enabled"


@root.group()
def settings() -> None:
    """What can be set: list, get, set, schema."""


@settings.command(name="list")
@json_flag
@click.pass_obj
def _list(options: Options) -> None:
    """List every setting, its value and what it means."""

    def offline() -> list[Setting]:
        from chattor.config import catalogue

        return catalogue.listed(_loaded(options))

    answer(_ask(options, lambda api: api.settings_list(), offline), options, show.settings)


@settings.command()
@key
@json_flag
@click.pass_obj
def get(options: Options, key: str) -> None:
    """Show one setting."""

    def offline() -> Setting:
        from chattor.config import catalogue

        return catalogue.named(_loaded(options), key)

    answer(_ask(options, lambda api: api.settings_get(key), offline), options, show.setting)


@settings.command(name="set")
@key
@click.argument("values", metavar="VALUE...", nargs=-1, required=True, shell_complete=complete.values)
@json_flag
@click.pass_obj
def set_(options: Options, key: str, values: tuple[str, ...]) -> None:
    """Change one setting; comments in settings.toml are kept. A list takes several; `-` reads them from stdin."""
    value = text_argument("-", _STDIN_MAX) if values == ("-",) else "\n".join(values)

    def offline() -> Setting:
        from chattor.config import catalogue

        return catalogue.named(_file(options, key).set(key, value), key)

    if key.startswith("keymap."):
        from chattor.tui import key_settings

        key_settings.check(key, value)
    answer(_ask(options, lambda api: api.settings_set(key, value), offline), options, _changed)
    if key.startswith(("keymap.", "terminal.keys")):
        for problem in keymap_of(options).problems:
            output.note(f"chattor: {problem}")


@root.command()
@click.argument("state", type=click.Choice(["on", "off"]))
@json_flag
@click.pass_obj
def notifications(options: Options, state: str) -> None:
    """Let chattor notify you, or not; `settings list` shows how it does."""

    def offline() -> Setting:
        from chattor.config import catalogue

        return catalogue.named(options.settings_file.set(_NOTIFIES, state), _NOTIFIES)

    answer(_ask(options, lambda api: api.settings_set(_NOTIFIES, state), offline), options, _changed)


@settings.command()
@json_flag
@click.pass_obj
def schema(options: Options) -> None:
    """Print the JSON schema of settings.toml, for editors and programs."""
    from chattor.config import catalogue

    answer(catalogue.schema(), options, show.indented)


def _file(options: Options, key: str) -> "SettingsFile":
    """Where tor is concerned it is asked first, as a node would."""
    if not key.startswith("tor."):
        return options.settings_file
    from chattor.launch import trial_by_tor

    return replace(options.settings_file, trial=trial_by_tor(options.torrc))


def _loaded(options: Options) -> "Settings":
    """What the file says; what is wrong with it goes to stderr."""
    loaded = options.settings_file.load()
    for warning in loaded.warnings:
        output.note(f"chattor: {warning}")
    return loaded.settings


def _ask(options: Options, work: Callable[[Api], Coroutine[object, object, T]], offline: Callable[[], T]) -> T:
    try:
        return connected(options, work, reading=False)
    except NoDaemon:
        return offline()


def _changed(value: Setting, page: Page) -> Iterator[str]:
    yield from show.setting(value, page)
    if value.restart:
        yield page.ink.dim("a node that runs notices at its next start")
