"""Says on open links what matters little: who and how we are, that we type, how far we have read. Nothing waits here.

What cannot be said at once is dropped; only a receipt is held back a little, so that nobody learns when exactly
something was read, and the newest one is said.
"""

import asyncio
from typing import Final

from chattor.handlers import presence
from chattor.node.core import Core
from chattor.node.session import Session
from chattor.node.sessions import Sessions
from chattor.node.tasks import Tasks, comes
from chattor.protocol.frames import Presence, Read, Sign, Whisper
from chattor.protocol.limits import PRESENCE_EVERY, READ_DELAY, TYPING_EVERY

_A_MOMENT: Final = 2.0  # s


class Whispers:
    """The low voice of one node."""

    def __init__(self, core: Core, sessions: Sessions, tasks: Tasks) -> None:
        self._core = core
        self._sessions = sessions
        self._tasks = tasks
        self._receipts: dict[int, Read] = {}
        """The newest, by friend, until it is said."""
        self._typed: dict[int, float] = {}
        """When we last said that we type."""

    def begin(self, session: Session) -> None:
        """A link is open."""
        session.attendant = self._tasks.start(self._attend(session), "presence")

    def say(self, friend: int, frame: Whisper) -> None:
        """Say it now or never; a receipt a little later."""
        if not isinstance(frame, Read):
            self._say(friend, frame)
            return
        if friend not in self._receipts:
            self._tasks.start(self._tell_read(friend), "receipt")
        self._receipts[friend] = frame

    async def type(self, name: str, *, active: bool) -> None:
        """We type to FRIEND, or stopped."""
        friend = await self._core.ask(presence.typist, name)
        now = self._core.clock.monotonic()
        if friend is None:
            return
        if not active:
            if self._typed.pop(friend, None) is not None:
                self._say(friend, Presence(Sign.STOPPED))
        elif now - self._typed.get(friend, now - TYPING_EVERY) >= TYPING_EVERY:
            self._typed[friend] = now
            self._say(friend, Presence(Sign.TYPING))

    def greet(self, friend: int) -> None:
        """Somebody became a friend on a link that stands: in a moment he knows it too, and may know of us."""
        self._tasks.start(self._greet(friend), "greeting")

    def tell_everybody(self) -> None:
        """We are or do something else than we told."""
        for session in self._sessions:
            session.news.set()

    async def _greet(self, friend: int) -> None:
        await asyncio.sleep(_A_MOMENT)
        session = self._sessions.current(friend)
        if session is not None:
            session.news.set()

    async def _attend(self, session: Session) -> None:
        """For as long as the link lives; a link that is busy now is so no longer in a moment."""
        if session.friend is not None:
            await self._core.act(presence.catch_up, session.friend)
        while not session.connection.link.closed:
            session.news.clear()
            said = session.friend is None or await self._beat(session.friend)
            await asyncio.sleep(_A_MOMENT)  # whatever changes meanwhile is told as one
            if said:
                await comes(session.news, PRESENCE_EVERY - _A_MOMENT)

    async def _beat(self, friend: int) -> bool:
        """Say who we are, and that we are here; False if it could not be said now."""
        signs = await self._core.ask(presence.signs, friend)
        return not signs or self._say(friend, *signs)

    async def _tell_read(self, friend: int) -> None:
        shortest, longest = READ_DELAY
        said = False
        try:
            while not said and self._sessions.current(friend) is not None:
                await asyncio.sleep((longest + shortest + (longest - shortest) * self._core.jitter()) / 2)
                if not await self._core.ask(presence.is_told_of_reading, friend):
                    return  # switched off meanwhile
                said = self._say(friend, self._receipts[friend])
        finally:
            del self._receipts[friend]

    def _say(self, friend: int, *frames: Whisper) -> bool:
        session = self._sessions.current(friend)
        return session is not None and session.connection.whisper(frames)
