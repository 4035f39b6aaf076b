"""The little of a database connection the repositories use, typed. sqlcipher3 itself has no types."""

from collections.abc import Iterator, Sequence
from typing import Protocol

Value = bytes | str | int | float | None
Row = tuple[Value, ...]


class Cursor(Protocol):
    """The result of one statement."""

    lastrowid: int | None

    def fetchone(self) -> Row | None:
        """The next row, or None."""
        ...

    def fetchall(self) -> list[Row]:
        """All that is left."""
        ...

    def __iter__(self) -> Iterator[Row]: ...


class Sql(Protocol):
    """One open connection, inside a transaction."""

    def execute(self, statement: str, parameters: Sequence[Value] = ()) -> Cursor:
        """Run one statement with bound parameters."""
        ...


def integer(value: Value) -> int:
    """A column declared INTEGER NOT NULL."""
    if not isinstance(value, int):
        raise TypeError(f"not an integer column: {type(value).__name__}")
    return value


def text(value: Value) -> str:
    """A column declared TEXT NOT NULL."""
    if not isinstance(value, str):
        raise TypeError(f"not a text column: {type(value).__name__}")
    return value


def blob(value: Value) -> bytes:
    """A column declared BLOB NOT NULL."""
    if not isinstance(value, bytes):
        raise TypeError(f"not a blob column: {type(value).__name__}")
    return value


def maybe_integer(value: Value) -> int | None:
    """A nullable INTEGER column."""
    return None if value is None else integer(value)


def maybe_text(value: Value) -> str | None:
    """A nullable TEXT column."""
    return None if value is None else text(value)


def maybe_blob(value: Value) -> bytes | None:
    """A nullable BLOB column."""
    return None if value is None else blob(value)


def number(sql: Sql, query: str, parameters: Sequence[Value] = ()) -> int:
    """The one integer a query asks for; 0 if there is none."""
    return maybe_number(sql, query, parameters) or 0


def maybe_number(sql: Sql, query: str, parameters: Sequence[Value] = ()) -> int | None:
    """The one integer a query asks for, if there is one."""
    row = sql.execute(query, parameters).fetchone()
    return None if row is None else maybe_integer(row[0])
