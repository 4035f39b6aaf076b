"""The real node with a real store, for tests of the faces. Everybody else is played by the test.

`PlayedNode` implements nothing of the Api: it is `chattor.node.node.Node`, on a memory network where nobody else is.
What the network would bring, the test brings with `peer_*`: real frames for the real handlers, one transaction each,
done when the call returns. A friend who is online takes what is sent to him as soon as it is on disk.

Every run is the same: keys and dice follow from names, and time moves only with what peers do, a second each time.
`PlayedNode("alice")` is alone and its tor is off; `inhabited()` has friends, requests and a few messages.
`tests.support.gateway.PlayedGateway` is the `Gateway` in front of one.
"""

import asyncio
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Concatenate, Final, ParamSpec, TypeVar

from chattor.config.edit import SettingsFile
from chattor.config.paths import DATABASE, KEYFILE
from chattor.config.settings import Settings
from chattor.crypto.cost import Cost
from chattor.crypto.passphrase import seal
from chattor.handlers import delivery, fetching, friends, messaging, peers, presence, resolve, router
from chattor.handlers.context import Ctx
from chattor.handlers.views import friend_id, friend_view, message_view, request_view
from chattor.model.activity import Activity
from chattor.model.friend import Friend, Request
from chattor.model.message import Direction, Message, MessageState
from chattor.model.status import TorPhase, TorStatus
from chattor.node.core import Core
from chattor.node.node import Node
from chattor.node.runtime import Runtime
from chattor.protocol import frames
from chattor.protocol.frames import Sign
from chattor.protocol.presence import status
from chattor.protocol.stream import START
from chattor.rpc.door import Door
from chattor.store.connection import DataKey, connect
from chattor.store.create import create
from chattor.store.database import Database
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.own import Own
from chattor.store.runner import InlineRunner
from chattor.store.sql import Value
from chattor.store.tx import Effects, Tx
from chattor.transport.memory import MemoryNetwork
from tests.support.hand_clock import HandClock
from tests.support.house import PlayedHouse
from tests.support.peers import Peer, peer, peer_of

P = ParamSpec("P")
T = TypeVar("T")

READY: Final = TorStatus(phase=TorPhase.READY, percent=100, ready=True)
PASSPHRASE: Final = "correct horse"
_KEY: Final = DataKey(b"k" * 32)
_OPEN: Final[list["PlayedNode"]] = []
_NUMBERS: Final = itertools.count(1)


@cache
def _scratch() -> TemporaryDirectory[str]:
    """In memory where there is one; gone with the process."""
    memory = Path("/dev/shm")
    return TemporaryDirectory(prefix="ct", dir=memory if memory.is_dir() else None)


@cache
def _empty_profile() -> Path:
    """A keyfile and a store with nothing in it: copying it is faster than making one."""
    directory = Path(_scratch().name) / "empty"
    directory.mkdir()
    create(directory / DATABASE, _KEY, lambda _: None)
    cheap = Cost(memory_kib=64 * 1024, passes=1, lanes=1)
    (directory / KEYFILE).write_bytes(seal(_KEY.raw, PASSPHRASE, Random("salt").randbytes, cheap))
    return directory


def bury() -> None:
    """Close every node of the test that ends, and remove its files."""
    while _OPEN:
        _OPEN.pop().bury()


