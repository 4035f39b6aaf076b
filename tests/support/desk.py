"""One person's real store and the real handlers, without links: what the stream rules do, step by step."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from chattor.crypto.keys import Identity, id_commit
from chattor.handlers import messaging, stream
from chattor.handlers.context import Ctx
from chattor.protocol.frames import Msg, Tombstone
from chattor.protocol.friendship import State
from chattor.protocol.stream import Position, direction
from chattor.store.connection import Connection, DataKey, connect
from chattor.store.create import create
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.own import Own
from chattor.store.sql import Row
from chattor.store.tx import Tx

P = ParamSpec("P")
T = TypeVar("T")
KEY = DataKey(b"k" * 32)
FRIEND = 1


class Desk:
    """A store with exactly one friend, who has number 1."""

    def __init__(self, path: Path, identity: Identity, rng: Callable[[int], bytes]) -> None:
        self.path = path
        self.own = Own(name=path.stem, identity=identity, epoch=1, created_ms=0)
        self.now = 1_700_000_000_000
        self.limit_ms: int | None = None
        self._rng = rng
        create(path, KEY, lambda tx: tx.own.create(self.own))
        self._connection: Connection = connect(path, KEY)

    def act(self, handler: Callable[Concatenate[Tx, Ctx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """One transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = handler(Tx(self._connection), self._ctx(), *args, **kwargs)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        return result

    def befriend(self, identity: Identity) -> None:
        """As if the handshake and the friend request had happened."""

        def add(tx: Tx, ctx: Ctx) -> None:
            row = tx.friends.add(
                state=State.FRIEND,
                name="friend",
                note="",
                asked_ms=ctx.now,
                onion_pk=identity.onion.public,
                id_commit=id_commit(identity.sig.public, identity.dh.public),
                knows=self.own.epoch,
            )
            way = direction(self.own.identity.sig.public, identity.sig.public)[0]
            tx.friends.update(row.id, ik_sig=identity.sig.public, ik_dh=identity.dh.public, way=way)

        self.act(add)

    def friend(self) -> FriendRow:
        """The one friend's row."""
        row = self.act(lambda tx, ctx: tx.friends.get(FRIEND))
        assert row is not None
        return row

    def send(self, text: str) -> None:
        """Write a message."""
        self.act(messaging.send_text, messaging.SendText(friend="f1", text=text))

    def hear_hello(self, peer: Position) -> int:
        """Take the other side's HELLO; the pos after which everything travels."""
        return self.act(lambda tx, ctx: stream.continue_from(tx, ctx, self._row(tx), peer))

    def take(self, after_pos: int) -> stream.Batch:
        """What travels next."""
        return self.act(lambda tx, ctx: stream.take(tx, ctx, self._row(tx), after_pos, 0, 0))

    def receive(self, *items: Msg | Tombstone) -> messaging.Received:
        """Take items of the other side's stream."""
        return self.act(messaging.receive, FRIEND, items)

    def hear_ack(self, position: Position) -> int:
        """Take an acknowledgement."""
        return self.act(lambda tx, ctx: stream.acknowledge(tx, ctx, self._row(tx), position))

    def texts(self, direction: str) -> list[str]:
        """The conversation's texts of one direction, in order."""
        rows = self.act(lambda tx, ctx: tx.messages.newest(FRIEND, 10_000))
        return [row.text or "" for row in rows if row.direction == direction]

    def everything(self) -> dict[str, list[Row]]:
        """Every row of every table: what a refused input must leave as it was."""
        tables = [
            str(row[0]) for row in self._connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        return {table: list(self._connection.execute(f"SELECT * FROM {table}")) for table in tables}

    def snapshot(self, to: Path) -> None:
        """Copy the store as a backup would."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self.path, to)

    def roll_back(self, to: Path) -> None:
        """Put an older copy in the store's place."""
        self.close()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copy(to, self.path)
        self._connection = connect(self.path, KEY)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _row(self, tx: Tx) -> FriendRow:
        row = tx.friends.get(FRIEND)
        assert row is not None
        return row

    def _ctx(self) -> Ctx:
        oldest = None if self.limit_ms is None else self.now - self.limit_ms
        return Ctx(now=self.now, rng=self._rng, own=self.own, oldest_ms=oldest)
