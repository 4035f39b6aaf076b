"""Whether a world came to rest, and what the two sides of a conversation tell differently."""

from typing import Final

from chattor.handlers import resolve
from chattor.handlers.views import message_view
from chattor.model.friend import Friend, FriendState
from chattor.model.message import Direction, Message
from chattor.node.node import Node
from chattor.node.runtime import Runtime
from chattor.store.tx import Tx
from tests.support.world import World

TIRED: Final = 2
"""Failed dials after which the next one is more than the first retry step away."""

Told = dict[bytes, Message]
"""What one store tells of a conversation, by wire id."""


async def all_delivered(world: World) -> bool:
    """Whether every promised text was shown, every author knows, and both sides tell the same of it."""
    if world.checker.outstanding:
        return False
    for name in world.names:
        if await world.insist(name, lambda node: node.outbox_list()):
            return False
    return not await disagreements(world)


async def all_known(world: World) -> bool:
    """Whether everybody knows of those he has a link with what they say of themselves."""
    ways = [*world.pairs, *(pair[::-1] for pair in world.pairs)]
    return not [way for way in ways if await _misknown(world, *way)]


async def _misknown(world: World, name: str, other: str) -> bool:
    """Whether somebody takes a friend who is there for another than he says he is."""
    knower, known = world.people[name].process, world.people[other].process
    one, back = await _linked(knower.node, knower.runtime, other), await _linked(known.node, known.runtime, name)
    said = known.core.settings.agent
    told = (said.declared, [*said.capabilities] if said.declared else [], known.core.activity)
    return one is not None and back is not None and (one.agent, one.capabilities, one.activity) != told


async def _linked(node: Node, runtime: Runtime, name: str) -> Friend | None:
    """A friend with whom a link stands."""
    for one in await node.friends_list():
        if one.name == name and one.state is FriendState.FRIEND and runtime._sessions.current(int(one.id[1:])):
            return one
    return None


async def tired(world: World) -> list[str]:
    """Who tries again only much later, or never: he failed too often, or lacks what he does not know of."""
    found = []
    for name in world.names:
        rows = await world.people[name].process.database.read(lambda tx: tx.friends.all())
        if any(row.attempts >= (1 if name in world.rolled_back else TIRED) for row in rows):
            found.append(name)
    return found


async def differences(world: World) -> list[str]:
    """Where the two sides of a conversation do not tell the same, as far as both stores go back."""
    found = []
    for author, reader in [*world.pairs, *(pair[::-1] for pair in world.pairs)]:
        wrote = await world.kept(author, reader, Direction.OUT)
        got = await world.kept(reader, author, Direction.IN)
        common = [text for text in got if text in set(wrote)]
        late = {text for one, other, text in world.changed["edit"] if (one, other) == (author, reader)}
        missing = set(wrote).symmetric_difference(common if author in world.rolled_back else got)
        if missing or [one for one in wrote if one not in late] != [one for one in common if one not in late]:
            found.append(f"{author} wrote {wrote}, {reader} got {got}")
    return found + await disagreements(world)


async def disagreements(world: World) -> list[str]:
    """Where the two sides of a conversation differ in what became of a text, or what is thought of it.

    Whoever went back to an older store may have forgotten what he did; all others are understood.
    """
    found = []
    for author, reader in [*world.pairs, *(pair[::-1] for pair in world.pairs)]:
        wrote = await _told(world, author, reader, Direction.OUT)
        got = await _told(world, reader, author, Direction.IN)
        for ours, theirs in ((wrote[one], got[one]) for one in wrote.keys() & got.keys()):
            if author not in world.rolled_back and (ours.text, ours.edited) != (theirs.text, theirs.edited):
                found.append(f"{author} has {ours}, {reader} has {theirs}")
            elif (
                ours.text
                and theirs.text
                and any(
                    name not in world.rolled_back and _thinks(ours, one) != _thinks(theirs, other)
                    for name, one, other in ((author, True, False), (reader, False, True))
                )
            ):
                found.append(f"{author} knows {ours.reactions} of {ours.text[:40]}, {reader} {theirs.reactions}")
    return found


async def _told(world: World, name: str, other: str, direction: Direction) -> Told:
    """One way of a conversation as a store has it since the two became friends."""
    if world.pair(name, other) in world.apart:
        return {}

    def look(tx: Tx) -> Told:
        rows = tx.messages.newest(resolve.friend(tx, other).id, 1000)
        since = world.before[name, other]
        return {row.msg_id: message_view(tx, row) for row in rows if row.direction is direction and row.id > since}

    return await world.people[name].process.database.read(look)


def _thinks(message: Message, me: bool) -> set[str]:
    """The reactions of the one whose store it is, or of the other."""
    return {emoji for emoji, by in message.reactions.items() if ("me" in by if me else set(by) - {"me"})}
