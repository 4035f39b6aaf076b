"""Posts of channels, ours and others', in the order of their owner."""

from dataclasses import dataclass

from chattor.protocol.channel_frames import Post
from chattor.protocol.channels import Neighbours, PostKind
from chattor.store.sql import Row, Sql, Value, blob, integer, maybe_blob, maybe_text, number


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """One post as stored. `text` is None once it is gone, or if it never was a text; `target` is a retraction's,
    `succession` the body of a last one."""

    id: int
    channel: int
    post_id: bytes
    run: int
    epoch: int
    incarnation: int
    seq: int
    prev: bytes
    created_ms: int
    expires_ms: int
    kind: int
    body_hash: bytes
    signature: bytes
    salt: bytes | None
    text: str | None
    target: bytes | None
    retracted: bool
    contradicted: bool
    starts: bool
    succession: bytes | None

    def __repr__(self) -> str:
        return f"PostRow(p{self.id}, seq={self.seq})"


_COLUMNS = (
    "id, channel, post_id, run, epoch, incarnation, seq, prev, created_ms, expires_ms, kind, body_hash, signature, "
    "salt, text, target, retracted, contradicted, starts, succession"
)
_NEWEST_FIRST = "ORDER BY run DESC, seq DESC, id DESC"
_WITHDRAWN = 1 << 32
"""Taken from a run puts it below all others, in order."""
_SHOWN = f"kind = {PostKind.TEXT:d}"


def _post(row: Row) -> PostRow:
    return PostRow(
        id=integer(row[0]),
        channel=integer(row[1]),
        post_id=blob(row[2]),
        run=integer(row[3]),
        epoch=integer(row[4]),
        incarnation=integer(row[5]),
        seq=integer(row[6]),
        prev=blob(row[7]),
        created_ms=integer(row[8]),
        expires_ms=integer(row[9]),
        kind=integer(row[10]),
        body_hash=blob(row[11]),
        signature=blob(row[12]),
        salt=maybe_blob(row[13]),
        text=maybe_text(row[14]),
        target=maybe_blob(row[15]),
        retracted=bool(row[16]),
        contradicted=bool(row[17]),
        starts=bool(row[18]),
        succession=maybe_blob(row[19]),
    )


