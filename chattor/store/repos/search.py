"""The indexes of all texts, and what is found in them.

Writing a message does not touch them: `take_in` adds what is new, many at once; triggers remember which texts went or
changed, and `take_out` removes those, a few at once, because each costs a change in a hundred places. Until then
`find` does not see them. Words and filters are bound or quoted here; nothing a person typed is FTS syntax.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chattor.model.message import Direction
from chattor.model.query import PART_MIN, Kind, Query, Term, words_of
from chattor.store.repos.messages import MESSAGE_COLUMNS, MessageRow, message_of
from chattor.store.sql import Sql, Value, integer, number

RANKED: Final = 2_000
"""Hits that are ranked, the newest: a common word has hundreds of thousands."""
_TRIGRAMS: Final = 24
"""Trigrams of a part the index is asked for; the rest is compared in the text."""
_INDEXED: Final = "SELECT upto FROM indexed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to find: a query's terms within these bounds. Times in ms; `below` is a message number."""

    query: Query
    friend: int | None = None
    direction: Direction | None = None
    since_ms: int | None = None
    before_ms: int | None = None
    below: int | None = None


class SearchRepo:
    """The virtual tables `words` and `parts`, and what waits to get in or out of them."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def take_in(self, limit: int) -> bool:
        """Index up to `limit` texts that are new or changed; whether there may be more."""
        changed = "SELECT id FROM reindexing WHERE id NOT IN (SELECT id FROM unindexing) ORDER BY id LIMIT ?"
        numbers = [integer(row[0]) for row in self._sql.execute(changed, (limit,))]
        for message in numbers:
            self._add("id = ?", (message,))
            self._sql.execute("DELETE FROM reindexing WHERE id = ?", (message,))
        row = self._sql.execute(
            f"SELECT max(id), count(*) FROM (SELECT id FROM messages WHERE id > ({_INDEXED}) ORDER BY id LIMIT ?)",  # noqa: S608
            (limit,),
        ).fetchone()
        if row is None or row[0] is None:
            return len(numbers) == limit
        self._add(f"id > ({_INDEXED}) AND id <= ?", (row[0],))
        self._sql.execute("UPDATE indexed SET upto = ?", (row[0],))
        return limit in (integer(row[1]), len(numbers))

    def take_out(self, limit: int) -> int:
        """Remove up to `limit` texts that went or changed; how many it was."""
        waiting = "FROM unindexing ORDER BY id LIMIT ?"
        row = self._sql.execute(f"SELECT max(id), count(*) FROM (SELECT id {waiting})", (limit,)).fetchone()  # noqa: S608
        if row is None or row[0] is None:
            return 0
        for table, columns in (("words", "text, place"), ("parts", "text")):
            self._sql.execute(
                f"INSERT INTO {table} ({table}, rowid, {columns}) SELECT 'delete', id, {columns} {waiting}",
                (limit,),
            )
        self._sql.execute("DELETE FROM unindexing WHERE id <= ?", (row[0],))
        return integer(row[1])

    def waiting(self) -> int:
        """How many texts are to be taken in or out."""
        return number(
            self._sql,
            f"SELECT (SELECT count(*) FROM messages WHERE id > ({_INDEXED})) + (SELECT count(*) FROM reindexing)"  # noqa: S608
            " + (SELECT count(*) FROM unindexing)",
        )

    def check(self) -> None:
        """Compare the indexes with the texts; a difference is an error of the database."""
        for table in ("words", "parts"):
            self._sql.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")  # noqa: S608

    def newest(self, wanted: Wanted, limit: int) -> list[MessageRow]:
        """Messages that hold every term as words and phrases, the newest first; any if there are no terms."""
        where, bound = _bounds(wanted)
        if not wanted.query.terms:
            query = f"SELECT {MESSAGE_COLUMNS} FROM messages WHERE {where} ORDER BY id DESC LIMIT ?"  # noqa: S608
            return [message_of(row) for row in self._sql.execute(query, (*bound, limit))]
        hits = "SELECT rowid AS hit FROM words WHERE words MATCH ? ORDER BY rowid DESC"
        rows = self._sql.execute(
            f"SELECT {MESSAGE_COLUMNS} FROM ({hits}) CROSS JOIN messages ON id = hit WHERE {where}"  # noqa: S608
            " ORDER BY hit DESC LIMIT ?",
            (_match(wanted), *bound, limit),
        )
        return [message_of(row) for row in rows]

    def ranked(self, wanted: Wanted, limit: int) -> list[tuple[MessageRow, float]]:
        """The best of the newest hits by bm25, each with how well it fits."""
        where, bound = _bounds(wanted)
        match = _match(wanted)
        rows = self._sql.execute(
            f"SELECT {MESSAGE_COLUMNS}, score FROM (SELECT rowid AS hit, -bm25(words, 1.0, 0.0) AS score FROM words"  # noqa: S608
            " WHERE words MATCH ? AND rowid >= (SELECT min(rowid) FROM"
            " (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?)))"
            f" CROSS JOIN messages ON id = hit WHERE {where} ORDER BY score DESC, hit DESC LIMIT ?",
            (match, match, RANKED, *bound, limit),
        )
        return [(message_of(row[:-1]), _number(row[-1])) for row in rows]

    def around_parts(self, wanted: Wanted) -> Iterator[MessageRow]:
        """Messages that may hold every term as a part, the newest first: the text tells whether they do."""
        where, bound = _bounds(wanted)
        rows = self._sql.execute(
            f"SELECT {MESSAGE_COLUMNS} FROM (SELECT rowid AS hit FROM parts WHERE parts MATCH ? ORDER BY rowid DESC)"  # noqa: S608
            f" CROSS JOIN messages ON id = hit WHERE {where} ORDER BY hit DESC",
            (" AND ".join(_quoted(one) for one in _trigrams(wanted.query)), *bound),
        )
        return map(message_of, rows)

    def _add(self, where: str, parameters: tuple[Value, ...]) -> None:
        source = f"FROM messages WHERE text IS NOT NULL AND {where} ORDER BY id"
        self._sql.execute(
            f"INSERT INTO words (rowid, text, place) SELECT id, text, 'f' || friend || ' ' || direction {source}",
            parameters,
        )
        self._sql.execute(f"INSERT INTO parts (rowid, text) SELECT id, text {source}", parameters)


def _bounds(wanted: Wanted) -> tuple[str, tuple[Value, ...]]:
    """What a message must be besides holding the terms; what waits to be removed or indexed anew is not seen.

    Nor is a text of limited time that nobody was shown yet: finding it would begin its time.
    """
    conditions: list[tuple[str, Value]] = [
        ("friend = ?", wanted.friend),
        ("direction = ?", None if wanted.direction is None else wanted.direction.value),
        ("sent_ms >= ?", wanted.since_ms),
        ("sent_ms < ?", wanted.before_ms),
        ("id < ?", wanted.below),
    ]
    given = [(condition, value) for condition, value in conditions if value is not None]
    fixed = "text IS NOT NULL AND id NOT IN (SELECT id FROM reindexing)"
    fixed += " AND (ttl = 0 OR expires_ms IS NOT NULL OR direction = 'out')"
    return " AND ".join([fixed, *(condition for condition, _ in given)]), tuple(value for _, value in given)


def _match(wanted: Wanted) -> str:
    places = [f"f{wanted.friend}"] if wanted.friend is not None else []
    places += [wanted.direction.value] if wanted.direction is not None else []
    inside = [f"place : {_quoted(place)}" for place in places]
    return " AND ".join([*inside, *(f"text : {_phrase(term)}" for term in wanted.query.terms)])


def _phrase(term: Term) -> str:
    return _quoted(term.text) + (" *" if term.kind is Kind.WORD else "")


def _trigrams(query: Query) -> list[str]:
    """A few of what the text must hold. Between the words of a phrase may stand anything."""
    whole = [term.text for term in query.terms if term.kind is Kind.PART]
    inside = [word for term in query.terms if term.kind is not Kind.PART for word in words_of(term.text)]
    found = dict.fromkeys(text[at : at + PART_MIN] for text in whole + inside for at in range(len(text) - PART_MIN + 1))
    return list(found)[:_TRIGRAMS]


def _quoted(text: str) -> str:
    """A string of FTS5: nothing in it is an operator."""
    return '"' + text.replace('"', '""') + '"'


def _number(value: Value) -> float:
    if not isinstance(value, float):
        raise TypeError("bm25 is a number")
    return value
