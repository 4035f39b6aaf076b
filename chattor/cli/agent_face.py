"""`chattor mcp`: the Model Context Protocol on stdin and stdout, for the agent whose token it was given."""

import os
from pathlib import Path

import click

from chattor.cli.options import Options
from chattor.cli.root import root
from chattor.daemon.passphrase import read_token
from chattor.errors import MissingExtra

_FILE = click.Path(path_type=Path)


@root.command()
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read the token from a file only you may read.",
)
@click.option("--token-fd", type=click.IntRange(0), metavar="N", help="Read the token from a descriptor.")
@click.pass_obj
def mcp(options: Options, token_file: Path | None, token_fd: int | None) -> None:
    """Serve an AI agent on stdin and stdout, by the Model Context Protocol.

    What the agent may do is what `chattor agents add` granted to the token. Needs a node that runs, and the extra
    `chattor[mcp]`.
    """
    if (token_file is None) == (token_fd is None):
        raise click.UsageError("give the agent's token with --token-file or --token-fd")
    token = read_token(token_file, token_fd or 0)
    import asyncio

    from chattor.client.connect import connect

    try:
        from chattor.mcp.server import serve
    except ModuleNotFoundError as missing:
        raise MissingExtra("the MCP SDK is not installed") from missing

    async def run() -> None:
        api = connect(options.profile, data_dir=options.data_dir, token=token)
        try:
            await serve(api)
        finally:
            await api.close()

    os.environ["OTEL_SDK_DISABLED"] = "true"  # the SDK can trace to a collector; nothing leaves from here
    asyncio.run(run())
