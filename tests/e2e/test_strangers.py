"""Strangers at a real onion (S2, S3): without the friend code not one byte, with it one request and nothing else."""

import asyncio
import os
from typing import Final

import pytest

from chattor.demo.patience import together
from chattor.demo.person import Person
from chattor.model.friend import RequestDirection
from chattor.protocol.frames import Accept, Ack, Done, Frame, Msg, Reject, Request, Tombstone
from chattor.protocol.limits import HANDSHAKE_1, HANDSHAKE_2
from chattor.protocol.link import Purpose, Target
from tests.support.programs import Friends
from tests.support.strangers import Stranger, answer, dial, target

pytestmark = [pytest.mark.tor, pytest.mark.asyncio(loop_scope="session")]

PATIENCE: Final = 120.0  # s; half an opening is given up after 20, and so is a circuit that hangs
HASH: Final = os.urandom(32)
ID: Final = os.urandom(16)
FORBIDDEN: Final[tuple[Frame, ...]] = (
    Msg(seq=1, msg_id=ID, prev=bytes(32), rest=os.urandom(100)),
    Tombstone(seq=1, msg_id=ID, prev=bytes(32), rest_hash=HASH),
    Ack(r_high=1, r_hash=HASH),
    Done(op_id=ID),
    Accept(op_id=ID, name="Mallory"),
    Reject(op_id=ID),
)


async def _target(person: Person) -> Target:
    async with person.api() as api:
        return target((await api.identity()).friend_code)


async def _knock(via: Person, at: Target, opening: bytes, *, enough: int = 1) -> bytes:
    async with asyncio.timeout(PATIENCE):
        return await answer(await dial(via, at.onion_pk), opening, enough=enough)


async def _facts(person: Person) -> object:
    """Everything a stranger might have changed."""
    async with person.api() as api:
        relations = [
            (each.id, each.name, each.state, each.unread, each.alarm, each.note) for each in await api.friends_list()
        ]
        return relations, await api.friends_requests(), await api.outbox_list()


async def test_without_the_code_not_one_byte_comes_back(friends: Friends) -> None:
    ada, ben = friends.people
    bens, adas = await together(_target(ben), _target(ada))
    before = await _facts(ben)
    openings = [os.urandom(HANDSHAKE_1) for _ in range(12)]
    openings += [os.urandom(4 * HANDSHAKE_1), bytes(HANDSHAKE_1), b"GET / HTTP/1.1\r\n\r\n".ljust(HANDSHAKE_1)]
    openings += [Stranger.new().link(adas).data_to_send(), Stranger.new().link(bens).data_to_send()[:-1]]
    assert await together(*(_knock(ada, bens, opening) for opening in openings)) == [b""] * len(openings)
    assert await _facts(ben) == before


async def test_an_opening_made_with_the_code_is_answered_once_and_only_where_it_belongs(friends: Friends) -> None:
    ada, ben = friends.people
    bens, adas = await together(_target(ben), _target(ada))
    opening = Stranger.new().link(bens).data_to_send()
    assert await _knock(ben, adas, opening) == b""
    assert len(await _knock(ada, bens, opening, enough=HANDSHAKE_2)) == HANDSHAKE_2
    assert await _knock(ada, bens, opening) == b""


async def test_with_the_code_a_stranger_leaves_one_request_and_nothing_else(friends: Friends) -> None:
    ada, ben = friends.people
    bens = await _target(ben)
    before = await _facts(ben)
    async with asyncio.timeout(PATIENCE):
        said = [Stranger.new().say(ada, bens, [frame], purpose=Purpose.REQUEST, hear=1) for frame in FORBIDDEN]
        assert await together(*said) == [[]] * len(FORBIDDEN)
    assert await _facts(ben) == before
    mallory = Stranger.new()
    async with asyncio.timeout(PATIENCE):
        for number in range(3):
            asks = [Request(op_id=bytes([number]) * 16, name="Mallory", note="once more\x1b[2J")]
            assert await mallory.say(ada, bens, asks, purpose=Purpose.REQUEST, hear=1) == [Done(op_id=asks[0].op_id)]
        await mallory.say(ada, bens, FORBIDDEN[:1], purpose=Purpose.FRIEND, hear=1)
    async with ben.api() as api:
        (request,) = await api.friends_requests()
        assert (request.direction, request.name) == (RequestDirection.INCOMING, "Mallory")
        assert request.note.startswith("once more")
        assert request.note.isprintable()
        await api.friends_reject(request.id)
    assert await _facts(ben) == before
