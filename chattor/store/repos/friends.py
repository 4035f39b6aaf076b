"""Relations: friends, requests, the blocked, those that ended but left history behind; identities they left."""

from dataclasses import dataclass

from chattor.protocol.friendship import State
from chattor.protocol.limits import MOVED_MAX
from chattor.protocol.stream import START, Position, Sending
from chattor.protocol.timer import Decision
from chattor.store.sql import Row, Sql, Value, blob, integer, maybe_blob, maybe_integer, maybe_text, number, text


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendRow:
    """One relation as stored. `ik_sig` and `ik_dh` are None until the first handshake pinned them.

    `knows` is the epoch of our certificate they hold, `way` our stream's byte in the chain once we are friends.
    """

    id: int
    state: State
    name: str
    note: str
    asked_ms: int
    onion_pk: bytes
    id_commit: bytes
    ik_sig: bytes | None
    ik_dh: bytes | None
    epoch: int
    verified: bool
    continuity: bytes | None
    continuity_before: bytes | None
    high: Position
    sending: Sending
    forked_ms: int | None
    attempts: int
    next_ms: int
    reason: str
    last_seen_ms: int | None
    muted: bool
    alarm: str | None
    notice: str | None
    read_id: int
    last_message_ms: int | None
    receipts: bool | None
    typing: bool | None
    presence: bool | None
    timer: Decision
    unread_bytes: int
    knows: int
    way: int | None
    retention_s: int | None
    agent: bool
    """He said that a program speaks for him."""
    capabilities: tuple[str, ...]

    def __repr__(self) -> str:
        return f"FriendRow(f{self.id}, {self.state})"


_COLUMNS = (
    "id, state, name, note, asked_ms, onion_pk, id_commit, ik_sig, ik_dh, epoch, verified, continuity, "
    "continuity_before, r_high, r_hash, base_seq, base_hash, base_pos, acked_pos, acked_seq, last_seq, last_hash, "
    "forked_ms, attempts, next_ms, reason, last_seen_ms, muted, alarm, notice, read_id, last_message_ms, "
    "receipts, typing, presence, timer_round, timer_s, unread_bytes, knows, way, retention_s, "
    "agent, capabilities"
)


def _sending(row: Row) -> Sending:
    return Sending(
        base=Position(integer(row[15]), blob(row[16])),
        base_pos=integer(row[17]),
        acked_pos=integer(row[18]),
        acked_seq=integer(row[19]),
        last=Position(integer(row[20]), blob(row[21])),
    )


def _maybe_flag(value: Value) -> bool | None:
    return None if value is None else bool(value)


def _friend(row: Row) -> FriendRow:
    return FriendRow(
        id=integer(row[0]),
        state=State(text(row[1])),
        name=text(row[2]),
        note=text(row[3]),
        asked_ms=integer(row[4]),
        onion_pk=blob(row[5]),
        id_commit=blob(row[6]),
        ik_sig=maybe_blob(row[7]),
        ik_dh=maybe_blob(row[8]),
        epoch=integer(row[9]),
        verified=bool(row[10]),
        continuity=maybe_blob(row[11]),
        continuity_before=maybe_blob(row[12]),
        high=Position(integer(row[13]), blob(row[14])),
        sending=_sending(row),
        forked_ms=maybe_integer(row[22]),
        attempts=integer(row[23]),
        next_ms=integer(row[24]),
        reason=text(row[25]),
        last_seen_ms=maybe_integer(row[26]),
        muted=bool(row[27]),
        alarm=maybe_text(row[28]),
        notice=maybe_text(row[29]),
        read_id=integer(row[30]),
        last_message_ms=maybe_integer(row[31]),
        receipts=_maybe_flag(row[32]),
        typing=_maybe_flag(row[33]),
        presence=_maybe_flag(row[34]),
        timer=Decision(round=integer(row[35]), seconds=integer(row[36])),
        unread_bytes=integer(row[37]),
        knows=integer(row[38]),
        way=maybe_integer(row[39]),
        retention_s=maybe_integer(row[40]),
        agent=bool(row[41]),
        capabilities=tuple(text(row[42]).split()),
    )


