"""Unsent text, one per friend: here at once, in the store a moment later. Pure."""

from chattor.model.ids import FriendId


class Drafts:
    """What was begun for whom."""

    def __init__(self) -> None:
        self._texts: dict[FriendId, str] = {}
        self._unsaved: set[FriendId] = set()

    def known(self, friend: FriendId) -> str | None:
        """The draft, or None if the store has not been asked yet."""
        return self._texts.get(friend)

    def loaded(self, friend: FriendId, text: str) -> None:
        """Text that was kept elsewhere; what was written meanwhile stands after it."""
        begun = self._texts.get(friend, "")
        self._texts[friend] = f"{text}\n{begun}" if text and begun else text or begun

    def write(self, friend: FriendId, text: str) -> None:
        """Changed by hand."""
        self._texts[friend] = text
        self._unsaved.add(friend)

    def unsaved(self, friend: FriendId) -> None:
        """Saving failed; it is to be tried again."""
        self._unsaved.add(friend)

    def take_unsaved(self) -> dict[FriendId, str]:
        """What is to be saved now."""
        unsaved, self._unsaved = self._unsaved, set()
        return {friend: self._texts[friend] for friend in sorted(unsaved)}
