"""What comes on an open link, carried into the store; the answers leave after the commit. No link begins or ends here,
except for one whose peer says too much or what breaks the rules.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from chattor.errors import Internal
from chattor.handlers import presence, router
from chattor.node.core import Core
from chattor.node.presence import PresenceTracker
from chattor.node.session import Session
from chattor.node.sessions import Sessions
from chattor.protocol.channel_frames import ChannelFrame
from chattor.protocol.frames import Frame, Msg, Whisper
from chattor.protocol.limits import DEAD_AFTER
from chattor.protocol.link import End, Purpose


class Inbound:
    """Every frame a peer says once its link is proved. `serve` answers strangers who read channels."""

    def __init__(
        self,
        core: Core,
        sessions: Sessions,
        presence: PresenceTracker,
        serve: Callable[[Session, Sequence[Frame]], Awaitable[int]],
    ) -> None:
        self._core = core
        self._sessions = sessions
        self._presence = presence
        self._serve = serve

    async def heard(self, session: Session, frames: list[Frame]) -> int:
        """Whispers last, and no more of them than are due; how many of the others nothing of ours called for."""
        spoken = [frame for frame in frames if not isinstance(frame, Whisper)]
        unasked = await self._received(session, spoken) if spoken else 0
        now = self._core.clock.monotonic()
        whispers = [frame for frame in frames if isinstance(frame, Whisper) and session.whispers.afford(now)]
        if whispers and session.friend is not None and not session.connection.link.closed:
            self._presence.heard(session.friend, await self._core.act(presence.hear, session.friend, whispers))
        return unasked

    async def _received(self, session: Session, frames: Sequence[Frame]) -> int:
        """Carry frames out and answer; how many of them nothing of ours called for."""
        if session.certificate is None:
            raise Internal("frames before the proof")
        if session.purpose is Purpose.SUBSCRIBE:
            return await self._serve(session, frames)
        peer = router.Peer(session.certificate, session.friend, session.shown.epoch)
        outcome = await self._core.act(router.dispatch, peer, frames)
        if outcome.friend is not None and outcome.friend != session.friend:
            self._sessions.recognised(session, outcome.friend)
        if not all(isinstance(frame, ChannelFrame) for frame in frames):  # channels alone need no link for ever
            self._sessions.used(session, friend=outcome.are_friends)
        if session.friend is not None and any(isinstance(frame, Msg) for frame in frames):
            self._presence.wrote(session.friend)
        answers = [*outcome.answers, *session.heard_of_channels(outcome.news)]
        if answers:
            session.connection.send(answers)
        if outcome.acked_pos is not None:
            session.acknowledged(outcome.acked_pos)
        session.is_past |= outcome.over
        session.is_fruitful |= outcome.unasked < len(frames)
        if outcome.broken or outcome.over:
            session.connection.close(End.LOCAL)
        return outcome.unasked + session.pulls.excess(frames)

    async def restrain(self, session: Session, unasked: int) -> None:
        """Stop reading from a peer that sends more unasked than it may; let go of one that sends far more."""
        wait = session.bucket.spend(unasked, self._core.clock.monotonic())
        if wait > DEAD_AFTER:
            session.connection.close(End.FAULT)
        elif wait:
            await asyncio.sleep(wait)
