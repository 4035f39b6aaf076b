"""One seeded run: people become friends, then rounds of writing and trouble, and a verdict after each (R4, R6, R16).

`play` raises BrokenPromise, with the seed and the end of the story, at the first promise that does not hold.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count, permutations
from pathlib import Path
from random import Random
from typing import Any, Final

from chattor.protocol.limits import PRESENCE_EVERY
from chattor.transport.pipe import Fault
from tests.simulation.faults import DEEDS, ROLLED_BACK, TROUBLES, Happening, flicker
from tests.support import friendships, judgement
from tests.support.people import scratch
from tests.support.probe import Branch
from tests.support.virtual import eventually, run
from tests.support.world import Weather, World, world

PATIENCE: Final = 60.0
"""Virtual seconds after the last fault until all is delivered (R16)."""
KNOWN: Final = PATIENCE + PRESENCE_EVERY
"""Virtual seconds until everybody knows what those he has a link with say of themselves."""
TROUBLE: Final = 8 * 3600.0
"""Virtual seconds a round of faults is over in."""
DOINGS: Final = 300.0
"""Virtual seconds after the last fault until people have done what they wanted to do."""
TELLING: Final = 80
"""Lines of the story a failure shows."""
EVERYTHING: Final = (
    *(happening.__name__ for happening in (*TROUBLES, *DEEDS)),
    *(f"{fault} met" for fault in Fault),
    *ROLLED_BACK[1:],
    *("edit", "delete", "react"),
    *(str(branch) for branch in Branch if branch not in (Branch.BROKEN, Branch.FAULT)),
)
"""What must have happened in a few hundred seeds."""

Doing = Coroutine[Any, Any, None]


class BrokenPromise(AssertionError):
    """A promise did not hold in a simulated run."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run was like: how often each fault and branch was met, its trace and story, and how long it took."""

    hits: Counter[str]
    trace: str
    story: tuple[str, ...]
    seconds: float


def play(seed: int) -> Report:
    """Play one seed. Raises BrokenPromise."""
    with scratch() as directory:
        return run(_play(directory, seed))


async def _play(directory: Path, seed: int) -> Report:
    dice = Random(f"{seed} schedule")
    names = ("alice", "bob", "carol")[: dice.choice((2, 2, 3))]
    async with world(directory, *names, seed=seed, weather=Weather.of(dice)) as stage:
        story = _Story(stage, dice)
        try:
            await story.tell()
        except Exception as error:
            raise _broken(seed, stage, repr(error)) from error
    if wrong := stage.probe.defects + _impossible(stage):
        raise _broken(seed, stage, "\n".join(wrong))
    return Report(story.hits(), stage.probe.trace, tuple(stage.probe.story), asyncio.get_running_loop().time())


def _broken(seed: int, stage: World, what: str) -> BrokenPromise:
    told = "\n".join(stage.probe.story[-TELLING:])
    return BrokenPromise(f"seed {seed} (python -m tests.simulation.replay {seed}): {what}\n{told}")


def _impossible(stage: World) -> list[str]:
    """What must not happen among honest people, or not without its cause."""
    hits = stage.probe.hits
    wrong = [branch for branch in (Branch.BROKEN, Branch.FAULT) if hits[branch]]
    if hits[Branch.FORK] and not stage.rolled_back:
        wrong.append(Branch.FORK)
    if hits[Branch.CONTINUITY_LOST] and not stage.rolled_back and not stage.happened["quarrel"]:
        wrong.append(Branch.CONTINUITY_LOST)
    return [f"without cause: {branch}" for branch in wrong]


class _Story:
    """The rounds of one run."""

    def __init__(self, stage: World, dice: Random) -> None:
        self._world = stage
        self._dice = dice
        self._number = count(1)

    async def tell(self) -> None:
        """From strangers to the last verdict."""
        dice, stage = self._dice, self._world
        for pair in stage.pairs:
            asker, asked = dice.sample(pair, 2)
            await self._round(friendships.befriend(stage, asker, asked, crossed=dice.random() < 0.3))
        for _ in range(dice.randint(2, 4)):
            for name in stage.names:
                if dice.random() < 0.4:
                    stage.back_up(name)
            deeds = dice.choices(DEEDS, k=dice.choice((0, 0, 1)))
            ways = [*permutations(stage.names, 2)]
            thoughts = (self._second_thoughts(*way) for way in ways)
            await self._round(*map(self._draw, deeds), *(self._letters(*way) for way in ways), *thoughts)
            await asyncio.sleep(dice.choice((0.0, dice.uniform(0, 60), dice.uniform(60, 1800))))

    def hits(self) -> Counter[str]:
        """How often everything happened."""
        stage = self._world
        found = Counter(stage.happened)
        found.update({f"{fault} met": stage.network.hits[fault] for fault in Fault})
        found.update({str(branch): stage.probe.hits[branch] for branch in Branch})
        return found

    async def _round(self, *doings: Doing) -> None:
        """People do something while there is trouble; then peace, and a verdict."""
        dice = self._dice
        tasks = [asyncio.create_task(doing) for doing in doings]
        try:
            async with asyncio.timeout(TROUBLE):
                await asyncio.gather(*map(self._draw, dice.choices(TROUBLES, k=dice.randint(0, 3))))
            await self._wake_the_tired()
            async with asyncio.timeout(DOINGS):
                await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
        await self._settle()

    async def _settle(self) -> None:
        """All is delivered in time, unless the last dial failed late and the next is far away; nothing else is true."""
        stage, now = self._world, asyncio.get_running_loop().time
        deadline = now() + PATIENCE
        if not await self._is_delivered(deadline) and await self._wake_the_tired():
            deadline = now() + PATIENCE
            await self._is_delivered(deadline)
        verdict, differences = stage.checker.verdict(), await judgement.differences(stage)
        assert verdict.clean, verdict
        assert not differences, differences
        # Looked at again: stores that were put back find more to say when they meet.
        assert await self._is_delivered(deadline), "an author does not know in time"
        await eventually(partial(judgement.all_known, stage), KNOWN)
        stage.note("all is well")

    async def _is_delivered(self, deadline: float) -> bool:
        """Whether all is delivered by then."""
        left = deadline - asyncio.get_running_loop().time()
        with suppress(TimeoutError):
            await eventually(partial(judgement.all_delivered, self._world), max(0.0, left))
            return True
        return False

    async def _wake_the_tired(self) -> bool:
        """Whose next dial is far away finds his tor back, and dials now; whether there was anybody."""
        names = await judgement.tired(self._world)
        for name in names:
            await flicker(self._world, name)
        return bool(names)

    async def _letters(self, author: str, reader: str) -> None:
        """Somebody writes to somebody: a few texts, a burst, or much."""
        dice = self._dice
        times, sizes = dice.choice(((4, 1), (4, 1), (4, 1), (25, 1), (2, 15_000), (25, 15_000)))
        pause = dice.choice((0.0, 0.5, 5.0))
        for _ in range(dice.randint(1, times)):
            await asyncio.sleep(pause * dice.random())
            text = f"{author} to {reader} {next(self._number)} "
            await self._world.send(author, reader, text.ljust(dice.randint(1, sizes), "."))

    async def _second_thoughts(self, name: str, other: str) -> None:
        """Somebody edits, deletes or reacts, now and then."""
        for _ in range(self._dice.choice((0, 1, 3))):
            await asyncio.sleep(self._dice.uniform(0, 30))
            await self._world.rethink(name, other, self._dice)

    async def _draw(self, happening: Happening) -> None:
        self._world.happened[happening.__name__] += 1
        await happening(self._world, self._dice)
