"""Frames about channels: who may send which, and what is answered after the commit (protocol §7).

A friend may send all of them. A stranger who dialled to subscribe may ask what is public, and nothing else; the
owner we dialled for his channels may answer, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chattor.errors import ProtocolViolation
from chattor.handlers import fetching, publishing
from chattor.handlers.context import Ctx
from chattor.protocol.channel_frames import ChannelFrame, ChannelList, Channels, Post, Posts, Sync, Unsubscribe
from chattor.protocol.frames import Frame
from chattor.protocol.friendship import State
from chattor.protocol.limits import SYNCS_AT_ONCE
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx

QUESTIONS = (Channels, Sync, Unsubscribe)
"""Nothing of ours calls for them; the others are counted against what we asked (protocol.pulls)."""


@dataclass(slots=True)
class News:
    """What to do with the link after the commit."""

    answers: list[Frame] = field(default_factory=list)
    asked: int = 0
    """How often the other side asked for posts."""
    next: Sync | None = None
    """Our next question."""
    follows: set[bytes] = field(default_factory=set)
    """Channels of ours the other side wants to have from now on, as long as the link stands."""
    leaves: set[bytes] = field(default_factory=set)
    """And those it does not want any more."""
    is_over: bool = False
    """All we wanted to know was answered."""


def take(tx: Tx, ctx: Ctx, row: FriendRow, frame: ChannelFrame, news: News) -> None:
    """A frame on the link of somebody we know. From one who is no friend, now or yet, it is as if it had not come."""
    if row.state is not State.FRIEND or row.ik_sig is None:
        return
    match frame:
        case Channels() | Sync():
            _serve(tx, ctx, frame, news, friend=True)
        case Unsubscribe():
            news.leaves.add(frame.channel)
            news.follows.discard(frame.channel)
        case _:
            owner = tx.channels.publisher_by_commit(row.id_commit)
            if owner is not None:
                _read(tx, ctx, owner.id, row.ik_sig, frame, news)


def serve_stranger(tx: Tx, ctx: Ctx, frames: Sequence[Frame]) -> News:
    """Frames of somebody who dialled to subscribe. Raises ProtocolViolation for all but two."""
    news = News()
    for frame in frames:
        if not isinstance(frame, Channels | Sync):
            raise ProtocolViolation(f"a reader sent {type(frame).__name__}")
        _serve(tx, ctx, frame, news, friend=False)
    return news


def take_visit(tx: Tx, ctx: Ctx, publisher: int, ik_sig: bytes, frames: Sequence[Frame]) -> News:
    """What a stranger whose channels we read answers. Raises ProtocolViolation for anything else."""
    news = News()
    for frame in frames:
        if not isinstance(frame, ChannelList | Post | Posts):
            raise ProtocolViolation(f"the owner of a channel sent {type(frame).__name__}")
        _read(tx, ctx, publisher, ik_sig, frame, news)
    return news


def _serve(tx: Tx, ctx: Ctx, frame: Channels | Sync, news: News, *, friend: bool) -> None:
    if isinstance(frame, Channels):
        news.answers.append(publishing.offer(tx, ctx, friend=friend))
        return
    news.asked += 1
    if news.asked > SYNCS_AT_ONCE:
        return
    answer = publishing.answer(tx, ctx, frame, friend=friend)
    news.answers += answer.frames
    if answer.follows:
        news.follows.add(frame.channel)
        news.leaves.discard(frame.channel)


def _read(tx: Tx, ctx: Ctx, publisher: int, ik_sig: bytes, frame: ChannelFrame, news: News) -> None:
    owner = tx.channels.publisher(publisher)
    if owner is None:
        return
    match frame:
        case ChannelList():
            fetching.take_list(tx, ctx, owner, ik_sig, frame)
        case Post():
            fetching.take_post(tx, ctx, owner, ik_sig, frame)
        case Posts():
            news.next = fetching.take_end(tx, ctx, owner, frame)
            news.is_over = news.next is None
