"""What a text costs from the call to both stores: `python -m tests.bench.send [TEXTS]`, 5,000 unless told.

Enqueue: from the API call to the commit, one text after another, against a bare insert of the same text into a table
of its own in the same kind of file (SQLCipher, synchronous=FULL, one commit each), in turn, so that both meet the same
machine; repeated in stores that hold ever more. Pipeline: two whole nodes on the network in memory and in real time,
all texts queued at once, until both stores have committed all of them and the author knows.
"""

import asyncio
import os
import statistics
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from chattor.clock import SystemClock
from chattor.config.edit import SettingsFile
from chattor.config.settings import Settings
from chattor.crypto.keys import Identity
from chattor.demo.patience import eventually
from chattor.model.friend import FriendState
from chattor.model.ids import FriendId
from chattor.model.message import Wait
from chattor.node.core import Core
from chattor.node.node import Node
from chattor.node.runtime import Runtime
from chattor.store.connection import DataKey, connect
from chattor.store.database import Database
from chattor.store.repos.own import Own
from chattor.store.runner import ThreadRunner
from chattor.transport.memory import MemoryNetwork
from tests.bench.backup import fill

TEXT: Final = "we meet at nine where the river bends ".ljust(200, "x")
ROUNDS: Final = 400
HISTORIES: Final = (0, 10_000, 100_000)
FRIEND: Final = FriendId("f1")


class Side(NamedTuple):
    """One node and its store."""

    node: Node
    database: Database


async def _open(directory: Path, network: MemoryNetwork, name: str) -> Side:
    path, key = directory / f"{name}.db", DataKey(os.urandom(32))
    own = Own(name=name, identity=Identity.generate(os.urandom), epoch=1, created_ms=0)
    Database.create(path, key, lambda tx: tx.own.create(own))
    database = await Database.open(path, key, ThreadRunner())
    core = Core(
        database=database,
        clock=SystemClock(),
        rng=os.urandom,
        own=own,
        settings=Settings(),
        settings_file=SettingsFile(path.with_suffix(".toml")),
        profile=name,
    )
    node = Node(core, Runtime(core, network.join(name)))
    await node.start()
    return Side(node, database)


async def _befriend(ann: Side, ben: Side) -> None:
    await ann.node.friends_add((await ben.node.identity()).friend_code, name="ben")

    async def was_asked() -> bool:
        return bool(await ben.node.friends_requests())

    async def are_friends() -> bool:
        return [row.state for row in await ann.node.friends_list()] == [FriendState.FRIEND]

    await eventually(was_asked, "the request", within=30)
    await ben.node.friends_accept((await ben.node.friends_requests())[0].id)
    await eventually(are_friends, "the friendship", within=30)
    await ann.node.send(FRIEND, "hello", wait=Wait.DELIVERED, timeout=30)


def _ms(seconds: list[float]) -> str:
    ranked = sorted(seconds)
    return f"p50 {1e3 * statistics.median(ranked):.3f} ms, p99 {1e3 * ranked[int(0.99 * len(ranked))]:.3f} ms"


async def _enqueue(directory: Path, history: int) -> None:
    """Ben is away, so that only the commit is measured."""
    network = MemoryNetwork(Random(1))
    ann, ben = [await _open(directory, network, f"{name}{history}") for name in ("ann", "ben")]
    await _befriend(ann, ben)
    await ben.node.close()
    for first in range(1_000, 1_000 + history, 1_000):
        await ann.database.write(lambda tx, first=first: fill(tx, first, 1))  # type: ignore[misc]
    while await ann.database.write(lambda tx: tx.search.take_in(1_000)):
        continue  # as a node that was left alone
    (directory / f"bare{history}.db").touch()
    bare = connect(directory / f"bare{history}.db", DataKey(os.urandom(32)))
    bare.execute("CREATE TABLE texts (id INTEGER PRIMARY KEY, body TEXT)")
    single: list[float] = []
    ours: list[float] = []
    for number in range(ROUNDS):
        start = time.perf_counter()
        bare.execute("INSERT INTO texts (body) VALUES (?)", (f"{number} {TEXT}",))
        single.append(time.perf_counter() - start)
        start = time.perf_counter()
        await ann.node.send(FRIEND, f"{number} {TEXT}")
        ours.append(time.perf_counter() - start)
    ratio = statistics.median(ours) / statistics.median(single)
    _say(f"enqueue with {history:7,} in the store: {_ms(ours)}; bare insert {_ms(single)}; ratio of p50 {ratio:.2f}")
    bare.close()
    await ann.node.close()


async def _pipeline(directory: Path, count: int) -> None:
    network = MemoryNetwork(Random(1))
    ann, ben = [await _open(directory, network, name) for name in ("ann", "ben")]
    await _befriend(ann, ben)
    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(ann.node.send(FRIEND, f"{number} {TEXT}") for number in range(count)))
    queued = time.perf_counter() - start
    await ann.node.send(FRIEND, "the last one", wait=Wait.DELIVERED, timeout=600)
    took = time.perf_counter() - start
    assert len(await ben.node.history(FRIEND, limit=1000)) == min(count + 2, 1000)
    _say(
        f"pipeline of {count:,} texts: queued at {count / queued:,.0f}/s, in both stores and known at"
        f" {count / took:,.0f}/s; {1e6 * (time.process_time() - cpu) / count:.0f} µs of processor a text, both nodes"
    )
    for side in (ann, ben):
        await side.node.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(count: int = 5_000) -> None:
    """Print the figures."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        for history in HISTORIES:
            asyncio.run(_enqueue(directory, history))
        asyncio.run(_pipeline(directory, count))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
