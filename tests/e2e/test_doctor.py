"""`chattor doctor` between whole programs on real Tor: every rung holds, and where a friend who left is missed."""

import msgspec
import pytest

from chattor.cli.doctor import UNWELL
from chattor.demo.person import Person
from chattor.model.doctor import Diagnosis
from chattor.model.ids import FriendId
from tests.support.programs import Friends

pytestmark = [pytest.mark.tor, pytest.mark.asyncio(loop_scope="session")]


async def _examined(person: Person, friend: FriendId) -> tuple[Diagnosis, int]:
    done = await person.chattor("--json", "doctor", friend)
    return msgspec.json.decode(done.out, type=Diagnosis), done.code


async def test_every_rung_holds_up_to_a_friend_and_one_who_left_is_missed(friends: Friends) -> None:
    ada, ben = friends.people
    found, code = await _examined(ada, friends.calls[ada])
    assert [rung for rung in found.rungs if not rung.ok] == []
    assert (found.ok, len(found.rungs), code) == (True, 11, 0)
    said = {rung.name: rung.detail for rung in found.rungs}
    assert "proof of work" in said["tor"]
    assert said["guard"].startswith("connected to ")

    await ben.stop()
    found, code = await _examined(ada, friends.calls[ada])
    assert (found.ok, code) == (False, UNWELL)
    [broken] = [rung for rung in found.rungs if rung.ok is False]
    assert broken.name in ("friend's descriptor", "rendezvous"), "relays keep a descriptor for hours"
    assert broken.advice
