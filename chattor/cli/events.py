"""What happened: taking events from the log, following them, and who takes them."""

from collections.abc import AsyncIterator, Iterator, Sequence

import click

from chattor.api import Api
from chattor.api.events import RECV
from chattor.cli import complete, show
from chattor.cli.options import Options
from chattor.cli.output import cell, table, when
from chattor.cli.root import root
from chattor.cli.session import connected
from chattor.cli.show import Page
from chattor.cli.verb import answer, json_flag, named, stream, verb
from chattor.model.consumer import Consumer
from chattor.model.events import Event

_PAGE = click.IntRange(1, 1_000)
_AS = click.option(
    "--consumer", metavar="NAME", default=RECV, show_default=True, shell_complete=complete.consumers,
    help="Who takes them.",
)  # fmt: skip
since = click.option("--since", metavar="CURSOR", help="Begin after this cursor.")
name = click.argument("name", shell_complete=complete.consumers)


@root.command()
@since
@_AS
@click.option("--ack", is_flag=True, help="Begin after these events next time; said once they are printed.")
@click.option("--limit", type=_PAGE, metavar="N", default=100, show_default=True, help="At most so many.")
@json_flag
@click.pass_obj
def recv(options: Options, since: str | None, consumer: str, ack: bool, limit: int) -> None:
    """Take what happened since a cursor, or since a consumer's last --ack or `consumers ack`."""

    async def work(api: Api) -> None:
        batch = await api.recv(since, False, limit, consumer)
        answer(batch, options, show.batch, await named(api, options))
        if ack:
            await api.consumers_ack(batch.cursor, consumer)

    connected(options, work, reading=False)


@stream(root)
@since
@click.option(
    "--consumer", metavar="NAME", shell_complete=complete.consumers, help="Begin after what NAME is done with."
)
def listen(api: Api, since: str | None, consumer: str | None) -> AsyncIterator[Event]:
    """Follow events as they happen, one JSON object a line.

    To miss nothing, name a consumer and say `chattor consumers ack NAME CURSOR` for what is dealt with.
    """
    return api.events(since, consumer=consumer)


@root.group()
def consumers() -> None:
    """Who takes events, each at his own pace: list, ack, forget."""


def _consumers(value: Sequence[Consumer], page: Page) -> Iterator[str]:
    rows = [[cell(one.name), one.cursor, str(one.waiting), when(one.acknowledged_at)] for one in value]
    return table(["NAME", "CURSOR", "WAITING", "LAST ACK"], rows, page.ink)


def _consumer(value: Consumer, page: Page) -> Iterator[str]:
    return _consumers([value], page)


@verb(consumers, _consumers, name="list")
async def _list(api: Api) -> list[Consumer]:
    """List who is registered, and how much waits for each."""
    return await api.consumers_list()


@verb(consumers, _consumer)
@name
@click.argument("cursor")
async def ack(api: Api, name: str, cursor: str) -> Consumer:
    """Say that NAME is done with everything up to CURSOR; the first time registers NAME.

    Events nobody took are kept for 30 days, those a registered consumer has not taken for longer.
    """
    return await api.consumers_ack(cursor, name)


@verb(consumers, _consumer)
@name
async def forget(api: Api, name: str) -> Consumer:
    """Keep nothing for NAME any more."""
    return await api.consumers_forget(name)
