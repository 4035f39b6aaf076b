"""The numbered schema files and how a store gets from one to the next: all of what is missing, or nothing."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chattor.errors import StoreDamaged, StoreTooNew
from chattor.store.connection import Connection, Error, explain, memory
from chattor.store.sql import Sql, integer

_DIRECTORY = Path(__file__).parent / "schema"
_NAME = re.compile(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: the version it leads to, and its statements."""

    version: int
    script: str


@cache
def shipped(directory: Path = _DIRECTORY) -> tuple[Migration, ...]:
    """Every step of this release in order: versions 1, 2, 3 … without a hole. Raises ValueError otherwise."""
    found = [(match, path) for path in sorted(directory.glob("*.sql")) if (match := _NAME.fullmatch(path.name))]
    steps = tuple(Migration(int(match[1]), path.read_text()) for match, path in found)
    if not steps or [step.version for step in steps] != list(range(1, len(steps) + 1)):
        raise ValueError("the schema files are not numbered 0001, 0002, …")
    return steps


def version(sql: Sql) -> int:
    """The schema version of a store; 0 before its first migration."""
    row = sql.execute("PRAGMA user_version").fetchone()
    return 0 if row is None else integer(row[0])


def refuse_newer(sql: Sql, steps: tuple[Migration, ...]) -> None:
    """Raises StoreTooNew if a newer chattor made the store."""
    if version(sql) > steps[-1].version:
        raise StoreTooNew(f"the store has schema {version(sql)}, this chattor knows {steps[-1].version}")


def migrate(connection: Connection, steps: tuple[Migration, ...]) -> None:
    """Carry out the missing steps in one transaction. Raises StoreTooNew, StoreFailed; then nothing has changed."""
    refuse_newer(connection, steps)
    missing = [step for step in steps if step.version > version(connection)]
    if not missing:
        return
    scripts = "\n".join(step.script for step in missing)
    connection.execute("PRAGMA foreign_keys = OFF")  # or rebuilding a table would delete all that points to it
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{scripts}\nPRAGMA user_version = {missing[-1].version};")
        if connection.execute("PRAGMA foreign_key_check").fetchall():
            raise StoreDamaged("a row points to one that does not exist")
        connection.execute("COMMIT")
    except Error as error:
        raise explain(error) or error from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("PRAGMA foreign_keys = ON")


def reference(steps: tuple[Migration, ...]) -> Connection:
    """An empty store in memory, as these steps make it; the caller closes it."""
    connection = memory()
    connection.executescript("\n".join(step.script for step in steps))
    return connection
