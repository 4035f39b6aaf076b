"""An event loop whose time is virtual: it jumps to the next timer when nothing is ready, and nothing ever waits.

Ordinary asyncio code runs on it unchanged, thirty days pass in milliseconds, and a run with the same dice repeats
exactly. If everybody waits for something no timer will bring, `Deadlock` says who. Work for a thread is done at
once, in order, and its result comes after as many virtual seconds as `disk()` says; a thread of one's own that
calls back from outside does not belong on this loop.
"""

import asyncio
import selectors
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any, Final, TypeVar, TypeVarTuple, Unpack

from chattor.clock import Millis

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Disk = Callable[[], float]
"""Gives the seconds the next piece of work takes."""

NEW_YEAR_2026: Final = Millis(1_767_225_600_000)


class Deadlock(Exception):
    """Every task waits, and no timer is set."""


def run(story: Coroutine[Any, Any, T], disk: Disk = lambda: 0.0) -> T:
    """Run a story to its end on a loop of its own; what it leaves running is cancelled. Raises Deadlock."""
    with asyncio.Runner(loop_factory=partial(VirtualLoop, disk)) as runner:
        return runner.run(story)


async def eventually(holds: Callable[[], Awaitable[bool]], within: float = 60.0, every: float = 0.25) -> None:
    """Look `every` so many seconds until something holds. Raises TimeoutError when it does not `within` so many."""
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110 - time is virtual, and looking is all a client of the Api can do
            await asyncio.sleep(every)


class VirtualClock:
    """A node's clocks on the running loop; implements `chattor.clock.Clock`. Nodes may disagree about the wall."""

    def __init__(self, start: Millis = NEW_YEAR_2026) -> None:
        self._loop = asyncio.get_running_loop()
        self._start = start

    def wall(self) -> Millis:
        """Wall clock, ms since the epoch, as far off as `jump` made it."""
        return Millis(self._start + round(self._loop.time() * 1000))

    def monotonic(self) -> float:
        """Virtual seconds since the loop began."""
        return self._loop.time()

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward or, below zero, back."""
        self._start = Millis(self._start + round(seconds * 1000))


class VirtualRunner:
    """The store's thread on a virtual loop; implements `chattor.store.runner.Runner`.

    A job is done when submitted and heard of `disk()` seconds later: more jobs gather meanwhile, and a node that
    dies in between has committed without knowing.
    """

    def __init__(self, disk: Disk) -> None:
        self._loop = asyncio.get_running_loop()
        self._disk = disk
        self._answers: deque[Callable[[], None]] = deque()
        self._dead = False

    def submit(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do a job now and call `done` with its result later, in the order of the jobs."""
        if not self._dead:
            self._answers.append(partial(done, job()))
            self._loop.call_later(self._disk(), self._answer)

    def stop(self) -> None:
        """Give the answers that are still due, and end; safe to repeat."""
        while self._answers:
            self._answer()

    def die(self) -> None:
        """Be killed: what was done is done, but nobody hears of it, and nothing more is done."""
        self._dead = True
        self._answers.clear()

    def _answer(self) -> None:
        if self._answers:
            self._answers.popleft()()


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; `disk` is how long work given to `run_in_executor` takes."""

    def __init__(self, disk: Disk = lambda: 0.0) -> None:
        self._now = 0.0
        self._disk = disk
        self._thread = ThreadPoolExecutor(1)
        self._tasks_made = 0
        super().__init__(_JumpingSelector(self._jump))
        self._clock_resolution = 1e-6  # asyncio's own is finer than a float of a few years' seconds, so timers stuck
        self.set_task_factory(self._make_task)

    def time(self) -> float:
        """Virtual seconds since the loop began."""
        return self._now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Do the work on its thread now, and give the result when the disk would have it."""
        work = (executor or self._thread).submit(func, *args)
        wait([work])
        future: asyncio.Future[T] = self.create_future()
        self.call_later(self._disk(), _settle, future, work)
        return future

    def close(self) -> None:
        """Close the loop and its thread."""
        self._thread.shutdown()
        super().close()

    def _jump(self, seconds: float | None) -> None:
        if seconds is None:
            waiting = "\n".join(sorted(f"  {task!r}" for task in asyncio.all_tasks(self)))
            raise Deadlock(f"at {self._now:.3f} s nobody can go on:\n{waiting}")
        self._now += seconds

    def _make_task(
        self,
        loop: asyncio.AbstractEventLoop,
        story: Coroutine[Any, Any, T] | Generator[Any, None, T],
        **options: Any,
    ) -> asyncio.Task[T]:
        self._tasks_made += 1
        return _NumberedTask(self._tasks_made, story, loop=loop, **options)


class _NumberedTask(asyncio.Task[T]):
    """A task whose place in a set does not depend on its address, so that a TaskGroup cancels in the same order."""

    def __init__(self, number: int, story: Coroutine[Any, Any, T] | Generator[Any, None, T], **options: Any) -> None:
        self._number = number
        super().__init__(story, **options)

    def __hash__(self) -> int:
        return self._number


class _JumpingSelector(selectors.SelectSelector):
    """Where a loop would wait, time jumps instead."""

    def __init__(self, jump: Callable[[float | None], None]) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What real files have to say, else let the time that was to be waited pass; never blocks."""
        if timeout is not None and timeout <= 0:
            return []
        events = super().select(0)
        if not events:
            self._jump(timeout)
        return events


def _settle(future: asyncio.Future[T], work: Future[T]) -> None:
    if future.cancelled():
        return
    if error := work.exception():
        future.set_exception(error)
    else:
        future.set_result(work.result())
