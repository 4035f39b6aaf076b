"""The verbs that make or run a node in this process: init, daemon, and no verb at all: the TUI."""

import asyncio
import time

from chattor.cli.options import Options
from chattor.daemon import passphrase
from chattor.errors import NoDaemon, ProfileExists, ProfileInUse
from chattor.model.status import Identity
from chattor.rpc import blocking

_LOOK_AGAIN = 0.1  # s


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
    """Open the TUI; the exit code of the process."""
    from chattor import launch
    from chattor.tui import app
    from chattor.tui.options import Options as Look

    profile = options.launchable()
    look = Look(config=options.paths.config)
    if options.theme is not None:
        look = Look(config=options.paths.config, theme=options.theme)
    return app.run(launch.ProfileGateway(profile), look)


def _refuse_second(options: Options) -> None:
    """Say so before a passphrase is asked for; the lock decides."""
    try:
        other = blocking.connect(options.paths.socket)
    except NoDaemon:
        return
    blocking.drive(other.close())
    raise ProfileInUse(f"a node of profile {options.paths.profile} is running already")
