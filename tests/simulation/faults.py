"""What can go wrong in a world, and what people do meanwhile: each ends when it is over.

A fault chooses its own victims and times. `TROUBLES` are left to the network and the machines, `DEEDS` are done by
people; the schedule draws from both.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from random import Random
from typing import Any, Final

from chattor.model.activity import Doing
from chattor.protocol.limits import DEAD_AFTER
from tests.support import friendships
from tests.support.world import World

Happening = Callable[[World, Random], Coroutine[Any, Any, None]]

HANDSHAKE: Final = 6_000
"""Bytes from the first of a link to both HELLOs and a little more."""
HELLOS: Final = (3_328, 4_400)
"""The byte at which the initiator has committed its HELLO, and the responder has not, lies between these."""
ROLLED_BACK: Final = ("restart instead of a rollback", "rollback of one side", "rollback of both sides")
"""What is counted by how many went back: whoever has no backup is only restarted."""
SHORT: Final = 20.0
"""Seconds; an outage up to this long costs at most one failed dial, a longer one is noticed by somebody's tor."""
SETTLING: Final = 150.0
"""Seconds until friends have followed: two links one after the other, the second maybe a minute after the first."""
DAY: Final = 86_400.0


async def cut(world: World, dice: Random) -> None:
    """A stream breaks at some byte, maybe more than one after the other."""
    for _ in range(dice.randint(1, 3)):
        one, other = dice.choice(world.pairs)
        world.network.cut(one, other, after=dice.randrange(30_000))
        await asyncio.sleep(dice.uniform(0, 15))
        world.network.spare(one, other)


async def cut_handshake(world: World, dice: Random) -> None:
    """The link is cut, and so is the next one, while it is made."""
    one, other = dice.choice(world.pairs)
    world.network.cut(one, other, after=0)
    await asyncio.sleep(dice.uniform(0.1, 3))
    first, last = dice.choice(((0, HANDSHAKE), HELLOS))
    world.network.cut(one, other, after=dice.randint(first, last))
    await asyncio.sleep(dice.uniform(0, 15))
    world.network.spare(one, other)


async def stall(world: World, dice: Random) -> None:
    """A link becomes half-open; found by its silence, or by a newer link."""
    await asyncio.sleep(dice.uniform(0, 10))
    one, other = dice.choice(world.pairs)
    world.note(f"{one} and {other} are half-open")
    world.network.stall(one, other)
    await asyncio.sleep(DEAD_AFTER)


async def hang(world: World, dice: Random) -> None:
    """The circuits between two stand still while new ones go on; then all they held arrives late."""
    await asyncio.sleep(dice.uniform(0, 10))
    one, other = dice.choice(world.pairs)
    seconds = dice.choice((dice.uniform(0.5, SHORT), DEAD_AFTER))
    world.note(f"what passes between {one} and {other} hangs for {seconds:.0f} s")
    release = world.network.hang(one, other)
    await asyncio.sleep(seconds)
    release()


async def partition(world: World, dice: Random) -> None:
    """Nothing passes between two; after a while somebody's tor notices."""
    one, other = dice.choice(world.pairs)
    seconds = dice.choice((dice.uniform(1, SHORT), dice.uniform(SHORT, 1800)))
    world.note(f"{one} and {other} are parted for {seconds:.0f} s")
    world.network.partition(one, other)
    await asyncio.sleep(seconds)
    world.network.heal(one, other)
    if seconds > SHORT:
        await flicker(world, dice.choice((one, other)))


async def refuse(world: World, dice: Random) -> None:
    """Every dial of one person fails for a while."""
    name = dice.choice(world.names)
    world.note(f"{name} cannot be dialled")
    world.network.refuse(name)
    one, other = dice.choice([pair for pair in world.pairs if name in pair])
    world.network.cut(one, other, after=0)
    await asyncio.sleep(dice.uniform(1, SHORT))
    world.network.spare(one, other)
    world.network.allow(name)


async def tor_away(world: World, dice: Random) -> None:
    """One or all lose their tor."""
    names = dice.choice((world.names, [dice.choice(world.names)]))
    for name in names:
        world.note(f"{name} has no tor")
        world.network.down(name)
        await asyncio.sleep(dice.choice((0, dice.uniform(0, 5))))
    await asyncio.sleep(dice.choice((dice.uniform(0.1, 20), dice.uniform(20, 7200))))
    for name in names:
        world.network.up(name)


async def restart(world: World, dice: Random) -> None:
    """One or all are stopped, and started after a while."""
    for name in _one_or_all(world, dice):
        async with world.power[name]:
            await world.stop(name)
            await asyncio.sleep(_away(dice))
            await world.start(name)