class PlayedNode(Node):
    """The node of one profile, not started: nothing dials, nobody listens. Its files are gone when the test ends."""

    def __init__(self, name: str = "alice", profile: str = "default", directory: Path | None = None) -> None:
        self.clock = HandClock()
        self.directory = directory or Path(_scratch().name) / f"{next(_NUMBERS)}"
        shutil.copytree(_empty_profile(), self.directory, dirs_exist_ok=True)
        path = self.directory / DATABASE
        self._connection = connect(path, _KEY)
        self._linked: set[int] = set()
        own = Own(name=name, identity=peer(name).identity, epoch=1, created_ms=0)
        Tx(self._connection).own.create(own)
        core = Core(
            database=Database(self._connection, InlineRunner(), path, _KEY),
            clock=self.clock,
            rng=Random(f"the dice of {name}").randbytes,
            own=own,
            settings=Settings(),
            settings_file=SettingsFile(self.directory / "settings.toml"),
            profile=profile,
        )
        super().__init__(core, Runtime(core, MemoryNetwork(Random(name)).join(name)))
        self.door = Door.of(PlayedHouse(self, self.directory), self.clock.monotonic)
        """The node as the faces meet it."""
        core.database.listen(self._spoken)
        _OPEN.append(self)

    def act(self, handler: Callable[Concatenate[Tx, Ctx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a handler in a transaction, now; what it asks for follows as after any commit."""
        with self._transaction("COMMIT") as tx:
            result = handler(tx, self._core.ctx(), *args, **kwargs)
        self._spoken(tx.effects)
        return result

    def look(self, query: Callable[Concatenate[Tx, Ctx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query, now."""
        with self._transaction("ROLLBACK") as tx:
            return query(tx, self._core.ctx(), *args, **kwargs)

    def rewrite(self, statement: str, *parameters: Value) -> None:
        """Change the store behind the node's back, as a defect or an older version might have left it."""
        self._connection.execute(statement, parameters)

    def find(self, friend: str) -> Friend:
        """By whatever names one."""
        return self.look(lambda tx, ctx: friend_view(tx, ctx, resolve.relation(tx, friend)))

    def friend(self, name: str) -> Friend:
        """A friendship: he asked, we accepted, he knows."""
        asked = self.peer_asks(name)
        self.act(friends.accept, asked.id)
        self.peer_takes(asked.id)
        return self.find(asked.id)

    @property
    def listeners(self) -> int:
        """How many are listening."""
        return len(self._core.hub._ears)

    def later(self, seconds: float) -> None:
        """Time passes."""
        self.clock.seconds += seconds

    def tor_moves(self, tor: TorStatus) -> None:
        """Our tor got further, or failed."""
        self._runtime.changed(tor)

    def peer_asks(self, name: str, note: str = "") -> Request:
        """A stranger's request arrives."""
        who = peer(name)
        outcome = self._hear(who, None, frames.Request(op_id=self._core.rng(16), name=name, note=note))
        return self.look(lambda tx, ctx: request_view(_row(tx, outcome.friend)))

    def peer_accepts(self, id: str) -> Friend:
        """Whom we asked says yes, and has our request."""
        self.peer_takes(id)
        who, _ = self._whom(id)
        self._hear(who, None, frames.Accept(op_id=self._core.rng(16), name=who.name))
        return self.find(id)

    def peer_shows(self, friend: str, *, online: bool, typing: bool = False, activity: Activity | None = None) -> None:
        """A link to a friend opens, brings him what waits, and he gives a sign; or it ends."""
        _, row = self._whom(friend)
        self.later(1)
        if not online:
            self._hang_up(row.id)
            self.act(peers.left, row.id)
            return
        self._linked.add(row.id)
        self.act(peers.greet, row.id, row.id_commit, None)
        self.peer_takes(friend)
        self._whispers(row.id, frames.Presence(Sign.TYPING if typing else Sign.STOPPED))
        self._whispers(row.id, frames.Presence(Sign.ONLINE, status(activity)))

    def peer_is(self, friend: str, being: frames.Being, *capabilities: str) -> Friend:
        """A friend says that a person or an agent speaks there."""
        _, row = self._whom(friend)
        self._whispers(row.id, frames.Profile(being, capabilities))
        return self.find(friend)

    def peer_alarms(self, friend: str, reason: str) -> None:
        """A friend's identity does not match any more."""
        self.later(1)
        self.act(lambda tx, ctx: peers.alarm(tx, ctx, resolve.relation(tx, friend), reason))

    def dial_fails(self, friend: str, reason: str) -> None:
        """He was not there when we dialled."""
        self.act(delivery.failed, self._whom(friend)[1].id, reason, 0.0)

    def peer_says(self, friend: str, *texts: str, reply_to: str | None = None) -> Message:
        """A friend's messages are committed here, all at once; the last of them."""
        who, row = self._whom(friend)
        target = None if reply_to is None else self.look(lambda tx, _: resolve.message(tx, reply_to).msg_id)
        now = self.clock.wall() + 1000
        self._runtime._presence.wrote(row.id)
        self._hear(who, row.id, *who.say(texts, self._core.own.identity, row.high, now, target))
        return self.look(lambda tx, _: message_view(tx, tx.messages.newest(row.id, 1)[0]))

    def peer_posts(self, friend: str, *texts: str, missing: int = 0) -> None:
        """A friend's public channel comes, but `missing` posts after the first; once for each friend."""
        who, row = self._whom(friend)
        self.act(fetching.begin_with_friend, row.id, frozenset())
        posts = who.post("public", texts, self.clock.wall() + 1000, missing)
        self._hear(who, row.id, *posts)

    def peer_takes(self, friend: str) -> None:
        """A friend's node commits everything that waits for it."""
        who, row = self._whom(friend)
        while sent := self.act(delivery.load, row.id, self._manifest(row.id)).frames:
            self._hear(who, row.id, *who.answer(sent, self._core.own.identity))

    def peer_reads(self, friend: str) -> None:
        """A friend looks at all that was delivered."""
        _, row = self._whom(friend)
        lines = self.look(lambda tx, _: tx.messages.newest(row.id, messaging.HISTORY_MAX))
        seen = [one for one in lines if (one.direction, one.state) == (Direction.OUT, MessageState.DELIVERED)]
        self._whispers(row.id, frames.Read(seen[-1].msg_id))

    def leave_waiting(self, friend: str, text: str) -> Message:
        """What `send` does."""
        sent = self.act(messaging.send_text, messaging.SendText(friend=friend, text=text))
        return self.look(lambda tx, _: message_view(tx, resolve.message(tx, sent.id)))

    def link_opens(self, id: str) -> None:
        """A waiting message, and what else waits there, is written to a link but not acknowledged."""
        friend = self.look(lambda tx, _: resolve.message(tx, id).friend)
        self.act(delivery.load, friend, self._manifest(friend))

    def bury(self) -> None:
        """Let go of the file and remove it."""
        self._connection.close()
        shutil.rmtree(self.directory)

    def _hear(self, who: Peer, number: int | None, *said: frames.Frame) -> router.Outcome:
        """Frames of one read; the next second."""
        self.later(1)
        outcome = self.act(router.dispatch, router.Peer(who.certificate, number, self._core.own.epoch), said)
        assert not outcome.broken
        return outcome

    def _whom(self, friend: str) -> tuple[Peer, FriendRow]:
        row = self.look(lambda tx, _: resolve.relation(tx, friend))
        return peer_of(row.id_commit), row

    def _manifest(self, number: int) -> delivery.Manifest:
        """Of a link that carried all that is acknowledged and nothing else."""
        row, shown = self.look(lambda tx, _: _row(tx, number)), self._core.own.epoch
        return delivery.Manifest(
            hello=START, sent_pos=row.sending.acked_pos, in_flight=0, in_flight_bytes=0, operations_sent=frozenset(),
            shown=shown, peer=row.id_commit,
        )  # fmt: skip

    def _whispers(self, number: int, *said: frames.Whisper) -> None:
        self._runtime._presence.heard(number, self.act(presence.hear, number, said))

    def _hang_up(self, number: int) -> None:
        self._linked.discard(number)
        self._runtime._presence.gone(number)

    def _spoken(self, effects: Effects) -> None:
        """What the runtime does after a commit, and what friends on a link do then."""
        self._runtime._announce(effects)
        for friend in effects.hang_ups:
            self._hang_up(friend)
        for friend in self._linked.intersection(effects.wakes):
            asyncio.get_running_loop().call_soon(self._deliver, friend)

    def _deliver(self, number: int) -> None:
        if number in self._linked:
            self.peer_takes(friend_id(number))

    @contextmanager
    def _transaction(self, end: str) -> Iterator[Tx]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield Tx(self._connection)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute(end)


def _row(tx: Tx, number: int | None) -> FriendRow:
    row = None if number is None else tx.friends.get(number)
    assert row is not None
    return row


def inhabited(directory: Path | None = None) -> PlayedNode:
    """Alice, with tor up: bob online, carol away with mail waiting, dave asking, and a few lines with bob."""
    node = PlayedNode("alice", directory=directory)
    node.tor_moves(READY)
    bob, carol = node.friend("bob"), node.friend("carol")
    node.peer_shows(bob.id, online=True)
    node.peer_says(bob.id, "hello alice")
    node.peer_says(bob.id, "are you there?")
    node.leave_waiting(carol.id, "call me when you are back")
    node.peer_asks("dave", "we met at the congress")
    return node
