"""The loop of the simulator: asyncio as it is, with time that jumps."""

import asyncio
import threading
import time
from functools import partial

import pytest

from chattor.clock import Clock
from chattor.store.runner import Runner
from tests.support.virtual import NEW_YEAR_2026, Deadlock, VirtualClock, VirtualRunner, run

MONTH = 30 * 24 * 3600.0


def test_a_month_passes_at_once() -> None:
    async def story() -> float:
        await asyncio.sleep(MONTH)
        return asyncio.get_running_loop().time()

    began = time.monotonic()
    assert run(story()) == pytest.approx(MONTH)
    assert time.monotonic() - began < 5


def test_time_stands_still_while_anybody_can_go_on() -> None:
    async def story() -> float:
        asyncio.get_running_loop().call_later(0.001, pytest.fail, "time passed")
        for _ in range(1_000):
            await asyncio.sleep(0)
        return asyncio.get_running_loop().time()

    assert run(story()) == 0.0


def test_timers_ring_in_the_order_of_their_times() -> None:
    async def story() -> list[float]:
        rang: list[float] = []
        loop = asyncio.get_running_loop()
        for delay in (3.0, 1.0, 2.5, 0.5, 1e8):
            loop.call_later(delay, rang.append, delay)
        await asyncio.sleep(2e8)
        return rang

    assert run(story()) == [0.5, 1.0, 2.5, 3.0, 1e8]


def test_a_timeout_ends_a_wait_that_never_ends() -> None:
    async def story() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(90):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run(story()) == 90.0


def test_a_task_group_waits_for_its_slowest_task() -> None:
    async def story() -> float:
        async with asyncio.TaskGroup() as group:
            for seconds in (1, 60, 5):
                group.create_task(asyncio.sleep(seconds))
        return asyncio.get_running_loop().time()

    assert run(story()) == 60.0


def test_a_failing_task_group_cancels_in_the_same_order_every_time() -> None:
    async def wait_for_the_end(name: int, ends: list[int]) -> None:
        try:
            await asyncio.sleep(MONTH)
        finally:
            ends.append(name)

    async def fail() -> None:
        await asyncio.sleep(1)
        raise LookupError

    async def story() -> list[int]:
        ends: list[int] = []
        ballast = [bytearray(size * 37) for size in range(50)]
        try:
            async with asyncio.TaskGroup() as group:
                for name in range(50):
                    group.create_task(wait_for_the_end(name, ends))
                    ballast.pop()  # stirs the addresses of tasks
                group.create_task(fail())
        except* LookupError:
            ends.append(-1)
        return ends

    assert run(story()) == [*range(50), -1]


def test_when_everybody_waits_it_says_who() -> None:
    async def patient(event: asyncio.Event) -> None:
        await event.wait()

    async def story() -> None:
        await asyncio.sleep(7)
        async with asyncio.TaskGroup() as group:
            group.create_task(patient(asyncio.Event()), name="alice")

    with pytest.raises(Deadlock, match=r"(?s)at 7\.000 s.*alice.*patient"):
        run(story())


def test_work_on_a_thread_is_done_in_order_and_takes_virtual_time() -> None:
    done: list[str] = []

    def work(name: str) -> str:
        done.append(name)
        return threading.current_thread().name

    async def story() -> tuple[float, set[str]]:
        loop = asyncio.get_running_loop()
        first = loop.run_in_executor(None, work, "first")
        second = loop.run_in_executor(None, work, "second")
        assert not first.done()
        threads = {await first, await second}
        return loop.time(), threads

    seconds, threads = run(story(), disk=lambda: 0.25)
    assert (done, seconds) == (["first", "second"], 0.25)
    assert threads != {threading.current_thread().name}
    assert len(threads) == 1


def test_an_error_on_a_thread_reaches_whoever_waits() -> None:
    async def story() -> None:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 // 0)

    run(story())


def test_the_store_hears_of_its_jobs_later_and_in_order() -> None:
    async def story() -> None:
        delays = iter((5.0, 1.0, 1.0))
        runner: Runner = VirtualRunner(lambda: next(delays))
        heard: list[int] = []
        done: list[int] = []
        for job in range(3):
            runner.submit(partial(done.append, job), lambda _: heard.append(len(heard)))
        assert (done, heard) == ([0, 1, 2], [])
        await asyncio.sleep(1.5)
        assert heard == [0, 1]
        runner.stop()
        assert heard == [0, 1, 2]
        await asyncio.sleep(10)
        assert heard == [0, 1, 2]

    run(story())


def test_the_wall_jumps_and_the_monotonic_clock_does_not() -> None:
    async def story() -> None:
        clock = VirtualClock()
        steady: Clock = clock
        assert steady.wall() == NEW_YEAR_2026
        await asyncio.sleep(10)
        clock.jump(-3600)
        assert steady.wall() == NEW_YEAR_2026 + 10_000 - 3_600_000
        assert steady.monotonic() == 10
        clock.jump(20 * 365 * 86_400)
        assert steady.monotonic() == 10

    run(story())
