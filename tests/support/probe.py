"""Counts what really happened in simulated nodes, and keeps their trace; the product knows nothing of it.

Two seams suffice. Every handler runs through `Core.act`, so `Watched`, a core of its own, sees each with the store
before it. What becomes of links is told by the log of `chattor.node.links`. A log record of level ERROR is a defect.
"""

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar

from chattor.errors import ChattorError, RemoteError
from chattor.handlers import delivery, peers, router
from chattor.handlers.context import Ctx
from chattor.model.message import Direction
from chattor.net.connection import Connection
from chattor.net.pool import Decision
from chattor.node.core import Core
from chattor.protocol.content import decode_edit
from chattor.protocol.frames import Frame, Msg, Tombstone
from chattor.protocol.lifecycle import End
from chattor.protocol.link import Continuity
from chattor.protocol.stream import Kind, Rest
from chattor.store.tx import Tx

P = ParamSpec("P")
T = TypeVar("T")

LINKS: Final = "chattor.node.links"


class Branch(StrEnum):
    """What must happen now and then, or a simulation proves little; the last two never, among honest people."""

    TIE_BREAK = "crossed links, one gave way"
    NEWER = "the same side dialled again, the newer link won"
    PROBED = "crossed late, the older one was probed"
    DRAINED = "a link was replaced by another"
    HALF_HELLO = "only one side had committed the last hello"
    CONTINUITY_KEPT = "a continuity secret was shared"
    CONTINUITY_LOST = "no continuity secret was shared any more"
    FORK = "a stream was renumbered"
    RESEND = "an item went out that had gone out before"
    REPEAT = "an item arrived again, under another number, and was known"
    TOMBSTONE = "a tombstone arrived"
    MADE = "an edit came whose message was not there"
    BROKEN = "an item did not fit the chain"
    FAULT = "somebody broke the protocol"


class Probe(logging.Handler):
    """Counts branches, notes each step, and remembers defects; used as a context around a run."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.hits: Counter[Branch] = Counter()
        self.defects: list[str] = []
        self.story: list[str] = []
        self._trace = hashlib.sha256()

    @property
    def trace(self) -> str:
        """A hash over every step of every node, with its time: equal for equal runs."""
        return self._trace.hexdigest()

    def note(self, line: str) -> None:
        """Something happened."""
        stamped = f"{asyncio.get_running_loop().time():.6f} {line}"
        self._trace.update(stamped.encode() + b"\n")
        self.story.append(stamped)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a log record."""
        if record.levelno >= logging.ERROR:
            self.defects.append(logging.Formatter().format(record))
        elif record.name == LINKS:
            self._about_link(record)

    def _about_link(self, record: logging.LogRecord) -> None:
        match record.args:
            case (_, Decision() as decision):
                self._about_second_link(decision)
            case (who, End() | ChattorError() as outcome):
                self.note(f"link {who} ended: {outcome}")
                self.hits[Branch.DRAINED] += outcome is End.REPLACED
                self.hits[Branch.FAULT] += isinstance(outcome, RemoteError)

    def _about_second_link(self, decision: Decision[Connection]) -> None:
        winner, losers = decision.promoted, decision.close
        if decision.probe is not None:
            self.hits[Branch.PROBED] += 1
        elif winner is None or any(loser.link.role is not winner.link.role for loser in losers):
            self.hits[Branch.TIE_BREAK] += 1
        else:
            self.hits[Branch.NEWER] += 1

    def __enter__(self) -> Self:
        logging.getLogger("chattor").addHandler(self)
        logging.getLogger(LINKS).setLevel(logging.INFO)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("chattor").removeHandler(self)
        logging.getLogger(LINKS).setLevel(logging.NOTSET)


class Watched(Core):
    """A core whose every handler is noted."""

    def __init__(self, *, probe: Probe, **parts: Any) -> None:
        super().__init__(**parts)
        self._probe = probe

    async def act(self, handler: Callable[Concatenate[Tx, Ctx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As Core, and noted when it runs."""
        look = _LOOKS.get(handler)

        def watched(tx: Tx, ctx: Ctx, /, *args: P.args, **kwargs: P.kwargs) -> T:
            self._probe.note(f"{self.profile} {handler.__name__}")
            after = None if look is None else look(self._probe.hits, tx, *args)
            result = handler(tx, ctx, *args, **kwargs)
            if after is not None:
                after(result)
            return result

        return await super().act(watched, *args, **kwargs)


Hits = Counter[Branch]
After = Callable[[Any], None]
"""Looks at the handler's result."""


def _look_at_load(hits: Hits, tx: Tx, friend: int, manifest: delivery.Manifest) -> After:
    before = tx.friends.get(friend)
    written = {item.msg_id for item in tx.chain.after(friend, manifest.sent_pos or 0) if item.written}

    def after(cargo: delivery.Cargo) -> None:
        row = tx.friends.get(friend)
        if row is not None and before is not None and row.sending.base != before.sending.base:
            hits[Branch.FORK] += 1
        hits[Branch.RESEND] += sum(isinstance(item, Msg) and item.msg_id in written for item in cargo.frames)

    return after


def _look_at_frames(hits: Hits, tx: Tx, peer: router.Peer, frames: Sequence[Frame]) -> After:
    row = None if peer.friend is None else tx.friends.get(peer.friend)
    for frame in frames:
        if isinstance(frame, Msg | Tombstone) and row is not None:
            hits[Branch.TOMBSTONE] += isinstance(frame, Tombstone)
            hits[Branch.REPEAT] += tx.seen.rest_hash(row.id, frame.msg_id) is not None
            hits[Branch.MADE] += isinstance(frame, Msg) and _is_ahead(tx, row.id, frame)

    def after(outcome: router.Outcome) -> None:
        hits[Branch.BROKEN] += outcome.broken

    return after


def _is_ahead(tx: Tx, friend: int, frame: Msg) -> bool:
    """Whether this is an edit of what is not there."""
    rest = Rest.decode(frame.rest)
    return rest.kind == Kind.EDIT and tx.messages.by_wire(friend, Direction.IN, decode_edit(rest.body).target) is None


def _look_at_hello(
    hits: Hits, tx: Tx, friend: int | None, who: bytes, continuity: Continuity | None, *_: object
) -> None:
    row = None if friend is None else tx.friends.get(friend)
    if row is None or row.id_commit != who or continuity is None:
        return
    hits[Branch.CONTINUITY_KEPT] += continuity.recognised
    hits[Branch.CONTINUITY_LOST] += peers.continuity_lost(row, continuity)
    hits[Branch.HALF_HELLO] += continuity.recognised and continuity.used == row.continuity_before


_LOOKS: Final[dict[Callable[..., Any], Callable[..., After | None]]] = {
    delivery.load: _look_at_load,
    router.dispatch: _look_at_frames,
    peers.greet: _look_at_hello,
}
