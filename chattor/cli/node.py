"""The node itself: make it, run it, look at it, stop it."""

import io
import time
from collections.abc import Iterator
from pathlib import Path

import click

from chattor.api import Api
from chattor.cli import output, show
from chattor.cli.options import Options
from chattor.cli.output import Ink
from chattor.cli.root import root
from chattor.cli.verb import answer, current, json_flag, verb
from chattor.daemon import passphrase
from chattor.errors import NoDaemon, TimedOut
from chattor.model.activity import Activity, Doing
from chattor.model.status import Identity, Status
from chattor.rpc import blocking, contract, unixsocket

_STOPPED_WITHIN = 5.0  # s; a node stops within 2
_LOOK_AGAIN = 0.02  # s


@root.command()
@click.option("--name", metavar="NAME", required=True, help="What friends see, up to 32 characters.")
@json_flag
@click.pass_obj
def init(options: Options, name: str) -> None:
    """Create the profile: identity, keys and an empty store.

    The passphrase comes from --passphrase-file or --passphrase-fd, or is asked for.
    """
    from chattor.cli import host

    answer(host.create(options, name), options, show.identity)
    if not options.as_json:
        output.note("`chattor` opens the TUI, `chattor --daemon` runs the node without it.")


@root.command()
@click.pass_obj
def daemon(options: Options) -> None:
    """Run the node in the foreground, without a window."""
    from chattor.cli import host

    host.run_daemon(options)


@verb(root, show.status)
async def status(api: Api) -> Status:
    """Show how the node stands: Tor, friends, unread, outbox."""
    return await api.status()


@verb(root, show.activity)
@click.argument("state", type=click.Choice([*map(str, Doing), "none"]))
@click.argument("words", required=False, default="")
async def activity(api: Api, state: str, words: str) -> Activity | None:
    """Let friends who are online see that you are idle, working or blocked, and in up to 60 characters at what.

    `none` takes it back. It is told to those who see you come and go, and forgotten when the node stops.
    """
    return await api.activity_set(None if state == "none" else Doing(state), words)


def stop_running(options: Options) -> None:
    """Stop the node of a profile, if one runs, and wait until it has. Raises TimedOut."""
    try:
        node = blocking.connect(options.paths.socket)
    except NoDaemon:
        return
    try:
        blocking.drive(node.stop())
    finally:
        blocking.drive(node.close())
    _wait_until_gone(options.paths.socket)


@verb(root, show.nothing)
async def stop(api: Api) -> None:
    """Stop the node that runs, and wait until it has."""
    await api.stop()
    _wait_until_gone(current().paths.socket)


@verb(root, show.nothing)
@click.option("--hard", is_flag=True, help="Close the store and leave the network too.")
async def lock(api: Api, hard: bool) -> None:
    """Let nobody read or write until `unlock`; delivery goes on."""
    await api.lock(hard)


@verb(root, show.nothing)
async def unlock(api: Api) -> None:
    """Let the faces in again, with the passphrase."""
    await api.unlock(passphrase.obtain(current().source))


@verb(root, show.identity, reading=True)
@click.option("--qr", is_flag=True, help="Show the friend code as a QR code too.")
async def identity(api: Api, qr: bool) -> Identity:
    """Show who you are, and the friend code to give away."""
    mine = await api.identity()
    options = current()
    if qr and not options.as_json:
        output.write(*_qr(mine.friend_code, output.ink(options.color)), "")
    return mine


@root.group()
def rotate() -> None:
    """Change your address or your identity; friends follow by themselves."""


@verb(rotate, show.identity)
async def onion(api: Api) -> Identity:
    """Move to a new address. The old one is answered for 30 days at least, and until every friend has followed."""
    return _warned(await api.rotate_onion())


@verb(rotate, show.identity, name="identity")
async def _identity(api: Api) -> Identity:
    """Become a new identity at a new address. Friends are told, and asked to compare safety numbers again."""
    return _warned(await api.rotate_identity())


def _warned(mine: Identity) -> Identity:
    output.note("Make a new backup now: friends who have followed refuse what an older one would show them.")
    return mine


@root.command()
@json_flag
@click.pass_obj
def paths(options: Options) -> None:
    """Tell where the profile keeps its files."""
    places = options.paths
    answer(
        {
            "profile": places.profile,
            "config": str(places.config),
            "settings": str(places.settings),
            "data": str(places.data),
            "database": str(places.database),
            "log": str(places.log),
            "socket": str(places.socket),
        },
        options,
        show.facts,
    )


@root.group()
def rpc() -> None:
    """The node's JSON-RPC interface."""


@rpc.command()
@json_flag
@click.pass_obj
def describe(options: Options) -> None:
    """List every method with the schemas of its parameters and result."""
    answer(contract.describe(), options, show.indented)


def _qr(code: str, ink: Ink) -> Iterator[str]:
    """Half blocks, light on dark whatever the terminal's colours; in capitals a code fits version 4-M."""
    import segno

    drawn = io.StringIO()
    segno.make(code.upper(), error="m", micro=False).terminal(drawn, compact=True)
    return map(ink.light_on_dark, drawn.getvalue().splitlines())


def _wait_until_gone(socket: Path) -> None:
    deadline = time.monotonic() + _STOPPED_WITHIN
    while time.monotonic() < deadline:
        try:
            unixsocket.dial(socket).close()
        except NoDaemon:
            return
        time.sleep(_LOOK_AGAIN)
    raise TimedOut(f"the node still runs after {_STOPPED_WITHIN:g} s")
