"""A locked daemon on real Tor: friends notice nothing of a soft lock, and find it again after a hard one."""

import json
from typing import Final

import pytest

from chattor.model.message import Direction
from tests.support.programs import Friends, all_delivered, appear, conversation, no_tor_left, texts, tors_of

pytestmark = [pytest.mark.tor, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

GONE_WITHIN: Final = 5.0  # s


async def test_delivery_goes_on_behind_a_locked_door(friends: Friends) -> None:
    ada, ben = friends.people
    assert (await ada.chattor("lock")).code == 0
    assert (await ada.chattor("history", friends.calls[ada])).code == 5
    sent = await ben.chattor("send", friends.calls[ben], "are you there?", "--wait", "delivered", "--timeout", "30")
    assert sent.code == 0, sent.err
    assert (await ada.chattor("unlock", passphrase=True)).code == 0
    assert texts(await conversation(ada, friends.calls[ada]), Direction.IN)[-1] == "are you there?"


async def test_a_hard_lock_ends_tor_and_the_passphrase_brings_everything_back(friends: Friends) -> None:
    ada, ben = friends.people
    pid = ada.pid
    assert (await ada.chattor("lock", "--hard")).code == 0
    await no_tor_left(ada, within=GONE_WITHIN)
    status = json.loads((await ada.chattor("status", "--json")).out)
    assert (status["locked"], status["reachable"], status["onion"], status["pid"]) == (True, False, "", pid)
    waiting = await ben.chattor("send", friends.calls[ben], "and now?")
    assert waiting.code == 0
    assert (await ada.chattor("unlock", passphrase=True)).code == 0
    await appear(ada)
    await all_delivered(ben)
    assert texts(await conversation(ada, friends.calls[ada]), Direction.IN)[-1] == "and now?"
    assert (ada.pid, len(tors_of(ada))) == (pid, 1)


async def test_a_locked_daemon_stops_like_any_other(friends: Friends) -> None:
    ada = friends.ada
    assert (await ada.chattor("lock", "--hard")).code == 0
    assert (await ada.chattor("stop")).code == 0
    assert await ada.ended() == 0
    assert tors_of(ada) == []
