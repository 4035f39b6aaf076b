"""From one schema to the next: all of it or nothing, and never back (R14)."""

import subprocess
import sys
from pathlib import Path

import pytest

from chattor.errors import StoreDamaged, StoreFailed, StoreTooNew
from chattor.store.connection import Connection, Error, connect
from chattor.store.health import examine
from chattor.store.migrate import Migration, migrate, reference, shipped, version
from tests.unit.store.conftest import KEY, full_disk

NEXT = shipped()[-1].version + 1
WIDER = Migration(NEXT, "ALTER TABLE events ADD COLUMN colour TEXT; CREATE TABLE more (id INTEGER PRIMARY KEY);")
WIDEST = Migration(NEXT + 1, "INSERT INTO more VALUES (1); CREATE INDEX more_events ON events (colour);")


def tables(connection: Connection) -> set[object]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}


def test_the_shipped_schema_makes_a_store() -> None:
    connection = reference(shipped())
    assert {"self", "friends", "messages", "chain", "events"} <= tables(connection)
    connection.close()


def test_missing_steps_are_carried_out_in_order(path: Path) -> None:
    connection = connect(path, KEY)
    migrate(connection, (*shipped(), WIDER, WIDEST))
    assert version(connection) == NEXT + 1
    assert {"more", "more_events"} <= tables(connection)
    assert connection.execute("SELECT count(*), max(colour) FROM events").fetchall() == [(1, None)]
    assert connection.execute("PRAGMA foreign_keys").fetchall() == [(1,)]
    connection.close()


def test_nothing_is_done_twice(path: Path) -> None:
    connection = connect(path, KEY)
    before = connection.total_changes
    migrate(connection, shipped())
    assert connection.total_changes == before
    connection.close()