class PostsRepo:
    """The table `posts`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _some(self, tail: str, parameters: tuple[Value, ...]) -> list[PostRow]:
        return [_post(row) for row in self._sql.execute(f"SELECT {_COLUMNS} FROM posts {tail}", parameters)]  # noqa: S608

    def _one(self, tail: str, parameters: tuple[Value, ...]) -> PostRow | None:
        rows = self._some(f"{tail} LIMIT 1", parameters)
        return rows[0] if rows else None

    def add(
        self,
        channel: int,
        post_id: bytes,
        post: Post,
        *,
        salt: bytes | None,
        text: str | None,
        retracted: bool,
        received_ms: int,
    ) -> int:
        """Keep a post whose signature holds; its number. Its body is kept as salt and text, as target or as it is."""
        cursor = self._sql.execute(
            "INSERT INTO posts (channel, post_id, run, epoch, incarnation, seq, prev, created_ms, expires_ms, kind,"
            " body_hash, signature, salt, text, target, succession, retracted, received_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                channel,
                post_id,
                self._run(channel, post.incarnation),
                post.epoch,
                post.incarnation,
                post.seq,
                post.prev,
                post.created_ms,
                post.expires_ms,
                post.kind,
                post.body_hash,
                post.signature,
                salt,
                text,
                post.body if post.kind == PostKind.RETRACTION else None,
                post.body if post.kind == PostKind.SUCCESSION else None,
                retracted,
                received_ms,
            ),
        )
        return integer(cursor.lastrowid)

    def get(self, post: int) -> PostRow | None:
        """By number."""
        return self._one("WHERE id = ?", (post,))

    def by_id(self, channel: int, post_id: bytes) -> PostRow | None:
        """By the id other posts name it by."""
        return self._one("WHERE channel = ? AND post_id = ?", (channel, post_id))

    def newest(self, channel: int, limit: int) -> list[PostRow]:
        """Newest first, whatever their kind."""
        return self._some(f"WHERE channel = ? {_NEWEST_FIRST} LIMIT ?", (channel, limit))

    def oldest(self, channel: int) -> PostRow | None:
        """The oldest that is kept and not withdrawn."""
        return self._one("WHERE channel = ? AND run > 0 ORDER BY run, seq, id", (channel,))

    def after(self, channel: int, post: PostRow | None, limit: int) -> list[PostRow]:
        """What came after a post, oldest first; from the oldest on if there is none."""
        place = (0, 0, 0) if post is None else (post.run, post.seq, post.id)
        return self._some(
            "WHERE channel = ? AND run > 0 AND (run, seq, id) > (?, ?, ?) ORDER BY run, seq, id LIMIT ?",
            (channel, *place, limit),
        )

    def successions(self, publisher: int | None) -> list[PostRow]:
        """The last posts that channels of an owner had, newest first; of ours for None."""
        return self._some(
            "WHERE succession IS NOT NULL AND channel IN (SELECT id FROM channels WHERE publisher IS ?)"
            " ORDER BY epoch DESC, id DESC",
            (publisher,),
        )

    def neighbours(self, channel: int, incarnation: int, seq: int) -> Neighbours:
        """What is kept at a place and next to it."""

        def at(column: str, number: int) -> frozenset[bytes]:
            rows = self._sql.execute(
                f"SELECT {column} FROM posts WHERE channel = ? AND incarnation = ? AND seq = ?",  # noqa: S608
                (channel, incarnation, number),
            )
            return frozenset(blob(row[0]) for row in rows)

        return Neighbours(here=at("post_id", seq), before=at("post_id", seq - 1), claimed_by_next=at("prev", seq + 1))

    def contradict(self, channel: int, incarnation: int, seq: int) -> None:
        """Two posts claim this place, or the one before it."""
        self._sql.execute(
            "UPDATE posts SET contradicted = 1 WHERE channel = ? AND incarnation = ? AND seq = ?",
            (channel, incarnation, seq),
        )

    def retract(self, post: int) -> None:
        """The text is gone."""
        self._sql.execute("UPDATE posts SET text = NULL, salt = NULL, retracted = 1 WHERE id = ?", (post,))

    def is_retracted(self, channel: int, post_id: bytes) -> bool:
        """Whether a retraction of this post is kept."""
        row = self._sql.execute("SELECT 1 FROM posts WHERE channel = ? AND target = ?", (channel, post_id))
        return row.fetchone() is not None

    def mark_start(self, channel: int, post_id: bytes) -> None:
        """Its owner keeps nothing older."""
        self._sql.execute("UPDATE posts SET starts = 1 WHERE channel = ? AND post_id = ?", (channel, post_id))

    def withdraw(self, channel: int) -> None:
        """These were signed by a former identity: they stay in the feed, but nobody is given them any more."""
        self._sql.execute("UPDATE posts SET run = run - ? WHERE channel = ? AND run > 0", (_WITHDRAWN, channel))

    def expire(self, now_ms: int) -> bool:
        """Drop the texts whose time is over; whether there were any."""
        row = self._sql.execute(
            "SELECT 1 FROM posts WHERE expires_ms > 0 AND expires_ms <= ? AND text IS NOT NULL", (now_ms,)
        )
        if row.fetchone() is None:
            return False
        self._sql.execute(
            "UPDATE posts SET text = NULL, salt = NULL WHERE expires_ms > 0 AND expires_ms <= ? AND text IS NOT NULL",
            (now_ms,),
        )
        return True

    def prune(self, channel: int, keep: int) -> None:
        """Keep the newest so many, and of what was withdrawn the successions, which are still asked for."""
        self._sql.execute(
            "DELETE FROM posts WHERE (run > 0 OR succession IS NULL)"  # noqa: S608
            f" AND id IN (SELECT id FROM posts WHERE channel = ? {_NEWEST_FIRST} LIMIT -1 OFFSET ?)",
            (channel, keep),
        )

    def count(self, channel: int) -> int:
        """How many are kept, whatever their kind."""
        return number(self._sql, "SELECT count(*) FROM posts WHERE channel = ?", (channel,))

    def count_shown(self, channel: int) -> int:
        """How many texts are kept, also those that are gone."""
        return number(self._sql, f"SELECT count(*) FROM posts WHERE channel = ? AND {_SHOWN}", (channel,))  # noqa: S608

    def unread(self, channel: int, read_id: int) -> int:
        """How many texts came after a number."""
        return number(
            self._sql,
            f"SELECT count(*) FROM posts WHERE channel = ? AND id > ? AND {_SHOWN} AND text IS NOT NULL",  # noqa: S608
            (channel, read_id),
        )

    def last_number(self, channel: int) -> int:
        """The number of the post that came last."""
        return number(self._sql, "SELECT max(id) FROM posts WHERE channel = ?", (channel,))

    def _run(self, channel: int, incarnation: int) -> int:
        """Incarnations are ordered as they came."""
        known = number(
            self._sql, "SELECT run FROM posts WHERE channel = ? AND incarnation = ? LIMIT 1", (channel, incarnation)
        )
        return known or 1 + max(0, number(self._sql, "SELECT max(run) FROM posts WHERE channel = ?", (channel,)))
