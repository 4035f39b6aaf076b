"""What channels cost: `python -m tests.bench.channels [READERS]`, 100 unless told.

Whole nodes on the network in memory and in virtual time, so the seconds here are of the processor, not of a clock:
what a publisher's engine (handshakes, records) and store (transactions) use, and the bytes on the wire, records and
handshakes included. Readers of the crowd are strangers with real engines and real verification; friends are nodes.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from chattor.protocol.limits import SYNC_EVERY
from chattor.protocol.link import Link
from tests.support.people import Person, befriend, people, scratch
from tests.support.readers import crowd
from tests.support.virtual import eventually, run

SIZE = 300  # bytes of a text
POSTS = 100
FRIENDS = (1, 5, 20)


class Meter:
    """Seconds of the processor one node spends in its links and in its store."""

    def __init__(self, person: Person) -> None:
        self.engine = 0.0
        self.store = 0.0
        links, runner = person.process.runtime._links, person.process.runner
        respond = links._respond
        links._respond = lambda dialled: self._watch(respond(dialled))  # type: ignore[method-assign]
        runner.submit = self._timed("store", runner.submit)  # type: ignore[method-assign]

    def _watch(self, link: Link) -> Link:
        for name in ("receive", "greet", "send", "data_to_send", "tick"):
            setattr(link, name, self._timed("engine", getattr(link, name)))
        return link

    def _timed(self, account: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time()
            try:
                return work(*args, **kwargs)
            finally:
                setattr(self, account, getattr(self, account) + time.process_time() - start)

        return timed


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _publish(person: Person, count: int, channel: str = "public") -> None:
    for number in range(count):
        await person.node.channels_publish(channel, f"{number} ".ljust(SIZE, "x"))


def _carried(alice: Person, names: list[str]) -> int:
    return sum(alice.network.carried("alice", name) for name in names)


async def _crowd(directory: Path, count: int) -> None:
    """Strangers come back within five minutes, each for as many posts as one answer holds, or for none."""
    async with people(directory, "alice") as (alice,):
        for posts in (0, 1, 50):
            await _publish(alice, posts - (posts > 1))
            changes = alice.process.database._connection.total_changes
            meter, names = Meter(alice), [f"reader {number} of {posts}" for number in range(count)]
            before = _carried(alice, names)
            await crowd(alice.network, alice, names, SYNC_EVERY, Random(posts))
            rows = alice.process.database._connection.total_changes - changes
            size = (_carried(alice, names) - before) / count
            _say(
                f"{count} strangers in {SYNC_EVERY:.0f} s, {posts:3} posts of {SIZE} B each: {size:8,.0f} B,"
                f" engine {1e3 * meter.engine / count:5.2f} ms, store {1e3 * meter.store / count:5.2f} ms a reader;"
                f" {rows} rows written"
            )


async def _sync(directory: Path) -> None:
    """A friend who was away fetches all there is."""
    async with people(directory, "alice", "bob") as (alice, bob):
        await befriend(bob, alice)
        await asyncio.sleep(60)
        await bob.stop()
        await _publish(alice, POSTS)
        start, carried, cpu = (
            asyncio.get_running_loop().time(),
            alice.network.carried("alice", "bob"),
            time.process_time(),
        )
        await bob.start()
        await eventually(partial(_has, bob, "alice/public", POSTS), every=0.05)
        took = asyncio.get_running_loop().time() - start
        size = alice.network.carried("alice", "bob") - carried
        _say(
            f"sync of {POSTS} posts of {SIZE} B by a friend: {took:.1f} virtual s after his start (0.05–0.3 s a way),"
            f" {size:,} B, {1e3 * (time.process_time() - cpu):.0f} ms of both nodes, looking included"
        )


async def _has(person: Person, channel: str, count: int) -> bool:
    return len(await person.node.channels_feed(channel, 1000)) >= count


async def _fan_out(directory: Path, count: int) -> None:
    """One post for so many friends who hold a link."""
    names = [f"friend {number}" for number in range(count)]
    async with people(directory, "alice", *names) as (alice, *friends):
        for friend in friends:
            await befriend(friend, alice)
        await asyncio.sleep(SYNC_EVERY)
        carried, start = _carried(alice, names), asyncio.get_running_loop().time()
        cpu = time.process_time()
        await _publish(alice, 1)
        published = time.process_time() - cpu
        await asyncio.gather(*(eventually(partial(_has, one, "alice/public", 1), every=0.05) for one in friends))
        took = asyncio.get_running_loop().time() - start
        size = (_carried(alice, names) - carried) / count
        _say(
            f"one post to {count:3} friends with a link: all have it after {took:.2f} virtual s, {size:,.0f} B each,"
            f" publish {1e3 * published:.1f} ms, all nodes {1e3 * (time.process_time() - cpu):.1f} ms"
        )


def main(readers: int = 100) -> None:
    """Print the figures."""
    fan_outs = [partial(_fan_out, count=count) for count in FRIENDS]
    stories: list[Callable[[Path], Coroutine[Any, Any, None]]] = [_sync, *fan_outs, partial(_crowd, count=readers)]
    for story in stories:
        with scratch() as directory:
            run(story(directory))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
