"""The store as the rest sees it: jobs in, results out. One runner owns the connection.

`write` jobs that wait are committed together, each in a savepoint of its own; `read` jobs cannot change anything.
One transaction, then speak: only after the commit are a job's effects announced, in the order of the commits, and
only then does its caller hear. No SQL about tables lives here.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from chattor.crypto.keys import Rng
from chattor.errors import Internal, LocalError, StoreFailed
from chattor.store import backup
from chattor.store.backup import Label
from chattor.store.connection import Connection, DataKey, Error, connect, empty_log, explain
from chattor.store.create import create
from chattor.store.health import examine
from chattor.store.migrate import migrate, shipped
from chattor.store.runner import Runner
from chattor.store.sql import integer
from chattor.store.tx import Effects, Tx

T = TypeVar("T")
Announce = Callable[[Effects], None]

REWRITE_MAX: Final = 8_192  # pages, 32 MiB: a second in which nothing else is written
GROUP_MAX: Final = 256  # jobs in one commit: bounds how long the first of them waits


class _Job(Generic[T]):
    """A job, who waits for it, and how it went."""

    __slots__ = ("_result", "effects", "error", "future", "work")

    def __init__(self, work: Callable[[Tx], T], future: asyncio.Future[T]) -> None:
        self.work = work
        self.future = future
        self.effects: Effects | None = None
        self.error: Exception | None = None
        self._result: T

    def run(self, tx: Tx) -> None:
        """Do the work; its result and effects are kept for after the commit."""
        self._result = self.work(tx)
        self.effects = tx.effects

    def fail(self, error: Exception) -> None:
        """Nothing of it is kept. What it said itself goes before what befell its group."""
        self.effects = None
        self.error = self.error or error

    def settle(self) -> None:
        """Tell whoever waits, if he still does."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self._result)


