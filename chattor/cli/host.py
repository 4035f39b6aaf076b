"""The verbs that make or run a node in this process: init, daemon, and no verb at all: the TUI or the line mode."""

import asyncio
import gc
import importlib
import locale
import os
import sys
import time

import click

from chattor.cli.options import Options
from chattor.config.paths import scratch
from chattor.daemon import passphrase
from chattor.errors import NoDaemon, NoProfile, ProfileExists, ProfileInUse, UsageError
from chattor.model.status import Identity
from chattor.rpc import blocking

_LOOK_AGAIN = 0.1  # s
FRAMES = "240"  # a second at most: behind a frame a key waits for the next, 17 ms if there are sixty as Textual has it
YOUNG = 10_000  # objects that may come before the window looks which of them are garbage


def create(options: Options, name: str) -> Identity:
    """Make a profile and tell who it is. Raises ProfileExists, BadInput, WrongPassphrase."""
    from chattor import launch

    if options.paths.database.exists():
        raise ProfileExists(f"there is a profile in {options.paths.data} already")
    profile = options.launchable()
    secret = passphrase.obtain(options.source, new=True)

    async def make() -> Identity:
        await launch.create(profile, name, secret)
        host = await launch.read_offline(profile, secret)
        try:
            return await host.node.identity()
        finally:
            await host.close()

    return asyncio.run(make())


def run_daemon(options: Options) -> None:
    """Host the node in the foreground until it is asked to end. Raises ProfileInUse, NoProfile, WrongPassphrase."""
    from chattor import launch
    from chattor.daemon.run import STOP_WITHIN, run

    _refuse_second(options)
    profile = options.existing()
    secret = passphrase.obtain(options.source)

    async def start() -> launch.Host:
        """Whoever holds the profile may be about to let go: a node that stops, a verb that reads."""
        deadline = time.monotonic() + STOP_WITHIN
        while True:
            try:
                return await launch.host(profile, secret, "daemon")
            except ProfileInUse:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(_LOOK_AGAIN)

    asyncio.run(run(start))


def run_tui(options: Options) -> int:
    """Open the TUI; the exit code of the process. Raises UsageError where there is nothing to draw it on."""
    need_terminal("the window needs a terminal; `chattor --plain` does with less, `chattor --daemon` with none")
    gc.disable()  # what is imported is no garbage, and looking for some was a tenth of the start
    draw_soon()
    from chattor.gateway import ProfileGateway
    from chattor.tui import app
    from chattor.tui.options import Options as Look
    from chattor.tui.plain_emoji import counts_otherwise

    gc.freeze()
    gc.set_threshold(YOUNG)
    gc.enable()
    profile = options.launchable()
    wanted = profile.settings.terminal
    look = Look(
        config=options.paths.config,
        scratch=scratch(options.paths),
        theme=wanted.theme,
        ascii=wanted.glyphs == "ascii" or (wanted.glyphs == "auto" and not _draws_unicode()),
        plain_emoji=wanted.emoji == "plain" or (wanted.emoji == "auto" and counts_otherwise(os.environ)),
        mouse=wanted.mouse,
        keys=wanted.keys,
        own_keys=profile.settings.keymap,
    )
    return app.run(ProfileGateway(profile), look)


def draw_soon() -> None:
    """Textual reads how often it may draw from the environment when it is imported; nobody else need see it there."""
    if "TEXTUAL_FPS" not in os.environ:
        os.environ["TEXTUAL_FPS"] = FRAMES
        importlib.import_module("textual.constants")
        del os.environ["TEXTUAL_FPS"]


def need_terminal(words: str) -> None:
    """Raises UsageError with these words where a window would be seen by nobody."""
    streams = (sys.stdin, sys.stdout, sys.stderr)  # Textual draws on the last; whoever redirects any of them wants text
    has_all = all(stream is not None and stream.isatty() for stream in streams)
    if not has_all or os.environ.get("TERM") == "dumb":
        raise UsageError(words)


def run_plain(options: Options, friend: str) -> int:
    """Run the line mode; the exit code of the process."""
    from chattor.gateway import ProfileGateway
    from chattor.plain import app
    from chattor.plain.options import Options as Plain

    profile = options.launchable()
    plain = Plain(
        ask_name=lambda: _ask_name(options),
        ask_passphrase=lambda new: passphrase.obtain(options.source, new=new),
        friend=friend,
        color=options.color == "always",
    )
    return app.run(ProfileGateway(profile), plain)


def _ask_name(options: Options) -> str:
    if not sys.stdin.isatty():
        raise NoProfile(f"there is no profile in {options.paths.data}")
    name: str = click.prompt("No profile is here yet. Your name, as friends will see it", type=str)
    print("Choose a passphrase of at least 8 characters; it cannot be recovered.")
    return name


def _draws_unicode() -> bool:
    """Whether the terminal can be expected to show more than ASCII: the locale says so, and it is not the console."""
    return locale.getencoding().upper() in ("UTF-8", "UTF8") and os.environ.get("TERM") not in ("linux", "dumb")


def _refuse_second(options: Options) -> None:
    """Say so before a passphrase is asked for; the lock decides."""
    try:
        other = blocking.connect(options.paths.socket)
    except NoDaemon:
        return
    blocking.drive(other.close())
    raise ProfileInUse(f"a node of profile {options.paths.profile} is running already")
