"""Conversations: what is shown, in the order it came to be here."""

from dataclasses import dataclass
from typing import Final

from chattor.model.message import UNDER_WAY, Direction, MessageState, Priority
from chattor.store.sql import (
    Row,
    Sql,
    Value,
    blob,
    integer,
    maybe_blob,
    maybe_integer,
    maybe_number,
    maybe_text,
    number,
    text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message as stored; `text` is None once it is gone."""

    id: int
    friend: int
    direction: Direction
    msg_id: bytes
    seq: int
    text: str | None
    state: MessageState
    reply_to: bytes | None
    edited: bool
    sent_ms: int
    received_ms: int | None
    expires_ms: int | None
    ttl: int
    priority: Priority

    def __repr__(self) -> str:
        return f"MessageRow(m{self.id}, f{self.friend}, {self.direction}, {self.state})"


PRIORITIES: Final = (*Priority,)
"""By their numbers in the store."""
_LAST: Final = 2**63 - 1
SQL_UNDER_WAY: Final = "({})".format(", ".join(f"'{state}'" for state in UNDER_WAY))
"""As the index of what waits has it: SQLite uses it for no other words."""
SQL_WAITING: Final = f"direction = 'out' AND state IN {SQL_UNDER_WAY}"
# What a friend wrote is `read` up to our read marker, which may go back, and `delivered` after it.
MESSAGE_COLUMNS = (
    "id, friend, direction, msg_id, seq, text,"
    " CASE WHEN direction = 'in' AND state = 'delivered' AND id <="
    " (SELECT read_id FROM friends WHERE friends.id = friend) THEN 'read' ELSE state END,"
    " reply_to, edited, sent_ms, received_ms, expires_ms, ttl, priority"
)


def message_of(row: Row) -> MessageRow:
    """A row of MESSAGE_COLUMNS."""
    return MessageRow(
        id=integer(row[0]),
        friend=integer(row[1]),
        direction=Direction(text(row[2])),
        msg_id=blob(row[3]),
        seq=integer(row[4]),
        text=maybe_text(row[5]),
        state=MessageState(text(row[6])),
        reply_to=maybe_blob(row[7]),
        edited=bool(row[8]),
        sent_ms=integer(row[9]),
        received_ms=maybe_integer(row[10]),
        expires_ms=maybe_integer(row[11]),
        ttl=integer(row[12]),
        priority=PRIORITIES[integer(row[13])],
    )


class MessagesRepo:
    """The tables `messages` and `idempotency`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _some(self, tail: str, parameters: tuple[Value, ...]) -> list[MessageRow]:
        rows = self._sql.execute(f"SELECT {MESSAGE_COLUMNS} FROM messages {tail}", parameters)  # noqa: S608
        return [message_of(row) for row in rows]

    def add_out(
        self,
        *,
        friend: int,
        msg_id: bytes,
        seq: int,
        body: str,
        reply_to: bytes | None,
        sent_ms: int,
        ttl: int = 0,
        priority: Priority = Priority.NORMAL,
    ) -> int:
        """Our own message, queued; its number."""
        cursor = self._sql.execute(
            "INSERT INTO messages (friend, direction, msg_id, seq, text, state, reply_to, sent_ms, ttl, priority)"
            " VALUES (?, 'out', ?, ?, ?, 'queued', ?, ?, ?, ?)",
            (friend, msg_id, seq, body, reply_to, sent_ms, ttl, PRIORITIES.index(priority)),
        )
        return integer(cursor.lastrowid)

    def add_in(
        self,
        *,
        friend: int,
        msg_id: bytes,
        seq: int,
        body: str,
        reply_to: bytes | None,
        edited: bool,
        sent_ms: int,
        received_ms: int,
        ttl: int = 0,
    ) -> int:
        """A friend's message; its number."""
        cursor = self._sql.execute(
            "INSERT INTO messages (friend, direction, msg_id, seq, text, state, reply_to, edited, sent_ms, received_ms,"
            " ttl) VALUES (?, 'in', ?, ?, ?, 'delivered', ?, ?, ?, ?, ?)",
            (friend, msg_id, seq, body, reply_to, edited, sent_ms, received_ms, ttl),
        )
        return integer(cursor.lastrowid)

    def get(self, message: int) -> MessageRow | None:
        """By number."""
        rows = self._some("WHERE id = ?", (message,))
        return rows[0] if rows else None

    def by_wire(self, friend: int, direction: Direction, msg_id: bytes) -> MessageRow | None:
        """The message of one side by its wire id."""
        rows = self._some("WHERE friend = ? AND direction = ? AND msg_id = ?", (friend, direction.value, msg_id))
        return rows[0] if rows else None

    def number(self, friend: int, msg_id: bytes) -> int | None:
        """The number of a message of either side by its wire id."""
        return maybe_number(
            self._sql,
            "SELECT id FROM messages WHERE friend = ? AND direction IN ('in', 'out') AND msg_id = ?",
            (friend, msg_id),
        )

    def rewrite(self, message: int, body: str) -> None:
        """Put another text in the place of a message's."""
        self._sql.execute("UPDATE messages SET text = ?, edited = 1 WHERE id = ?", (body, message))

    def erase(self, message: int) -> None:
        """Drop a message's text, and keep its place."""
        self._sql.execute(
            "UPDATE messages SET text = NULL, edited = 0, expires_ms = NULL, written_ms = NULL, settled_ms = NULL,"
            " looked_ms = NULL WHERE id = ?",
            (message,),
        )

    def vanish(self, message: int) -> None:
        """The time of a message's text is over: likewise, but it tells when."""
        self._sql.execute("UPDATE messages SET text = NULL, edited = 0 WHERE id = ?", (message,))

    def newest_in(self, friend: int, upto: int) -> bytes | None:
        """The wire id of the friend's newest message up to this one."""
        row = self._sql.execute(
            "SELECT msg_id FROM messages WHERE friend = ? AND id <= ? AND direction = 'in' ORDER BY id DESC LIMIT 1",
            (friend, upto),
        ).fetchone()
        return None if row is None else blob(row[0])

    def waiting(self, limit: int) -> list[MessageRow]:
        """Own messages not yet delivered, oldest first."""
        return self._some(f"WHERE {SQL_WAITING} ORDER BY id LIMIT ?", (limit,))

    def waiting_since(self, before_ms: int) -> list[MessageRow]:
        """Own messages not yet delivered that were written before a moment."""
        return self._some(f"WHERE {SQL_WAITING} AND sent_ms < ? ORDER BY id", (before_ms,))

    def count_waiting(self) -> int:
        """How many of our messages are not yet delivered."""
        return number(self._sql, f"SELECT count(*) FROM messages WHERE {SQL_WAITING}")  # noqa: S608

    def set_seq(self, friend: int, msg_id: bytes, seq: int) -> None:
        """An own message got another number by a fork."""
        self._sql.execute(
            "UPDATE messages SET seq = ? WHERE friend = ? AND direction = 'out' AND msg_id = ?", (seq, friend, msg_id)
        )

    def newest(self, friend: int, limit: int) -> list[MessageRow]:
        """The last page, oldest first."""
        return self._some("WHERE friend = ? ORDER BY id DESC LIMIT ?", (friend, limit))[::-1]

    def before(self, friend: int, message: int, limit: int) -> list[MessageRow]:
        """The page before a message, oldest first."""
        return self._some("WHERE friend = ? AND id < ? ORDER BY id DESC LIMIT ?", (friend, message, limit))[::-1]

    def after(self, friend: int, message: int, limit: int) -> list[MessageRow]:
        """The page that starts at a message, oldest first."""
        return self._some("WHERE friend = ? AND id >= ? ORDER BY id LIMIT ?", (friend, message, limit))

    def first_since(self, friend: int, since_ms: int) -> int | None:
        """The first message that came to be here at a moment or later, by halving: numbers grow with time.

        Where the clock was turned back that holds nearly, which is enough to look from there.
        """
        low, high, found = 1, self.last_id(friend), None
        while low <= high:
            middle = (low + high) // 2
            row = self._sql.execute(
                "SELECT id, coalesce(received_ms, sent_ms) FROM messages WHERE friend = ? AND id >= ?"
                " ORDER BY id LIMIT 1",
                (friend, middle),
            ).fetchone()
            if row is None or integer(row[1]) >= since_ms:
                found, high = found if row is None else integer(row[0]), middle - 1
            else:
                low = integer(row[0]) + 1
        return found

    def onward(self, only: int | None, friend: int, message: int, limit: int) -> list[MessageRow]:
        """What follows a message in the order of conversations, of one friend or of all."""
        return self._some(
            "WHERE (friend, id) > (?, ?) AND friend BETWEEN ? AND ? ORDER BY friend, id LIMIT ?",
            (*max((friend, message), (only or 0, 0)), only or 0, only or _LAST, limit),
        )

    def last_id(self, friend: int) -> int:
        """The number of the newest message, 0 if none."""
        return number(self._sql, "SELECT max(id) FROM messages WHERE friend = ?", (friend,))

    def unread(self, friend: int, read_id: int) -> int:
        """How many incoming texts lie after the read marker."""
        return number(
            self._sql,
            "SELECT count(*) FROM messages WHERE friend = ? AND id > ? AND direction = 'in' AND text IS NOT NULL",
            (friend, read_id),
        )

    def unread_bytes(self, friend: int, read_id: int) -> int:
        """How long the texts after the read marker are, together."""
        return number(
            self._sql,
            "SELECT sum(length(CAST(text AS BLOB))) FROM messages"
            " WHERE friend = ? AND id > ? AND direction = 'in' AND text IS NOT NULL",
            (friend, read_id),
        )

    def delete_all(self, friend: int) -> None:
        """Forget a conversation."""
        for table in ("messages", "reactions", "set_aside", "idempotency"):
            self._sql.execute(f"DELETE FROM {table} WHERE friend = ?", (friend,))  # noqa: S608

    def answered(self, friend: int, agent: int, key: str) -> int | None:
        """The message a send to this friend with this key made before; keys of one agent, or 0, are its own."""
        query = "SELECT message FROM idempotency WHERE friend = ? AND agent = ? AND key = ?"
        return maybe_number(self._sql, query, (friend, agent, key))

    def remember_key(self, friend: int, agent: int, key: str, message: int, keep: int) -> None:
        """A repeated send with this key answers with this message; of a friend's keys the newest `keep` count."""
        self._sql.execute(
            "INSERT INTO idempotency (friend, agent, key, message) VALUES (?, ?, ?, ?)", (friend, agent, key, message)
        )
        self._sql.execute(
            "DELETE FROM idempotency WHERE friend = ? AND message <= (SELECT message FROM idempotency WHERE friend = ?"
            " ORDER BY message DESC LIMIT 1 OFFSET ?)",
            (friend, friend, keep),
        )
