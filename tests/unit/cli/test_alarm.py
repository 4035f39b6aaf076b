"""An alarm about a friend's identity as a person meets it: the real program beside a real node."""

import json
import time
from pathlib import Path

from chattor.crypto.keys import Identity
from chattor.model.status import Status
from chattor.node.node import Node
from chattor.protocol import pins
from chattor.protocol.link import Purpose
from chattor.rpc.door import Door
from tests.support.dice import dice
from tests.support.people import Person, befriend, people
from tests.support.shell import shell_with
from tests.support.visitors import Visitor


class OpenHouse:
    """A node nobody locks; implements `door.House`."""

    lock_after = None

    def __init__(self, node: Node) -> None:
        self.node = node

    async def open(self, passphrase: str) -> None:
        """It is open."""

    async def close(self) -> None:
        """It stays open."""

    async def check(self, passphrase: str) -> None:
        """Anybody may."""

    def dismiss(self) -> None:
        """Nobody subscribed."""

    def absent(self) -> Status:
        """It is never away."""
        raise AssertionError("nobody closes this house")


def _door(person: Person) -> Door:
    return Door.of(OpenHouse(person.node), time.monotonic)


async def test_another_identity_stops_sending_until_somebody_took_note(tmp_path: Path) -> None:
    async with people(tmp_path, "alice", "bob", latency=(0.0, 0.0)) as (alice, bob):
        await befriend(alice, bob)
        other = Identity.generate(dice("mallory"))
        impostor = Identity(onion=bob.identity.onion, sig=other.sig, dh=other.dh)
        await (await Visitor.come(alice.network, "mallory", impostor)).visit(alice, Purpose.FRIEND)
        async with shell_with(_door(alice)) as shell:
            listed = await shell.chattor("friends", "list")
            assert f"! bob: {pins.OTHER_IDENTITY}" in listed.out
            refused = await shell.chattor("send", "bob", "a secret", "--json")
            assert refused.code == 1
            assert json.loads(refused.err)["error"]["code"] == "not_allowed"
            assert "acknowledge it first" in json.loads(refused.err)["error"]["message"]
            events = json.loads((await shell.chattor("recv", "--json")).out)["events"]
            assert [one["reason"] for one in events if one["event"] == "identity_alarm"] == [pins.OTHER_IDENTITY]

            assert json.loads((await shell.chattor("friends", "acknowledge", "bob", "--json")).out)["alarm"] is None
            assert (await shell.chattor("send", "bob", "a secret", "--wait", "delivered")).code == 0
        assert [message.text for message in await bob.node.history("f1")] == ["a secret"]


async def test_a_new_address_and_a_new_identity_are_one_verb_each(tmp_path: Path) -> None:
    async with people(tmp_path, "alice", latency=(0.0, 0.0)) as (alice,), shell_with(_door(alice)) as shell:
        before = await alice.node.identity()
        moved = await shell.chattor("rotate", "onion")
        assert "new backup" in moved.err
        assert f"{before.onion}  (onion left; answered until " in moved.out
        changed = json.loads((await shell.chattor("rotate", "identity", "--json")).out)
        assert [one["left"] for one in changed["former"]] == ["identity", "identity"]
        assert changed["fingerprint"] != before.fingerprint
        assert "former" in (await shell.chattor("status")).out