async def crash(world: World, dice: Random) -> None:
    """One or all are killed, maybe more than once, and started after a while."""
    await asyncio.sleep(dice.uniform(0, 20))
    async with AsyncExitStack() as locks:
        names = _one_or_all(world, dice)
        for name in names:
            await locks.enter_async_context(world.power[name])
        for _ in range(dice.choice((1, 1, 1, 2))):
            for name in names:
                world.crash(name)
            await asyncio.sleep(_away(dice))
            for name in names:
                await world.start(name)
            await asyncio.sleep(dice.uniform(0, 2))


async def roll_back_one(world: World, dice: Random) -> None:
    """One is put back to an older copy."""
    await _roll_back(world, dice, [dice.choice(world.names)])


async def roll_back_all(world: World, dice: Random) -> None:
    """All are put back to older copies."""
    await _roll_back(world, dice, list(world.names))


async def clock_jump(world: World, dice: Random) -> None:
    """Somebody's clock is set."""
    for _ in range(dice.randint(1, 3)):
        name = dice.choice(world.names)
        seconds = dice.choice((1, 60, 3600, DAY, 365 * DAY, 20 * 365 * DAY)) * dice.choice((1, -1)) * dice.random()
        world.note(f"{name} sets the clock by {seconds:.0f} s")
        world.people[name].clock.jump(seconds)
        await asyncio.sleep(dice.uniform(0, 20))


async def cancel(world: World, dice: Random) -> None:
    """Somebody without tor writes, and takes something back."""
    author, reader = dice.sample(dice.choice(world.pairs), 2)
    async with world.power[author]:
        world.network.down(author)
        await asyncio.sleep(dice.uniform(0, 3))
        texts = [f"{author} to {reader}, maybe taken back, {dice.getrandbits(48):x}" for _ in range(3)]
        sent = [(text, await world.send(author, reader, text)) for text in texts]
        for text, message in dice.sample(sent, 2):
            if message is not None:
                await world.cancel(author, reader, text, message)
        world.network.up(author)


async def quarrel(world: World, dice: Random) -> None:
    """Two part and make friends again."""
    one, other = dice.sample(dice.choice(world.pairs), 2)
    async with world.power[min(one, other)], world.power[max(one, other)]:
        await friendships.part(world, one, other, keep_history=dice.random() < 0.7)
        await asyncio.sleep(dice.uniform(0, 30))
        asker, asked = dice.sample((one, other), 2)
        await friendships.befriend(world, asker, asked, crossed=dice.random() < 0.5)


async def change_address(world: World, dice: Random) -> None:
    """Somebody moves to another onion."""
    await asyncio.sleep(dice.uniform(0, 20))
    await world.rotate(dice.choice(world.names), identity=False)
    await asyncio.sleep(SETTLING)


async def change_identity(world: World, dice: Random) -> None:
    """Somebody, or everybody at once, becomes somebody else."""
    await asyncio.sleep(dice.uniform(0, 20))
    await asyncio.gather(*(world.rotate(name, identity=True) for name in _one_or_all(world, dice)))
    await asyncio.sleep(SETTLING)


async def declare(world: World, dice: Random) -> None:
    """People say again and again who speaks there, what it can do and what it does."""
    for _ in range(dice.randint(1, 4)):
        await asyncio.sleep(dice.uniform(0, 20))
        word = dice.choice((None, "search", f"translate.{dice.getrandbits(16):x}"))
        world.declare(dice.choice(world.names), word, dice.choice((None, *Doing)))


TROUBLES: Final[tuple[Happening, ...]] = (
    cut, cut_handshake, stall, hang, partition, refuse, tor_away,
    restart, crash, roll_back_one, roll_back_all, clock_jump,
)  # fmt: skip
DEEDS: Final[tuple[Happening, ...]] = (cancel, quarrel, change_address, change_identity, declare)


async def flicker(world: World, name: str) -> None:
    """A tor that was cut off is back."""
    world.network.down(name)
    await asyncio.sleep(1.0)
    world.network.up(name)


def _one_or_all(world: World, dice: Random) -> list[str]:
    return list(world.names) if dice.random() < 0.3 else [dice.choice(world.names)]


def _away(dice: Random) -> float:
    """For how long somebody is away, in seconds."""
    return dice.choice((0.0, dice.uniform(0, 5), dice.uniform(5, 60), dice.uniform(60, 3600)))


async def _roll_back(world: World, dice: Random, names: list[str]) -> None:
    await asyncio.sleep(dice.uniform(0, 20))
    async with AsyncExitStack() as locks:
        for name in names:
            await locks.enter_async_context(world.power[name])
            if dice.random() < 0.5:
                world.crash(name)
            else:
                await world.stop(name)
        able = [name for name in names if world.backups[name]]
        for name in able:
            world.roll_back(name, dice.randrange(len(world.backups[name])))
        world.happened[ROLLED_BACK[min(len(able), 2)]] += 1
        await asyncio.sleep(_away(dice))
        for name in names:
            await world.start(name)
