"""What both sides think of messages: one emoji per author and message."""

from chattor.model.message import Direction
from chattor.store.sql import Sql, text


class ReactionsRepo:
    """The table `reactions`. An author is a direction: ours are OUT."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def of(self, friend: int, msg_id: bytes) -> dict[Direction, str]:
        """The emoji of each author, by a message's wire id."""
        rows = self._sql.execute(
            "SELECT author, emoji FROM reactions WHERE friend = ? AND msg_id = ? ORDER BY author DESC", (friend, msg_id)
        )
        return {Direction(text(row[0])): text(row[1]) for row in rows}

    def put(self, friend: int, msg_id: bytes, author: Direction, emoji: str) -> None:
        """Replace an author's reaction; an empty one takes it back."""
        self._sql.execute(
            "DELETE FROM reactions WHERE friend = ? AND msg_id = ? AND author = ?", (friend, msg_id, author.value)
        )
        if emoji:
            self._sql.execute(
                "INSERT INTO reactions (friend, msg_id, author, emoji) VALUES (?, ?, ?, ?)",
                (friend, msg_id, author.value, emoji),
            )

    def forget(self, friend: int, msg_id: bytes) -> None:
        """Nobody thinks anything of a message any more."""
        self._sql.execute("DELETE FROM reactions WHERE friend = ? AND msg_id = ?", (friend, msg_id))
