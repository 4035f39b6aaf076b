"""One transaction, then speak: what a caller, a listener and the disk see of a job."""

import asyncio
import os
import sys
import threading
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from chattor.errors import BadInput, Internal, ProfileExists, StoreFailed
from chattor.store.connection import DataKey
from chattor.store.database import GROUP_MAX, Database
from chattor.store.repos.events import Happened
from chattor.store.runner import InlineRunner, ThreadRunner
from chattor.store.tx import Effects, Tx
from tests.unit.store.conftest import KEY, contents, full_disk, modes, note, notes, pages, snapshot


def one(tx: Tx) -> str:
    note(tx, 1)
    return "done"


def refuse(tx: Tx) -> None:
    note(tx, 666)
    tx.wake(666)
    raise BadInput("no")


async def test_a_job_answers_with_its_result_and_is_there(database: Database) -> None:
    assert await database.write(one) == "done"
    assert await database.read(notes) == [0, 1]


async def test_effects_are_announced_after_the_commit_and_before_the_answer(database: Database) -> None:
    told: list[tuple[str, object]] = []

    def announce(effects: Effects) -> None:
        told.append(("announced", (len(effects.events), list(effects.wakes), list(effects.hang_ups))))

    def work(tx: Tx) -> None:
        note(tx, 1)
        tx.wake(7)
        tx.wake(7)
        tx.hang_up(8, b"who he is")
        told.append(("ran", len(told)))

    database.listen(announce)
    await database.write(work)
    told.append(("answered", None))
    assert told == [("ran", 0), ("announced", (1, [7], [8])), ("answered", None)]


async def test_jobs_that_wait_share_one_commit_and_speak_in_order(path: Path) -> None:
    database = await Database.open(path, KEY, InlineRunner())
    statements: list[str] = []
    spoken: list[int] = []
    database.listen(lambda effects: spoken.extend(row.at_ms for row in effects.events))
    database._connection.set_trace_callback(statements.append)  # type: ignore[attr-defined]
    await asyncio.gather(*(database.write(lambda tx, n=n: note(tx, n)) for n in range(1, 41)))  # type: ignore[misc]
    assert statements.count("COMMIT") == 1
    assert spoken == list(range(1, 41))
    await database.close()


async def test_a_group_has_a_limit_and_what_is_beyond_it_comes_next(database: Database) -> None:
    many = GROUP_MAX * 2 + 3
    await asyncio.gather(*(database.write(lambda tx, n=n: note(tx, n)) for n in range(1, many)))  # type: ignore[misc]
    assert await database.read(notes) == list(range(many))


async def test_a_job_that_raises_undoes_only_itself(database: Database) -> None:
    spoken: list[Effects] = []
    database.listen(spoken.append)
    answers = await asyncio.gather(
        database.write(lambda tx: note(tx, 1)),
        database.write(refuse),
        database.write(lambda tx: note(tx, 2)),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [type(None), BadInput, type(None)]
    assert await database.read(notes) == [0, 1, 2]
    assert [effects.wakes for effects in spoken] == [{}, {}]


async def test_r3_a_commit_the_disk_refuses_promises_nothing_to_anybody(database: Database) -> None:
    spoken: list[Effects] = []
    database.listen(spoken.append)
    with full_disk(4096):
        answers = await asyncio.gather(
            database.write(lambda tx: note(tx, 1)),
            database.write(refuse),
            database.write(lambda tx: note(tx, 2)),
            return_exceptions=True,
        )
    assert [type(answer) for answer in answers] == [StoreFailed, BadInput, StoreFailed]
    assert answers[0] is not answers[2]
    assert str(answers[0]) == "the disk refused a read or a write"
    assert spoken == []
    await database.write(lambda tx: note(tx, 3))
    assert await database.read(notes) == [0, 3], "space came back"


async def test_r3_a_statement_the_disk_refuses_costs_the_whole_group(path: Path) -> None:
    database = await Database.open(path, KEY, InlineRunner())
    database._connection.execute(f"PRAGMA max_page_count = {pages(path) + 1}")
    answers = await asyncio.gather(
        database.write(lambda tx: note(tx, 1)),
        database.write(lambda tx: tx.emit(2, Happened.FRIEND_CHANGED, detail="x" * 1_000_000)),
        database.write(lambda tx: note(tx, 3)),
        return_exceptions=True,
    )
    assert [str(answer) for answer in answers] == ["the disk is full"] * 3
    await database.write(lambda tx: note(tx, 4))
    assert await database.read(notes) == [0, 4]
    await database.close()


async def test_an_error_in_a_statement_is_the_jobs_own(database: Database) -> None:
    answers = await asyncio.gather(
        database.write(lambda tx: tx._sql.execute("INSERT INTO nowhere VALUES (1)")),
        database.write(lambda tx: note(tx, 1)),
        return_exceptions=True,
    )
    assert "no such table" in str(answers[0])
    assert await database.read(notes) == [0, 1]


async def test_a_job_that_ends_the_transaction_fails_the_group_openly(database: Database) -> None:
    answers = await asyncio.gather(
        database.write(lambda tx: note(tx, 1)),
        database.write(lambda tx: tx._sql.execute("ROLLBACK")),
        return_exceptions=True,
    )
    assert all(isinstance(answer, StoreFailed) for answer in answers)
    assert await database.read(notes) == [0]


async def test_a_query_that_writes_is_a_defect_and_undone(database: Database) -> None:
    with pytest.raises(Internal, match="a query tried to write"):
        await database.read(lambda tx: note(tx, 1))
    assert await database.read(notes) == [0]


async def test_a_query_that_raises_leaves_the_store_usable(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await database.read(lambda tx: 1 // 0)
    assert await database.read(notes) == [0]


async def test_cancelling_the_caller_does_not_cancel_the_job(database: Database) -> None:
    announced = asyncio.Event()
    database.listen(lambda effects: announced.set())
    caller = asyncio.create_task(database.write(lambda tx: note(tx, 1)))
    await asyncio.sleep(0)
    caller.cancel()
    await announced.wait()
    assert caller.cancelled()
    assert await database.read(notes) == [0, 1]


async def test_a_listener_that_fails_does_not_leave_callers_waiting(database: Database) -> None:
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))

    def broken(effects: Effects) -> None:
        raise ValueError("a defect")

    database.listen(broken)
    await asyncio.gather(database.write(lambda tx: note(tx, 1)), database.write(lambda tx: note(tx, 2)))
    assert [type(error) for error in reported] == [ValueError]
    assert await database.read(notes) == [0, 1, 2]


async def test_closing_finishes_what_waits_and_writes_the_log_back(path: Path, runner: ThreadRunner) -> None:
    database = await Database.open(path, KEY, runner)
    waiting = [asyncio.create_task(database.write(lambda tx, n=n: note(tx, n))) for n in (1, 2)]  # type: ignore[misc]
    await asyncio.sleep(0)
    await database.close()
    await database.close()
    assert [task.exception() for task in waiting] == [None, None]
    assert list(modes(path.parent)) == ["chattor.db"]
    with pytest.raises(StoreFailed, match="the store is closed"):
        await database.write(lambda tx: note(tx, 3))
    with pytest.raises(StoreFailed, match="the store is closed"):
        await database.read(notes)
    assert await contents(path) == [0, 1, 2]


async def test_all_work_is_done_on_one_named_thread(path: Path) -> None:
    database = await Database.open(path, KEY, ThreadRunner())
    names = {await database.write(lambda tx: threading.current_thread().name) for _ in range(3)}
    names |= {await database.read(lambda tx: threading.current_thread().name)}
    assert names == {"chattor-store"}
    await database.close()
    assert "chattor-store" not in {thread.name for thread in threading.enumerate()}


async def test_a_store_that_does_not_open_leaves_no_thread(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="the database is missing"):
        await Database.open(tmp_path / "nothing.db", KEY, ThreadRunner())
    assert "chattor-store" not in {thread.name for thread in threading.enumerate()}


async def test_every_pragma_is_set(database: Database) -> None:
    def pragma(tx: Tx) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "cell_size_check", "secure_delete")
        rows = {name: tx._sql.execute(f"PRAGMA {name}").fetchone() for name in (*names, "busy_timeout")}
        return {name: row and row[0] for name, row in rows.items()}

    assert await database.read(pragma) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
    }


