"""Our channels for others: strangers who dialled to read, and posts for whoever follows on a link."""

from collections.abc import Sequence

from chattor.handlers import channel_frames, publishing
from chattor.node.core import Core
from chattor.node.session import Session
from chattor.node.sessions import Sessions
from chattor.node.tasks import Tasks
from chattor.protocol.channel_frames import Sync
from chattor.protocol.frames import Frame
from chattor.protocol.limits import STRANGER_SYNC_EVERY, STRANGERS_KNOWN
from chattor.protocol.link import End
from chattor.protocol.ratelimit import Intervals
from chattor.store.tx import Effects


class Broadcast:
    """The publishing side of one node."""

    def __init__(self, core: Core, sessions: Sessions, tasks: Tasks) -> None:
        self._core = core
        self._sessions = sessions
        self._tasks = tasks
        self._turns = Intervals(STRANGER_SYNC_EVERY, STRANGERS_KNOWN)

    async def serve(self, session: Session, frames: Sequence[Frame]) -> int:
        """Answer a stranger who reads; all his frames are unasked. One who asks too often is let go."""
        who, now = b"" if session.certificate is None else session.certificate.ik_sig, self._core.clock.monotonic()
        if not all(self._turns.allow(who, now) for frame in frames if isinstance(frame, Sync)):
            session.connection.close(End.FAULT)
            return 0
        news = await self._core.act(channel_frames.serve_stranger, frames)
        session.connection.send(news.answers)
        return len(frames)

    def heed(self, effects: Effects) -> None:
        """Something was committed: a post of ours goes to every friend who follows its channel."""
        for post in effects.posts:
            self._tasks.start(self._push(post), "push")

    async def _push(self, post: int) -> None:
        followers = [(one, one.friend) for one in self._sessions if one.is_open and one.friend and one.follows]
        if not followers:
            return
        push = await self._core.ask(publishing.address, post, [friend for _, friend in followers])
        for session, friend in followers:
            if push is not None and push.post.channel in session.follows and friend in push.friends:
                session.connection.send([push.post])
