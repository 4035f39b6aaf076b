"""What a backup costs: `python -m tests.bench.backup [MESSAGES]`, 100,000 unless told.

A store of that many messages, half of them ours, is packed while it is idle and while somebody writes to it one commit
after another; then the file is checked and put back. Argon2id is not in the figures: it costs a second, always.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from chattor.crypto.cost import Cost
from chattor.crypto.keys import Identity
from chattor.model.message import MessageState
from chattor.protocol.friendship import State
from chattor.protocol.stream import Kind, Position
from chattor.store import vault
from chattor.store.backup import Backup, Label
from chattor.store.connection import DataKey
from chattor.store.database import Database
from chattor.store.repos.events import Happened
from chattor.store.repos.own import Own
from chattor.store.restore import restore
from chattor.store.runner import ThreadRunner
from chattor.store.tx import Tx

T = TypeVar("T")
ROUNDS: Final = 5
_CHEAP: Final = Cost(memory_kib=64 * 1024, passes=1, lanes=1)
_BATCH: Final = 1_000
_WORDS: Final = ("we", "meet", "at", "nine", "where", "the", "river", "bends", "and", "bring", "maps", "of", "summer")
_LABEL: Final = Label(created_ms=0, name="Ann", onion="")


def fill(tx: Tx, first: int, friend: int) -> None:
    """Some messages, theirs and ours in turn, as a store has them when all is delivered."""
    for number in range(first, first + _BATCH):
        msg_id, rest_hash = os.urandom(16), os.urandom(32)
        body = " ".join(_WORDS[(number * 7 + at) % len(_WORDS)] for at in range(6 + number % 20))
        if number % 2:
            tx.messages.add_in(
                friend=friend, msg_id=msg_id, seq=number, body=body, reply_to=None, edited=False, sent_ms=number,
                received_ms=number,
            )  # fmt: skip
            tx.seen.mark(friend, msg_id, rest_hash)
        else:
            message = tx.messages.add_out(
                friend=friend, msg_id=msg_id, seq=number, body=body, reply_to=None, sent_ms=number
            )
            tx.progress.settle(message, MessageState.DELIVERED, 0)
            at = Position(number, os.urandom(32))
            rest = os.urandom(32) + body.encode()
            tx.chain.add(
                friend=friend, msg_id=msg_id, kind=Kind.TEXT, about=None, rest=rest, rest_hash=rest_hash, at=at
            )


def stranger(tx: Tx) -> int:
    """Somebody to have talked to."""
    row = tx.friends.add(
        state=State.FRIEND, name="Ben", note="", asked_ms=0, onion_pk=os.urandom(32), id_commit=os.urandom(16), knows=1
    )
    return row.id


def seconds(work: Callable[[], T]) -> tuple[float, T]:
    """How long something takes, and what comes of it."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


async def writing(database: Database, until: "asyncio.Future[Any]") -> list[float]:
    """How long each of many commits takes, one after the other, until something is done."""
    took = []
    while not until.done():
        began = time.perf_counter()
        await database.write(lambda tx: tx.emit(0, Happened.FRIEND_CHANGED, friend=1))
        took.append(time.perf_counter() - began)
    return took


async def measure(directory: Path, messages: int) -> None:
    """Print the figures."""
    data, file = directory / "data", directory / "file"
    data.mkdir(mode=0o700)
    key = vault.create(data, "correct horse", os.urandom, _CHEAP)
    own = Own(name="Ann", identity=Identity.generate(os.urandom), epoch=1, created_ms=0)
    Database.create(data / "chattor.db", key, lambda tx: tx.own.create(own))
    database = await Database.open(data / "chattor.db", key, ThreadRunner())
    friend = await database.write(stranger)
    for first in range(0, messages, _BATCH):
        await database.write(lambda tx, first=first: fill(tx, first, friend))  # type: ignore[misc]
    idle, busy, alone, beside = [], [], [], []
    for _ in range(ROUNDS):
        took, _ = seconds(lambda: database.back_up(file, _LABEL, os.urandom, force=True))
        idle.append(took)
        alone += await writing(database, asyncio.ensure_future(asyncio.sleep(took)))
        packing = asyncio.ensure_future(
            asyncio.to_thread(seconds, lambda: database.back_up(file, _LABEL, os.urandom, force=True))
        )
        beside += await writing(database, packing)
        busy.append((await packing)[0])
    await database.close()
    _tell("store", f"{messages:,} messages, {_megabytes(data / 'chattor.db')}; the file {_megabytes(file)}")
    _tell("create", f"{_middle(idle)}; while others write {_middle(busy)}")
    _tell("a commit", f"alone {_percentiles(alone)}; during a backup {_percentiles(beside)}")
    reading(file, key, directory)


def reading(file: Path, key: DataKey, directory: Path) -> None:
    """Print what checking a backup and putting it back cost."""
    check, put_back = [], []
    for number in range(ROUNDS):
        with Backup.open(file, lambda _: key) as opened:
            check.append(seconds(opened.check)[0])
            new = directory / str(number)
            new.mkdir(mode=0o700)
            put_back.append(check[-1] + seconds(lambda new=new: restore(opened, new, 1))[0])  # type: ignore[misc]
    _tell("verify", _middle(check))
    _tell("restore", f"{_middle(put_back)}, the check before it included")


def _middle(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} s"


def _percentiles(values: list[float]) -> str:
    ordered = sorted(value * 1_000 for value in values)
    p99 = ordered[len(ordered) * 99 // 100]
    return f"p50 {statistics.median(ordered):.1f} ms, p99 {p99:.1f}, worst {ordered[-1]:.1f}"


def _megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"


def _tell(what: str, said: str) -> None:
    sys.stdout.write(f"{what:9} {said}\n")


def main() -> None:
    """Measure in a directory of its own."""
    with tempfile.TemporaryDirectory(prefix="ct-") as directory:
        asyncio.run(measure(Path(directory), int(sys.argv[1]) if sys.argv[1:] else 100_000))


if __name__ == "__main__":
    main()