async def test_s7_files_are_private_from_birth_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o000)
    try:
        path = tmp_path / "chattor.db"
        Database.create(path, KEY, lambda tx: note(tx, 0))
        database = await Database.open(path, KEY, InlineRunner())
        await database.write(lambda tx: note(tx, 1))
        found = modes(tmp_path)
        await database.close()
    finally:
        os.umask(before)
    assert found == {"chattor.db": 0o600, "chattor.db-wal": 0o600, "chattor.db-shm": 0o600}


async def test_s6_nothing_is_readable_on_disk(path: Path) -> None:
    database = await Database.open(path, KEY, InlineRunner())
    await database.write(lambda tx: tx.emit(1, Happened.FRIEND_CHANGED, detail="a secret word"))
    files = snapshot(path)
    await database.close()
    assert len(files) == 3
    assert not any(b"secret" in data or b"SQLite format" in data or KEY.raw in data for data in files.values())


def test_a_data_key_does_not_show_itself() -> None:
    assert repr(KEY) == "DataKey(…)"
    with pytest.raises(ValueError, match="a data key is 32 bytes"):
        DataKey(b"short")


def test_a_second_birth_is_refused(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ProfileExists):
        Database.create(path, KEY, lambda tx: None)
    assert path.read_bytes() == before


def test_a_birth_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        Database.create(tmp_path / "chattor.db", KEY, refuse)
    with full_disk(8192), pytest.raises(StoreFailed):
        Database.create(tmp_path / "chattor.db", KEY, lambda tx: None)
    assert list(tmp_path.iterdir()) == []


async def test_a_birth_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "chattor.db.new").write_bytes(b"half of it")
    (tmp_path / "chattor.db.new-wal").write_bytes(b"half of it")
    Database.create(tmp_path / "chattor.db", KEY, lambda tx: note(tx, 5))
    assert await contents(tmp_path / "chattor.db") == [5]
    assert list(modes(tmp_path)) == ["chattor.db"]


_WRITER = """
import asyncio, sys
from pathlib import Path
from chattor.store.database import Database
from chattor.store.runner import ThreadRunner
from tests.unit.store.conftest import KEY, note

async def main():
    database = await Database.open(Path(sys.argv[1]), KEY, ThreadRunner())
    number = 1
    while True:
        group = range(number, number + 5)
        await asyncio.gather(*(database.write(lambda tx, n=n: note(tx, n)) for n in group))
        number += 5
        print(number - 1, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("answers", [1, 7, 300])
async def test_r1_a_killed_process_loses_nothing_it_answered(path: Path, answers: int) -> None:
    writer = await asyncio.create_subprocess_exec(sys.executable, "-c", _WRITER, path, stdout=PIPE)
    assert writer.stdout is not None
    answered = [int(await writer.stdout.readline()) for _ in range(answers)][-1]
    writer.kill()
    await writer.communicate()
    kept = await contents(path)
    assert kept == list(range(len(kept))), "no hole, nothing twice"
    assert len(kept) > answered
