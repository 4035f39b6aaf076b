"""Sending with a key, so that a message whose answer got lost is not sent twice when it is tried again."""

import secrets

from chattor.errors import ChattorError
from chattor.model.ids import FriendId, MessageId
from chattor.tui.session import Session


class Sending:
    """Remembers the key of what failed until the same text is sent to the same friend again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._failed: dict[tuple[FriendId, str], str] = {}

    async def send(self, friend: FriendId, text: str, reply_to: MessageId | None = None) -> None:
        """Put it on disk; raises what the Api raises, and then the text may or may not be there."""
        key = self._failed.pop((friend, text), None) or secrets.token_hex(16)
        try:
            await self._session.send(friend, text, key, reply_to)
        except ChattorError:
            self._failed[friend, text] = key
            raise