class FriendsRepo:
    """The tables `friends`, `moved` and `rejected`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _one(self, where: str, parameters: tuple[Value, ...]) -> FriendRow | None:
        row = self._sql.execute(f"SELECT {_COLUMNS} FROM friends WHERE {where}", parameters).fetchone()  # noqa: S608
        return None if row is None else _friend(row)

    def get(self, friend: int) -> FriendRow | None:
        """By number."""
        return self._one("id = ?", (friend,))

    def by_onion(self, onion_pk: bytes) -> FriendRow | None:
        """By the 32-byte key of the address."""
        return self._one("onion_pk = ?", (onion_pk,))

    def by_commit(self, id_commit: bytes) -> FriendRow | None:
        """By the identity commitment, 16 bytes."""
        return self._one("id_commit = ?", (id_commit,))

    def all(self) -> list[FriendRow]:
        """Every relation, also those that ended."""
        return [_friend(row) for row in self._sql.execute(f"SELECT {_COLUMNS} FROM friends ORDER BY id")]  # noqa: S608

    def add(
        self, *, state: State, name: str, note: str, asked_ms: int, onion_pk: bytes, id_commit: bytes, knows: int
    ) -> FriendRow:
        """A new relation; the identity keys are pinned by the first handshake."""
        cursor = self._sql.execute(
            "INSERT INTO friends (state, name, note, asked_ms, onion_pk, id_commit, knows)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (state.value, name, note, asked_ms, onion_pk, id_commit, knows),
        )
        row = self.get(integer(cursor.lastrowid))
        if row is None:
            raise LookupError("the row just written is gone")
        return row

    def update(self, friend: int, **columns: Value | bool) -> None:
        """Set columns of one relation; the names are the schema's."""
        names = ", ".join(f"{name} = ?" for name in columns)
        self._sql.execute(f"UPDATE friends SET {names} WHERE id = ?", (*columns.values(), friend))  # noqa: S608

    def advance_high(self, friend: int, high: Position) -> None:
        """What we have of their stream."""
        self._sql.execute("UPDATE friends SET r_high = ?, r_hash = ? WHERE id = ?", (high.seq, high.hash, friend))

    def save_sending(self, friend: int, sending: Sending) -> None:
        """Where our stream to them stands."""
        self._sql.execute(
            "UPDATE friends SET base_seq = ?, base_hash = ?, base_pos = ?, acked_pos = ?, acked_seq = ?,"
            " last_seq = ?, last_hash = ? WHERE id = ?",
            (
                sending.base.seq,
                sending.base.hash,
                sending.base_pos,
                sending.acked_pos,
                sending.acked_seq,
                sending.last.seq,
                sending.last.hash,
                friend,
            ),
        )

    def reset_streams(self, friend: int) -> None:
        """A friendship ended: the next one starts anew."""
        self.save_sending(friend, Sending())
        self.advance_high(friend, START)
        self.update(
            friend,
            continuity=None,
            continuity_before=None,
            forked_ms=None,
            notice=None,
            unread_bytes=0,
            timer_round=0,
            timer_s=0,
            way=None,
            agent=False,
            capabilities="",
        )

    def moved(self, id_commit: bytes) -> FriendRow | None:
        """The relation that left this identity for another one."""
        row = self._sql.execute("SELECT friend FROM moved WHERE id_commit = ?", (id_commit,)).fetchone()
        return None if row is None else self.get(integer(row[0]))

    def remember_move(self, friend: int, id_commit: bytes, at_ms: int) -> None:
        """A relation left this identity; of those it left, the newest are kept."""
        self._sql.execute(
            "INSERT OR REPLACE INTO moved (id_commit, friend, at_ms) VALUES (?, ?, ?)", (id_commit, friend, at_ms)
        )
        self._sql.execute(
            "DELETE FROM moved WHERE id_commit IN"
            " (SELECT id_commit FROM moved WHERE friend = ? ORDER BY at_ms DESC LIMIT -1 OFFSET ?)",
            (friend, MOVED_MAX),
        )

    def delete(self, friend: int) -> None:
        """Forget a relation and everything that hangs on it."""
        self._sql.execute("DELETE FROM friends WHERE id = ?", (friend,))

    def draft(self, friend: int) -> str:
        """The unsent text."""
        row = self._sql.execute("SELECT draft FROM friends WHERE id = ?", (friend,)).fetchone()
        return "" if row is None else text(row[0])

    def unseen_requests(self) -> list[int]:
        """Incoming requests nobody looked at yet."""
        rows = self._sql.execute("SELECT id FROM friends WHERE state = 'incoming' AND seen = 0 ORDER BY id")
        return [integer(row[0]) for row in rows]

    def count_seen_requests(self) -> int:
        """How many incoming requests wait for an answer though somebody looked at them."""
        return number(self._sql, "SELECT count(*) FROM friends WHERE state = 'incoming' AND seen = 1")

    def look_at_requests(self) -> None:
        """Somebody listed the incoming requests: they are no longer evicted."""
        self._sql.execute("UPDATE friends SET seen = 1 WHERE state = 'incoming' AND seen = 0")

    def reject(self, id_commit: bytes, at_ms: int) -> None:
        """Remember a rejected identity; repeats are answered and leave no row."""
        self._sql.execute("INSERT OR REPLACE INTO rejected (id_commit, at_ms) VALUES (?, ?)", (id_commit, at_ms))

    def forget_rejection(self, id_commit: bytes) -> None:
        """We want to know this person after all."""
        self._sql.execute("DELETE FROM rejected WHERE id_commit = ?", (id_commit,))

    def is_rejected(self, id_commit: bytes) -> bool:
        """Whether this identity was rejected before."""
        return self._sql.execute("SELECT 1 FROM rejected WHERE id_commit = ?", (id_commit,)).fetchone() is not None
