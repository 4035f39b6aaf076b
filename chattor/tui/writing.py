"""What a text that is being written is about: a message it answers, or one it is to replace. Pure."""

from enum import StrEnum

from msgspec import Struct

from chattor.model.ids import FriendId
from chattor.model.message import Message


class Purpose(StrEnum):
    """What Enter does with the text."""

    REPLY = "reply"
    EDIT = "edit"


class About(Struct, frozen=True, kw_only=True):
    """One message and what the text has to do with it."""

    purpose: Purpose
    message: Message


class Writing:
    """One purpose per friend, until the text is sent or the purpose dropped."""

    def __init__(self) -> None:
        self._about: dict[FriendId, About] = {}
        self._aside: dict[FriendId, str] = {}

    def about(self, friend: FriendId | None) -> About | None:
        """What his text is about."""
        return self._about.get(friend) if friend else None

    def begin(self, about: About, written: str) -> str:
        """A purpose; what the composer shows from now on. What was written stays, or is put aside for an edit."""
        friend = about.message.friend
        text = self.drop(friend, written)
        self._about[friend] = about
        if about.purpose is Purpose.REPLY:
            return text
        self._aside[friend] = text
        return about.message.text or ""

    def drop(self, friend: FriendId, written: str) -> str:
        """No purpose any more; what the composer shows then: an edit gives back what it had put aside."""
        about = self._about.pop(friend, None)
        aside = self._aside.pop(friend, "")
        return aside if about and about.purpose is Purpose.EDIT else written

    def take(self, friend: FriendId) -> tuple[About | None, str]:
        """The text is handed over: its purpose, and what the composer shows now."""
        about = self._about.get(friend)
        return about, self.drop(friend, "")
