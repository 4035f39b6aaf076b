"""What friends sent, whether it is shown or not: seen before, deleted before it came, of a kind unknown here."""

from chattor.protocol.limits import SET_ASIDE_MAX
from chattor.store.sql import Sql, blob


class SeenRepo:
    """The tables `seen`, `deleted` and `set_aside`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def rest_hash(self, friend: int, msg_id: bytes) -> bytes | None:
        """The rest hash of a message received before, or None."""
        row = self._sql.execute(
            "SELECT rest_hash FROM seen WHERE friend = ? AND msg_id = ?", (friend, msg_id)
        ).fetchone()
        return None if row is None else blob(row[0])

    def mark(self, friend: int, msg_id: bytes, rest_hash: bytes) -> None:
        """Never show this one again."""
        self._sql.execute("INSERT INTO seen (friend, msg_id, rest_hash) VALUES (?, ?, ?)", (friend, msg_id, rest_hash))

    def mark_deleted(self, friend: int, msg_id: bytes) -> None:
        """Never show this one, should it still come."""
        self._sql.execute("INSERT OR IGNORE INTO deleted (friend, msg_id) VALUES (?, ?)", (friend, msg_id))

    def is_settled(self, friend: int, msg_id: bytes) -> bool:
        """Whether a friend's message is here, or was deleted before it came."""
        row = self._sql.execute(
            "SELECT 1 FROM messages WHERE friend = ?1 AND direction = 'in' AND msg_id = ?2"
            " UNION ALL SELECT 1 FROM deleted WHERE friend = ?1 AND msg_id = ?2",
            (friend, msg_id),
        ).fetchone()
        return row is not None

    def is_deleted(self, friend: int, msg_id: bytes) -> bool:
        """Whether it was deleted before it came."""
        row = self._sql.execute("SELECT 1 FROM deleted WHERE friend = ? AND msg_id = ?", (friend, msg_id)).fetchone()
        return row is not None

    def set_aside(self, *, friend: int, msg_id: bytes, kind: int, rest: bytes, at_ms: int) -> None:
        """Keep a message of an unknown kind for a later version; of one friend's, the newest SET_ASIDE_MAX."""
        self._sql.execute(
            "INSERT INTO set_aside (friend, msg_id, kind, rest, at_ms) VALUES (?, ?, ?, ?, ?)",
            (friend, msg_id, kind, rest, at_ms),
        )
        self._sql.execute(
            "DELETE FROM set_aside WHERE friend = ? AND id <= (SELECT id FROM set_aside WHERE friend = ?"
            " ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (friend, friend, SET_ASIDE_MAX),
        )
