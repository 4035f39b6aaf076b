"""Readers of a public channel in a crowd: the real engine and the real verification, but nothing kept."""

import asyncio
from random import Random

from chattor.protocol import channels as protocol
from chattor.protocol.channel_frames import ChannelList, Channels, Post, Posts, Sync
from chattor.protocol.channels import NO_POST, channel_id
from chattor.protocol.link import Purpose
from chattor.transport.memory import MemoryNetwork
from tests.support.people import Person
from tests.support.visitors import Visitor

LOOK_EVERY = 0.5  # s


async def read_once(network: MemoryNetwork, owner: Person, name: str) -> list[Post]:
    """Come, ask once for all there is, check what comes, and go; the posts of that one answer."""
    visitor = await Visitor.come(network, name)
    visit = await visitor.visit(owner, Purpose.SUBSCRIBE)
    visit.say(Channels(), Sync(channel_id(owner.identity.sig.public, "public"), 0, 0, NO_POST))
    while not any(isinstance(frame, Posts) for frame in visit.heard):
        assert visit.end is None, visit.end
        await asyncio.sleep(LOOK_EVERY)
    posts = [frame for frame in visit.heard if isinstance(frame, Post)]
    for post in posts:
        protocol.check(owner.identity.sig.public, post)
    assert isinstance(visit.heard[0], ChannelList)
    await visit.leave()
    return posts


async def crowd(
    network: MemoryNetwork, owner: Person, names: list[str], within: float, dice: Random
) -> list[list[Post]]:
    """Readers come at random within so many seconds; what each got."""

    async def come(name: str) -> list[Post]:
        await asyncio.sleep(dice.uniform(0, within))
        return await read_once(network, owner, name)

    return await asyncio.gather(*map(come, names))
