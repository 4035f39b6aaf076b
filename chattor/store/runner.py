"""Where the store's work is done: on a thread of its own, or at once when a simulator wants every step in order."""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Runner(Protocol):
    """Does jobs one after the other, in the order they came; they must not raise."""

    def submit(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do a job; `done` is called on the event loop with its result."""
        ...

    def stop(self) -> None:
        """Finish what was submitted and end; safe to repeat."""
        ...


class InlineRunner:
    """On the event loop itself, at once: no thread, so virtual time and replays are exact."""

    def submit(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do it now."""
        done(job())

    def stop(self) -> None:
        """Nothing waits here."""


class ThreadRunner:
    """On one named thread, so that the event loop never waits for the disk."""

    def __init__(self, name: str = "chattor-store") -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """Queue it; must be called on the event loop that is to hear the result."""
        loop = asyncio.get_running_loop()
        self._jobs.put(lambda: self._answer(loop, done, job()))

    def stop(self) -> None:
        """Finish what was submitted and end; waits for the thread."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    @staticmethod
    def _answer(loop: asyncio.AbstractEventLoop, done: Callable[[T], None], result: T) -> None:
        if not loop.is_closed():  # whoever asked is gone; the work is done all the same
            loop.call_soon_threadsafe(done, result)
