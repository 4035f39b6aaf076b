"""`chattor keys` and `chattor theme`: what the window listens to and what it looks like, told without a window."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct
from msgspec.structs import asdict

from chattor.cli import complete, output
from chattor.cli.options import Options
from chattor.cli.root import root
from chattor.cli.show import Page
from chattor.cli.verb import answer, json_flag
from chattor.errors import BadTheme

if TYPE_CHECKING:
    from chattor.tui.keymap import Keymap


class KeyRow(Struct, frozen=True, kw_only=True):
    """What a key does. `id` is its name in `[keymap]`; a command is also run by a slash and its id."""

    id: str
    place: str
    keys: Sequence[str]
    title: str
    help: str


@root.command()
@click.option("--listen", is_flag=True, help="Tell what the terminal sends for each key that is pressed.")
@json_flag
@click.pass_obj
def keys(options: Options, listen: bool) -> None:
    """List what every key of the window does, and by which name it is changed in [keymap] of settings.toml."""
    keymap = keymap_of(options)
    if listen:
        _listen(keymap)
        return
    answer([_row(keymap, name) for name in keymap.keys], options, _shown)
    for problem in keymap.problems:
        output.note(f"chattor: {problem}")


def keymap_of(options: Options) -> "Keymap":
    """The keys of the next window."""
    from chattor.tui.keymap import resolve

    settings = options.settings_file.load().settings
    return resolve(settings.terminal.keys, settings.keymap)


def _row(keymap: "Keymap", name: str) -> KeyRow:
    from chattor.tui.keytable import BY_ID

    key = BY_ID[name]
    return KeyRow(id=key.id, place=key.place.name.lower(), keys=keymap.keys[name], title=key.title, help=key.help)


def _shown(rows: Sequence[KeyRow], page: Page) -> Iterator[str]:
    from chattor.tui.keynames import all_words
    from chattor.tui.keytable import Place

    for place in Place:
        there = [row for row in rows if row.place == place.name.lower()]
        shown = [[all_words(tuple(row.keys)), row.title, row.id] for row in there]
        yield from ("", page.ink.bold(place)) if place is not Place.WINDOW else (page.ink.bold(place),)
        yield from output.table(["KEYS", "WHAT", "NAME"], shown, page.ink)


def _listen(keymap: "Keymap") -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("--listen needs a terminal")
    from chattor.tui.listen import listen

    output.note("Press keys; Ctrl+C ends. What is sent, the name for [keymap], how it is shown, what it does:")
    listen(keymap, lambda line: output.write(f"{line}\r"))


class ThemeRow(Struct, frozen=True, kw_only=True):
    """A theme, and the least contrast any text has in it; none where the terminal decides."""

    name: str
    dark: bool
    own: bool
    contrast: float | None


class Reading(Struct, frozen=True, kw_only=True):
    """One ink on one ground."""

    ink: str
    ground: str
    contrast: float
    readable: bool


class Check(Struct, frozen=True, kw_only=True):
    """What a theme file is worth: every ink on every ground, the worst first."""

    name: str
    readable: bool
    pairs: Sequence[Reading]


class Theme(Struct, frozen=True, kw_only=True):
    """A theme as its file says it: `colors` has every one there is."""

    dark: bool
    colors: Mapping[str, str]


@root.group()
def theme() -> None:
    """Themes: list them, show one to begin your own with, check a file of your own."""


@theme.command(name="list")
@json_flag
@click.pass_obj
def _list(options: Options) -> None:
    """List the themes there are, and how well they can be read."""
    from chattor.tui.palette import weakest
    from chattor.tui.theme_shelf import ThemeShelf

    shelf, rows = ThemeShelf(config=options.paths.config), []
    for name in shelf.names():
        try:
            palette = shelf.load(name)
        except BadTheme as error:
            output.note(f"chattor: {error}")
            continue
        worst = weakest(palette)
        contrast = None if worst is None else round(worst.ratio, 1)
        rows.append(ThemeRow(name=name, dark=palette.dark, own=shelf.is_own(name), contrast=contrast))
    answer(rows, options, _themes)


@theme.command()
@click.argument("name", required=False, shell_complete=complete.themes)
@json_flag
@click.pass_obj
def show(options: Options, name: str | None) -> None:
    """Write a theme as a file has it, the one in use if you name none.

    To begin one of your own: `chattor theme show dark > mine.toml`, into themes/ of the directory `chattor paths` calls
    config.
    """
    from chattor.tui.theme_shelf import ThemeShelf

    name = name or options.settings_file.load().settings.terminal.theme
    palette = ThemeShelf(config=options.paths.config).load(name)
    answer(Theme(dark=palette.dark, colors=palette.colors), options, _as_file)


@theme.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_flag
@click.pass_context
def check(context: click.Context, file: Path) -> None:
    """Check a theme file: what is wrong with it, and what cannot be read. Exit code 1 if something cannot."""
    from chattor.tui.palette import CONTRAST_MIN, contrasts
    from chattor.tui.theme_shelf import read_theme

    palette = read_theme(file)
    pairs = [
        Reading(ink=one.ink, ground=one.ground, contrast=round(one.ratio, 2), readable=one.ratio >= CONTRAST_MIN)
        for one in contrasts(palette)
    ]
    found = Check(name=palette.name, readable=all(one.readable for one in pairs), pairs=pairs)
    answer(found, context.ensure_object(Options), _checked)
    context.exit(0 if found.readable else 1)


def _themes(rows: Sequence[ThemeRow], page: Page) -> Iterator[str]:
    shown = [
        [
            row.name, "dark" if row.dark else "light", "yours" if row.own else "",
            "the terminal's" if row.contrast is None else f"{row.contrast:.1f}",
        ]
        for row in rows
    ]  # fmt: skip
    return output.table(["THEME", "GROUND", "", "LEAST CONTRAST"], shown, page.ink)


def _as_file(theme: Theme, _: Page) -> Iterator[str]:
    import toml

    return iter(toml.dumps(asdict(theme)).splitlines())


def _checked(found: Check, page: Page) -> Iterator[str]:
    shown = [
        [one.ink, one.ground, f"{one.contrast:.1f}", "" if one.readable else page.ink.red("cannot be read")]
        for one in found.pairs
    ]
    yield from output.table(["INK", "GROUND", "CONTRAST", ""], shown, page.ink)
    yield f"{found.name}: " + ("everything can be read" if found.readable else "not everything can be read")