class Database:
    """An open store. Made by `open`; `create` makes the file."""

    def __init__(self, connection: Connection, runner: Runner, path: Path, key: DataKey) -> None:
        self._connection = connection
        self._path = path
        self._key = key
        self._backing_up = threading.Lock()
        self._runner = runner
        self._waiting: list[_Job[Any]] = []
        self._busy = False
        self._closed = False
        self._announce: Announce = lambda _: None

    @staticmethod
    def create(path: Path, key: DataKey, fill: Callable[[Tx], None]) -> None:
        """Make a store with what `fill` writes; it appears whole or not at all. Blocks for some 20 ms.

        Raises ProfileExists if there is one, StoreFailed if the disk refuses.
        """
        create(path, key, fill)

    @classmethod
    async def open(cls, path: Path, key: DataKey, runner: Runner) -> "Database":
        """Check, open and bring up to date. The database stops the runner when it closes or fails to open.

        Raises StoreDamaged or StoreTooNew, with no byte changed, or StoreFailed.
        """
        try:
            return cls(await _call(runner, lambda: _open(path, key)), runner, path, key)
        except BaseException:
            runner.stop()
            raise

    def listen(self, announce: Announce) -> None:
        """Who hears the effects of each committed job, on the event loop; must not block."""
        self._announce = announce

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run a job in a transaction; answers after the commit. What the job raises undoes that job only.

        Raises StoreFailed or StoreDamaged if the disk refused: then nothing was promised. Cancelling the caller does
        not cancel the job.
        """
        self._refuse_if_closed()
        return await self._enqueue(work)

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run a query. Raises Internal if it tried to change anything, which is undone."""
        self._refuse_if_closed()
        return await _call(self._runner, lambda: self._read(work))

    def back_up(self, target: Path, label: Label, rng: Rng, *, force: bool = False) -> int:
        """Write a backup of what is committed; its size. Blocks: not for the event loop. Raises as `backup.create`."""
        self._refuse_if_closed()
        with self._backing_up:
            return backup.create(self._path, self._key, target, label, rng, force=force)

    async def scrub(self) -> bool:
        """Write the log back and empty it: what was overwritten in the store is then nowhere.

        False if somebody reads an older state, as a backup does: to be tried again. Raises StoreFailed.
        """
        self._refuse_if_closed()
        return await _call(self._runner, lambda: empty_log(self._connection))

    async def rewrite(self) -> None:
        """Write the file anew, if something secret went since it last was, and if it is small enough to wait for.

        SQLite may have left copies of rows in unused parts of pages. Raises StoreFailed.
        """
        self._refuse_if_closed()
        await _call(self._runner, lambda: _rewrite(self._connection))

    async def close(self) -> None:
        """Finish what waits, write the log back and let go of the file; safe to repeat."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(LocalError):
            await self._enqueue(lambda _: None)
        await _call(self._runner, lambda: _close(self._connection))
        self._runner.stop()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise StoreFailed("the store is closed")

    def _enqueue(self, work: Callable[[Tx], T]) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future())
        self._waiting.append(job)
        self._go_on(loop)
        return job.future

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._waiting and not self._busy:
            self._busy = True
            loop.call_soon(self._next_group)  # whoever is about to write in this turn comes along

    def _next_group(self) -> None:
        group, self._waiting = self._waiting[:GROUP_MAX], self._waiting[GROUP_MAX:]
        self._runner.submit(lambda: self._commit(group), self._committed)

    def _committed(self, group: list[_Job[Any]]) -> None:
        """Back on the event loop: speak, answer, go on."""
        try:
            for job in group:
                if job.effects is not None:
                    self._announce(job.effects)
        finally:
            for job in group:
                job.settle()
            self._busy = False
            self._go_on(asyncio.get_running_loop())

    def _commit(self, group: list[_Job[Any]]) -> list[_Job[Any]]:
        sql = self._connection
        try:
            sql.execute("BEGIN IMMEDIATE")
            for job in group:
                self._run(job)
            sql.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - the root of the store's work: every caller must get an answer
            for job in group:
                job.fail(_lost(error))
            self._roll_back()
        return group

    def _run(self, job: _Job[Any]) -> None:
        """One job in its savepoint. Raises what costs the whole group its transaction."""
        sql = self._connection
        sql.execute("SAVEPOINT job")
        try:
            job.run(Tx(sql))
        except Exception as error:
            if explain(error) is not None or not sql.in_transaction:
                raise
            sql.execute("ROLLBACK TO job")
            job.fail(error)
        sql.execute("RELEASE job")

    def _read(self, work: Callable[[Tx], T]) -> T:
        sql = self._connection
        changes = sql.total_changes
        sql.execute("BEGIN")
        try:
            result = work(Tx(sql))
        finally:
            self._roll_back()
        if sql.total_changes != changes:
            raise Internal("a query tried to write")
        return result

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            with contextlib.suppress(Error):  # if even this fails, the next BEGIN says so
                self._connection.execute("ROLLBACK")


def _lost(error: Exception) -> LocalError:
    """What every job of a group hears whose transaction did not survive; a fresh error for each."""
    lost = explain(error) or StoreFailed(f"the transaction was lost ({type(error).__name__})")
    lost.__cause__ = error
    return lost


async def _call(runner: Runner, work: Callable[[], T]) -> T:
    """Do something on the runner and wait for it. SQLite's errors arrive as ours."""
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def attempt() -> Callable[[], None]:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - carried over to the caller, whatever it is
            return partial(future.set_exception, explain(error) or error)
        return partial(future.set_result, result)

    def settle(answer: Callable[[], None]) -> None:
        if not future.done():
            answer()

    runner.submit(attempt, settle)
    return await future


def _open(path: Path, key: DataKey) -> Connection:
    steps = shipped()
    examine(path, key, steps)
    connection = connect(path, key)
    try:
        # A log left by a crash goes back into the database at once: nothing is ever built upon its torn end.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        migrate(connection, steps)
    except BaseException:
        connection.close()
        raise
    return connection


def _rewrite(connection: Connection) -> None:
    (pages,) = connection.execute("PRAGMA page_count").fetchone() or (0,)
    something_went = connection.execute("SELECT 1 FROM residue WHERE rewritten <> times").fetchone()
    if something_went and integer(pages) <= REWRITE_MAX:
        connection.execute("VACUUM")
        connection.execute("UPDATE residue SET rewritten = times")
        empty_log(connection)


def _close(connection: Connection) -> None:
    with contextlib.suppress(Error):  # a full disk keeps the log; nothing is lost, the next start reads it
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
