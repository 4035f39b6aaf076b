"""How a verb comes by the node: the one that runs, or for a reading verb the store itself."""

from collections.abc import Callable, Coroutine
from typing import TypeVar

from chattor.api import Api
from chattor.cli.options import Options
from chattor.errors import NoDaemon
from chattor.rpc import blocking

T = TypeVar("T")
Work = Callable[[Api], Coroutine[object, object, T]]


def connected(options: Options, work: Work[T], *, reading: bool) -> T:
    """Do some work with the node of a profile. Raises NoDaemon if none runs and `reading` does not allow the store."""
    try:
        node = blocking.connect(options.paths.socket)
    except NoDaemon:
        if not reading:
            raise
        return _offline(options, work)
    try:
        return blocking.drive(work(node))
    finally:
        blocking.drive(node.close())


def _offline(options: Options, work: Work[T]) -> T:
    import asyncio

    from chattor import launch
    from chattor.daemon import passphrase

    profile = options.existing()
    secret = passphrase.obtain(options.source)

    async def read() -> T:
        host = await launch.read_offline(profile, secret)
        try:
            return await work(host.node)
        finally:
            await host.close()

    return asyncio.run(read())
