"""`chattor demo`: a new user's terminal in a world with echo and ada, or the check of a whole life cycle.

Start-up is told in plain lines. The terminal interface is the real program in a process of its own; it finds the new
user's daemon running, so nobody is asked for a passphrase; Echo tells it, for those who lock the window.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Final

from chattor.clock import SystemClock
from chattor.demo.ada import ada
from chattor.demo.check import Result, check
from chattor.demo.echo import PASSPHRASE, echo
from chattor.demo.guard import Guard
from chattor.demo.patience import together
from chattor.demo.person import PROGRAM, Person
from chattor.demo.steps import STEPS
from chattor.demo.story import Step, Story
from chattor.demo.world import World, world

INTERRUPTED: Final = 130
NEW_USER: Final = "You"
NOTE: Final = "Hello, I am new here."
Say = Callable[[str], None]
_CLOCK: Final = SystemClock()


def run_demo(look: Sequence[str], say: Say) -> int:
    """Build the world, open the TUI with these options, delete everything; the exit code of the process.

    `say` takes lines for the person. Raises TorMissing, TorRefused, TimedOut.
    """
    return _run(_demo(look, say))


def run_check(tell: Callable[[Result], None], say: Say, steps: Sequence[Step] = STEPS) -> int:
    """Do the life cycle without a terminal; 0 only if every step held. `tell` takes what became of each."""
    return _run(_check(tell, say, steps))


def _run(work: Coroutine[object, object, int]) -> int:
    """To its end, or tidily away from it when a signal comes."""

    async def guarded() -> int:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, task.cancel)
        try:
            return await task
        except asyncio.CancelledError:
            return INTERRUPTED

    return asyncio.run(guarded())


async def _demo(look: Sequence[str], say: Say) -> int:
    step = _stopwatch(say)
    say("A private Tor network on this machine: nothing leaves it, and all of it is deleted when you quit.")
    async with world(NEW_USER, "Echo", "Ada", progress=step, passphrases={NEW_USER: PASSPHRASE}) as here:
        await together(here.start_network(), *(person.init() for person in here.people))
        step("starting you, Echo and Ada")
        await together(*(person.start() for person in here.people))
        await together(*(person.reachable() for person in here.people))
        code = await _meet(here, look, say)
        say("Ending and deleting it all.")
    return code


async def _meet(here: World, look: Sequence[str], say: Say) -> int:
    """Your request goes to echo, ada's comes to you, and the terminal is yours; its exit code."""
    you, bot, friend = here.people
    async with you.api() as mine, bot.api() as echos, friend.api() as adas:
        others = {
            bot.name: asyncio.create_task(echo(echos)),
            friend.name: asyncio.create_task(ada(adas, (await mine.identity()).friend_code)),
        }
        try:
            await mine.friends_add((await echos.identity()).friend_code, name=bot.name, note=NOTE)
            return await _open(you, look, here.guard)
        finally:
            for name, task in others.items():
                if task.done() and not task.cancelled():
                    say(f"{name} fell silent: {task.exception()}")
                task.cancel()
            await asyncio.gather(*others.values(), return_exceptions=True)


async def _open(you: Person, look: Sequence[str], guard: Guard) -> int:
    """The TUI in this terminal, until the user leaves it."""
    process = await asyncio.create_subprocess_exec(*PROGRAM, *you.options, *look)
    guard.watch(process.pid)
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
        guard.release(process.pid)


async def _check(tell: Callable[[Result], None], say: Say, steps: Sequence[Step]) -> int:
    held, failed = 0, asyncio.Event()
    async with world("Ada", "Ben", progress=_stopwatch(say), keep=failed.is_set) as here:
        async for result in check(Story(here), steps):
            tell(result)
            held += result.ok
        if held < len(steps):
            failed.set()
            say(f"Everything is kept for a look, the logs of both and of tor too: {here.directory}")
    return 1 if failed.is_set() else 0


def _stopwatch(say: Say) -> Say:
    """Lines with the seconds since now."""
    began = _CLOCK.monotonic()
    return lambda line: say(f"{_CLOCK.monotonic() - began:5.1f} s  {line}")
