"""Channels, ours and others', their owners, and how far friends have read ours."""

from dataclasses import dataclass

from chattor.store.sql import Row, Sql, Value, blob, integer, maybe_blob, maybe_integer, maybe_text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherRow:
    """Somebody whose channels we read. `mask` holds the seeds of the identity a stranger sees of us."""

    id: int
    onion_pk: bytes
    id_commit: bytes
    ik_sig: bytes | None
    ik_dh: bytes | None
    epoch: int
    mask: bytes | None
    welcome: bool
    reason: str

    def __repr__(self) -> str:
        return f"PublisherRow({self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """One channel as stored; see the schema for what is whose."""

    id: int
    publisher: int | None
    channel_id: bytes | None
    name: str
    friends_only: bool
    subscribed: bool
    incarnation: int
    seq: int
    last_id: bytes
    restored_ms: int | None
    synced: int | None
    synced_ms: int | None
    missing: bool
    alarm: str | None
    read_id: int


_PUBLISHER = "id, onion_pk, id_commit, ik_sig, ik_dh, epoch, mask, welcome, reason"
_CHANNEL = (
    "id, publisher, channel_id, name, friends_only, subscribed, incarnation, seq, last_id, restored_ms, synced, "
    "synced_ms, missing, alarm, read_id"
)
_STRANGERS = "id_commit NOT IN (SELECT id_commit FROM friends WHERE state = 'friend')"


def _publisher(row: Row) -> PublisherRow:
    return PublisherRow(
        id=integer(row[0]),
        onion_pk=blob(row[1]),
        id_commit=blob(row[2]),
        ik_sig=maybe_blob(row[3]),
        ik_dh=maybe_blob(row[4]),
        epoch=integer(row[5]),
        mask=maybe_blob(row[6]),
        welcome=bool(row[7]),
        reason=text(row[8]),
    )


def _channel(row: Row) -> ChannelRow:
    return ChannelRow(
        id=integer(row[0]),
        publisher=maybe_integer(row[1]),
        channel_id=maybe_blob(row[2]),
        name=text(row[3]),
        friends_only=bool(row[4]),
        subscribed=bool(row[5]),
        incarnation=integer(row[6]),
        seq=integer(row[7]),
        last_id=blob(row[8]),
        restored_ms=maybe_integer(row[9]),
        synced=maybe_integer(row[10]),
        synced_ms=maybe_integer(row[11]),
        missing=bool(row[12]),
        alarm=maybe_text(row[13]),
        read_id=integer(row[14]),
    )


class ChannelsRepo:
    """The tables `publishers`, `channels` and `readers`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _some(self, tail: str, parameters: tuple[Value, ...] = ()) -> list[ChannelRow]:
        return [_channel(row) for row in self._sql.execute(f"SELECT {_CHANNEL} FROM channels {tail}", parameters)]  # noqa: S608

    def _one(self, where: str, parameters: tuple[Value, ...]) -> ChannelRow | None:
        rows = self._some(f"WHERE {where}", parameters)
        return rows[0] if rows else None

    def add(
        self, *, name: str, friends_only: bool, channel_id: bytes | None, publisher: int | None = None
    ) -> ChannelRow:
        """A new channel: ours without a publisher, else one of his that we do not read yet."""
        cursor = self._sql.execute(
            "INSERT INTO channels (publisher, channel_id, name, friends_only) VALUES (?, ?, ?, ?)",
            (publisher, channel_id, name, friends_only),
        )
        row = self.get(integer(cursor.lastrowid))
        if row is None:
            raise LookupError("the row just written is gone")
        return row

    def get(self, channel: int) -> ChannelRow | None:
        """By number."""
        return self._one("id = ?", (channel,))

    def own(self) -> list[ChannelRow]:
        """Ours."""
        return self._some("WHERE publisher IS NULL ORDER BY id")

    def own_by_id(self, channel_id: bytes) -> ChannelRow | None:
        """One of ours, by the id frames name it by."""
        return self._one("publisher IS NULL AND channel_id = ?", (channel_id,))

    def of(self, publisher: int) -> list[ChannelRow]:
        """One owner's, in the order we learned of them."""
        return self._some("WHERE publisher = ? ORDER BY id", (publisher,))

    def theirs_by_id(self, publisher: int, channel_id: bytes) -> ChannelRow | None:
        """One of one owner's, by the id frames name it by."""
        return self._one("publisher = ? AND channel_id = ?", (publisher, channel_id))

    def theirs_by_name(self, publisher: int, name: str) -> ChannelRow | None:
        """One of one owner's, by name."""
        return self._one("publisher = ? AND name = ?", (publisher, name))

    def all(self) -> list[ChannelRow]:
        """Ours first, then by owner."""
        return self._some("ORDER BY publisher IS NOT NULL, publisher, id")

    def update(self, channel: int, **columns: Value | bool) -> None:
        """Set columns of one channel; the names are the schema's."""
        names = ", ".join(f"{name} = ?" for name in columns)
        self._sql.execute(f"UPDATE channels SET {names} WHERE id = ?", (*columns.values(), channel))  # noqa: S608

    def delete(self, channel: int) -> None:
        """Forget a channel and its posts."""
        self._sql.execute("DELETE FROM channels WHERE id = ?", (channel,))

    def publisher(self, number: int) -> PublisherRow | None:
        """An owner by number."""
        return self._publisher("id = ?", (number,))

    def publisher_by_commit(self, id_commit: bytes) -> PublisherRow | None:
        """An owner by his identity commitment."""
        return self._publisher("id_commit = ?", (id_commit,))

    def add_publisher(self, *, onion_pk: bytes, id_commit: bytes) -> PublisherRow:
        """Somebody whose channels we shall read; answers the one there is."""
        self._sql.execute("INSERT OR IGNORE INTO publishers (onion_pk, id_commit) VALUES (?, ?)", (onion_pk, id_commit))
        row = self.publisher_by_commit(id_commit)
        if row is None:
            raise LookupError("the row just written is gone")
        return row

    def update_publisher(self, publisher: int, **columns: Value | bool) -> None:
        """Set columns of one owner; the names are the schema's."""
        names = ", ".join(f"{name} = ?" for name in columns)
        self._sql.execute(f"UPDATE publishers SET {names} WHERE id = ?", (*columns.values(), publisher))  # noqa: S608

    def delete_publisher(self, publisher: int) -> None:
        """Forget an owner with everything of his."""
        self._sql.execute("DELETE FROM publishers WHERE id = ?", (publisher,))

    def strangers(self) -> list[int]:
        """Owners who are no friends and whose channels we read."""
        rows = self._sql.execute(
            f"SELECT id FROM publishers WHERE {_STRANGERS} AND EXISTS"  # noqa: S608
            " (SELECT 1 FROM channels WHERE publisher = publishers.id AND subscribed) ORDER BY id"
        )
        return [integer(row[0]) for row in rows]

    def has_read(self, channel: int, friend: int, post: int) -> bool:
        """A friend has read a channel of ours up to a post; whether that is news."""
        row = self._sql.execute(
            "SELECT 1 FROM readers WHERE channel = ? AND friend = ? AND post >= ?", (channel, friend, post)
        )
        if row.fetchone() is not None:
            return False
        self._sql.execute(
            "INSERT OR REPLACE INTO readers (channel, friend, post) VALUES (?, ?, ?)", (channel, friend, post)
        )
        return True

    def readers(self, channel: int) -> list[int]:
        """Up to which post each friend has read a channel of ours."""
        rows = self._sql.execute(
            "SELECT post FROM readers WHERE channel = ? AND friend IN (SELECT id FROM friends WHERE state = 'friend')",
            (channel,),
        )
        return [integer(row[0]) for row in rows]

    def forget_reader(self, friend: int) -> None:
        """A friendship ended."""
        self._sql.execute("DELETE FROM readers WHERE friend = ?", (friend,))

    def _publisher(self, where: str, parameters: tuple[Value, ...]) -> PublisherRow | None:
        row = self._sql.execute(f"SELECT {_PUBLISHER} FROM publishers WHERE {where}", parameters).fetchone()  # noqa: S608
        return None if row is None else _publisher(row)
