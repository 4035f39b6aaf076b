"""Conversations: what is shown, in the order it came to be here; and what was ever seen."""

from dataclasses import dataclass

from chattor.model.message import Direction, MessageState
from chattor.store.sql import Row, Sql, Value, blob, integer, maybe_blob, maybe_integer, maybe_text, text


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

    def __repr__(self) -> str:
        return f"MessageRow(m{self.id}, f{self.friend}, {self.direction}, {self.state})"


_COLUMNS = "id, friend, direction, msg_id, seq, text, state, reply_to, edited, sent_ms, received_ms, expires_ms"


def _message(row: Row) -> MessageRow:
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
    )


class MessagesRepo:
    """The tables `messages`, `seen`, `set_aside` and `idempotency`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _some(self, tail: str, parameters: tuple[Value, ...]) -> list[MessageRow]:
        return [_message(row) for row in self._sql.execute(f"SELECT {_COLUMNS} FROM messages {tail}", parameters)]  # noqa: S608

    def add_out(self, *, friend: int, msg_id: bytes, seq: int, body: str, reply_to: bytes | None, sent_ms: int) -> int:
        """Our own message, queued; its number."""
        cursor = self._sql.execute(
            "INSERT INTO messages (friend, direction, msg_id, seq, text, state, reply_to, sent_ms)"
            " VALUES (?, 'out', ?, ?, ?, 'queued', ?, ?)",
            (friend, msg_id, seq, body, reply_to, sent_ms),
        )
        return integer(cursor.lastrowid)

    def add_in(
        self, *, friend: int, msg_id: bytes, seq: int, body: str, reply_to: bytes | None, sent_ms: int, received_ms: int
    ) -> int:
        """A friend's message; its number."""
        cursor = self._sql.execute(
            "INSERT INTO messages (friend, direction, msg_id, seq, text, state, reply_to, sent_ms, received_ms)"
            " VALUES (?, 'in', ?, ?, ?, 'delivered', ?, ?, ?)",
            (friend, msg_id, seq, body, reply_to, sent_ms, received_ms),
        )
        return integer(cursor.lastrowid)

    def get(self, message: int) -> MessageRow | None:
        """By number."""
        rows = self._some("WHERE id = ?", (message,))
        return rows[0] if rows else None

    def own(self, friend: int, msg_id: bytes) -> MessageRow | None:
        """Our own message by its wire id."""
        rows = self._some("WHERE friend = ? AND direction = 'out' AND msg_id = ?", (friend, msg_id))
        return rows[0] if rows else None

    def number(self, friend: int, msg_id: bytes) -> int | None:
        """The number of a message of either side by its wire id."""
        row = self._sql.execute(
            "SELECT id FROM messages WHERE friend = ? AND direction IN ('in', 'out') AND msg_id = ?",
            (friend, msg_id),
        ).fetchone()
        return None if row is None else integer(row[0])

    def set_state(self, message: int, state: MessageState) -> None:
        """Move a message on."""
        self._sql.execute("UPDATE messages SET state = ? WHERE id = ?", (state.value, message))

    def mark_sending(self, friend: int, after_pos: int, upto_pos: int) -> list[int]:
        """Queued messages whose items are now on a wire; the numbers that moved on."""
        rows = self._sql.execute(
            "UPDATE messages SET state = 'sending' WHERE friend = ? AND direction = 'out' AND state = 'queued'"
            " AND msg_id IN (SELECT msg_id FROM chain WHERE friend = ? AND pos > ? AND pos <= ?) RETURNING id",
            (friend, friend, after_pos, upto_pos),
        )
        return sorted(integer(row[0]) for row in rows)

    def on_their_way(self, friend: int, after_pos: int, upto_pos: int) -> list[int]:
        """Messages not yet delivered whose items lie in this range, in order."""
        rows = self._sql.execute(
            "SELECT m.id FROM chain c JOIN messages m"
            " ON m.friend = c.friend AND m.direction = 'out' AND m.msg_id = c.msg_id"
            " WHERE c.friend = ? AND c.pos > ? AND c.pos <= ? AND m.state IN ('queued', 'sending') ORDER BY c.pos",
            (friend, after_pos, upto_pos),
        )
        return [integer(row[0]) for row in rows]

    def waiting(self, limit: int) -> list[MessageRow]:
        """Own messages not yet delivered, oldest first."""
        return self._some("WHERE direction = 'out' AND state IN ('queued', 'sending') ORDER BY id LIMIT ?", (limit,))

    def waiting_since(self, before_ms: int) -> list[MessageRow]:
        """Own messages not yet delivered that were written before a moment."""
        return self._some(
            "WHERE direction = 'out' AND state IN ('queued', 'sending') AND sent_ms < ? ORDER BY id", (before_ms,)
        )

    def count_waiting(self) -> int:
        """How many of our messages are not yet delivered."""
        row = self._sql.execute(
            "SELECT count(*) FROM messages WHERE direction = 'out' AND state IN ('queued', 'sending')"
        ).fetchone()
        return 0 if row is None else integer(row[0])

    def abandon(self, friend: int) -> list[tuple[int, MessageState]]:
        """Give up what was not delivered: never written is cancelled, what may have arrived is expired."""
        rows = self._sql.execute(
            "UPDATE messages SET state = CASE state WHEN 'queued' THEN 'cancelled' ELSE 'expired' END"
            " WHERE friend = ? AND direction = 'out' AND state IN ('queued', 'sending') RETURNING id, state",
            (friend,),
        )
        return [(integer(row[0]), MessageState(text(row[1]))) for row in rows]

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

    def last_id(self, friend: int) -> int:
        """The number of the newest message, 0 if none."""
        row = self._sql.execute("SELECT max(id) FROM messages WHERE friend = ?", (friend,)).fetchone()
        return 0 if row is None or row[0] is None else integer(row[0])

    def unread(self, friend: int, read_id: int) -> int:
        """How many incoming messages lie after the read marker."""
        row = self._sql.execute(
            "SELECT count(*) FROM messages WHERE friend = ? AND id > ? AND direction = 'in'", (friend, read_id)
        ).fetchone()
        return 0 if row is None else integer(row[0])

    def delete_all(self, friend: int) -> None:
        """Forget a conversation."""
        self._sql.execute("DELETE FROM messages WHERE friend = ?", (friend,))

    def seen(self, friend: int, msg_id: bytes) -> bytes | None:
        """The rest hash of a message received before, or None."""
        row = self._sql.execute(
            "SELECT rest_hash FROM seen WHERE friend = ? AND msg_id = ?", (friend, msg_id)
        ).fetchone()
        return None if row is None else blob(row[0])

    def mark_seen(self, friend: int, msg_id: bytes, rest_hash: bytes) -> None:
        """Never show this one again."""
        self._sql.execute("INSERT INTO seen (friend, msg_id, rest_hash) VALUES (?, ?, ?)", (friend, msg_id, rest_hash))

    def set_aside(self, *, friend: int, msg_id: bytes, kind: int, rest: bytes, at_ms: int) -> None:
        """Keep a message of an unknown kind for a later version."""
        self._sql.execute(
            "INSERT INTO set_aside (friend, msg_id, kind, rest, at_ms) VALUES (?, ?, ?, ?, ?)",
            (friend, msg_id, kind, rest, at_ms),
        )

    def answered(self, key: str) -> int | None:
        """The message a send with this key made before."""
        row = self._sql.execute("SELECT message FROM idempotency WHERE key = ?", (key,)).fetchone()
        return None if row is None else integer(row[0])

    def remember_key(self, key: str, message: int, at_ms: int) -> None:
        """A repeated send with this key answers with this message."""
        self._sql.execute("INSERT INTO idempotency (key, message, at_ms) VALUES (?, ?, ?)", (key, message, at_ms))
