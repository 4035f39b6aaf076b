"""How friendships begin and end in a world; each ends when both sides know."""

from contextlib import suppress
from functools import partial
from typing import Final

from chattor.errors import NotAllowed, NotFound
from chattor.model.friend import FriendState
from tests.support.virtual import eventually
from tests.support.world import World

A_DAY: Final = 86_400.0
"""Virtual seconds; how long a friendship may take to begin or end is the schedule's business."""
LEISURE: Final = 3.0
"""Virtual seconds between two looks of people at their friends and requests."""


async def befriend(world: World, asker: str, asked: str, *, crossed: bool = False) -> None:
    """Become friends; crossed: both ask at once."""
    world.note(f"{asker} asks {asked}{', and the other way round' if crossed else ''}")
    await _ask(world, asker, asked)
    if crossed:
        await _ask(world, asked, asker)
    else:
        await _accept(world, asked, asker)
    await eventually(partial(_are_friends, world, asker, asked), A_DAY, LEISURE)
    for name, other in ((asker, asked), (asked, asker)):
        world.before[name, other] = await world.insist(name, partial(world.newest, other))
    world.apart.discard(world.pair(asker, asked))


async def part(world: World, leaver: str, left: str, *, keep_history: bool) -> None:
    """End a friendship. No backup outlives it: it is of another story."""
    world.note(f"{leaver} removes {left}")
    world.apart.add(world.pair(leaver, left))
    await world.insist(leaver, lambda node: node.friends_remove(left, keep_history))
    world.checker.parted(leaver, left)
    await eventually(partial(_are_strangers, world, leaver, left), A_DAY, LEISURE)
    world.checker.parted(leaver, left)
    for author, reader in ((leaver, left), (left, leaver)):
        world.asked.pop((author, reader), None)
        world.delivered.pop((author, reader), None)
        world.backups[author].clear()


async def _ask(world: World, asker: str, asked: str) -> None:
    code = await world.insist(asked, lambda node: node.identity())
    with suppress(NotAllowed):  # asked already, before a crash, or friends by now
        await world.insist(asker, lambda node: node.friends_add(code.friend_code, name=asked))


async def _accept(world: World, asked: str, asker: str) -> None:
    async def has_come() -> bool:
        return await _state(world, asked, asker) in (FriendState.INCOMING, FriendState.FRIEND)

    await eventually(has_come, A_DAY, LEISURE)
    with suppress(NotFound):  # they are friends already
        await world.insist(asked, lambda node: node.friends_accept(asker))


async def _state(world: World, name: str, other: str) -> FriendState:
    relations = await world.insist(name, lambda node: node.friends_list())
    states = [friend.state for friend in relations if friend.name == other]
    return states[0] if states else FriendState.NONE


async def _are_friends(world: World, one: str, other: str) -> bool:
    return {await _state(world, one, other), await _state(world, other, one)} == {FriendState.FRIEND}


async def _are_strangers(world: World, one: str, other: str) -> bool:
    return {await _state(world, one, other), await _state(world, other, one)} == {FriendState.NONE}
