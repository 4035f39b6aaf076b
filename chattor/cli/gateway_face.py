"""`chattor gateway`: programs of this machine come to the node by WebSocket, each with an agent's token."""

import re
from typing import Final

import click

from chattor.cli import output
from chattor.cli.root import root
from chattor.cli.verb import current, json_flag
from chattor.errors import MissingExtra

PORT: Final = 8790
_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")


@root.command()
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=PORT, show_default=True, help="Where; 0 takes any that is free."
)
@click.option(
    "--origin", "origins", metavar="URL", multiple=True,
    help="Web pages from there may come in too, such as http://127.0.0.1:8000; again for each further one.",
)  # fmt: skip
@json_flag
def gateway(port: int, origins: tuple[str, ...]) -> None:
    """Let programs on this machine in by WebSocket.

    Each first shows a token of `chattor agents add` and can then do what its grant allows. Nobody from elsewhere can
    connect. Needs the extra `chattor[ws]`; runs until Ctrl+C, and waits for a node that is away.
    """
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise click.UsageError(f"{origin[:60]} is no origin; one looks like http://127.0.0.1:8000")
    import asyncio

    try:
        from chattor.websocket.run import run
    except ModuleNotFoundError as missing:
        raise MissingExtra("the WebSocket library is not installed") from missing

    options = current()

    def opened(taken: int) -> None:
        url = f"ws://127.0.0.1:{taken}"
        output.write(output.to_json({"url": url}) if options.as_json else url)

    asyncio.run(run(options.paths.socket, port, origins, opened))