def test_a_step_that_fails_undoes_those_before_it(path: Path) -> None:
    connection = connect(path, KEY)
    before = tables(connection)
    broken = Migration(NEXT + 1, "CREATE TABLE most (id INTEGER); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(Error, match="no such table: nowhere"):
        migrate(connection, (*shipped(), WIDER, broken))
    assert not connection.in_transaction
    assert (version(connection), tables(connection)) == (NEXT - 1, before)
    assert connection.execute("PRAGMA foreign_keys").fetchall() == [(1,)]
    connection.close()


def test_input_104_a_full_disk_keeps_the_old_schema(path: Path) -> None:
    connection = connect(path, KEY)
    before = tables(connection)
    with full_disk(8192), pytest.raises(StoreFailed):
        migrate(connection, (*shipped(), WIDER))
    assert (version(connection), tables(connection)) == (NEXT - 1, before)
    migrate(connection, (*shipped(), WIDER))
    assert version(connection) == NEXT
    connection.close()


def test_rebuilding_a_table_does_not_delete_what_points_to_it(path: Path) -> None:
    connection = connect(path, KEY)
    family = Migration(
        NEXT,
        "CREATE TABLE a (id INTEGER PRIMARY KEY);"
        "CREATE TABLE b (a INTEGER REFERENCES a (id) ON DELETE CASCADE);"
        "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);",
    )
    rebuild = Migration(
        NEXT + 1,
        "CREATE TABLE c (id INTEGER PRIMARY KEY, x); INSERT INTO c SELECT id, 0 FROM a;"
        "DROP TABLE a; ALTER TABLE c RENAME TO a;",
    )
    migrate(connection, (*shipped(), family))
    migrate(connection, (*shipped(), family, rebuild))
    assert connection.execute("SELECT count(*) FROM b").fetchall() == [(1,)]
    connection.close()


def test_a_step_that_leaves_a_row_pointing_nowhere_is_undone(path: Path) -> None:
    connection = connect(path, KEY)
    lost = Migration(NEXT, "INSERT INTO seen VALUES (77, zeroblob(16), zeroblob(32));")
    with pytest.raises(StoreDamaged, match="a row points to one that does not exist"):
        migrate(connection, (*shipped(), lost))
    assert version(connection) == NEXT - 1
    connection.close()


def test_a_newer_store_is_refused(path: Path) -> None:
    connection = connect(path, KEY)
    connection.execute(f"PRAGMA user_version = {NEXT}")
    with pytest.raises(StoreTooNew, match=f"schema {NEXT}, this chattor knows {NEXT - 1}"):
        migrate(connection, shipped())
    connection.close()


@pytest.mark.parametrize("names", [[], ["0002_second.sql"], ["0001_a.sql", "0003_c.sql"], ["0001_a.sql", "0001_b.sql"]])
def test_schema_files_have_every_number_once(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match="the schema files are not numbered"):
        shipped(tmp_path)


_KILLED = """
import os, signal, sys
from pathlib import Path
from chattor.store.connection import connect
from chattor.store.migrate import migrate, shipped
from tests.unit.store.conftest import KEY
from tests.unit.store.test_migrate import WIDER

connection = connect(Path(sys.argv[1]), KEY)
steps, left = (*shipped(), WIDER), int(sys.argv[2])
def count(statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
connection.set_trace_callback(count)
migrate(connection, steps)
print("done")
"""


def test_r14_killed_at_any_statement_the_schema_is_the_old_or_the_new_one(path: Path) -> None:
    seen, statement, done = set(), 0, b""
    while not done:
        statement += 1
        argv = [sys.executable, "-c", _KILLED, str(path), str(statement)]
        done = subprocess.run(argv, stdout=subprocess.PIPE, check=False).stdout
        examine(path, KEY, (*shipped(), WIDER))
        connection = connect(path, KEY)
        seen.add((version(connection), "more" in tables(connection)))
        connection.close()
    assert seen == {(NEXT - 1, False), (NEXT, True)}
    assert statement > 5


def test_a_store_of_the_first_schema_gets_the_tables_of_agents_and_keeps_its_rows() -> None:
    connection = reference(shipped()[:1])
    connection.execute("PRAGMA user_version = 1")
    connection.execute("INSERT INTO events (at_ms, event) VALUES (1, 'gap')")
    migrate(connection, shipped())
    assert {"agents", "agent_friends", "agent_sources", "agent_calls", "approvals"} <= tables(connection)
    assert connection.execute("SELECT count(*) FROM events").fetchall() == [(1,)]
    connection.close()


def test_a_store_of_the_second_schema_gets_what_tells_of_outages_and_keeps_its_messages() -> None:
    connection = reference(shipped()[:2])
    connection.execute("PRAGMA user_version = 2")
    connection.execute(
        "INSERT INTO friends (id, state, name, asked_ms, onion_pk, id_commit, knows)"
        " VALUES (1, 'friend', 'bob', 0, zeroblob(32), zeroblob(16), 1)"
    )
    connection.execute(
        "INSERT INTO messages (friend, direction, msg_id, seq, text, state, sent_ms)"
        " VALUES (1, 'out', zeroblob(16), 1, 'hello', 'delivered', 7)"
    )
    migrate(connection, shipped())
    assert {"outages", "calls"} <= tables(connection)
    rows = connection.execute("SELECT sent_ms, written_ms, settled_ms, looked_ms FROM messages").fetchall()
    assert rows == [(7, None, None, None)]
    connection.close()


def test_a_store_of_the_fifth_schema_keeps_the_keys_of_what_was_sent() -> None:
    connection = reference(shipped()[:5])
    connection.execute("PRAGMA user_version = 5")
    connection.execute(
        "INSERT INTO friends (id, state, name, asked_ms, onion_pk, id_commit, knows)"
        " VALUES (1, 'friend', 'bob', 0, zeroblob(32), zeroblob(16), 1)"
    )
    connection.execute("INSERT INTO idempotency (friend, key, message) VALUES (1, 'backup', 7)")
    migrate(connection, shipped())
    assert connection.execute("SELECT friend, agent, key, message FROM idempotency").fetchall() == [(1, 0, "backup", 7)]
    connection.close()
