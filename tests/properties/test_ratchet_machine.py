"""The ratchet under everything a network and an adversary may do to it.

Whatever happens, a message opens exactly once and to its own text, and what is refused changes nothing.
"""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from chattor.crypto.ratchet import MAX_CHAINS, Ratchet
from chattor.errors import ProtocolViolation
from tests.support.ratchets import opened_pair, state

SIDES = st.sampled_from([0, 1])


@dataclass
class Flying:
    """A message on its way, and the chain it was sent in."""

    text: bytes
    wire: bytes
    chain: int


def refused(receiver: Ratchet, wire: bytes) -> None:
    """The receiver must refuse this and stay as it was."""
    before = state(receiver)
    with pytest.raises(ProtocolViolation):
        receiver.decrypt(wire)
    assert state(receiver) == before


class Conversation(RuleBasedStateMachine):
    """Two sides, the messages between them, and the ones already read."""

    @initialize(seed=st.integers(0, 1000))
    def start(self, seed: int) -> None:
        self.sides = opened_pair(seed)
        self.stranger = opened_pair(("stranger", seed))[0]
        self.flying: tuple[list[Flying], list[Flying]] = ([], [])
        self.read: tuple[list[Flying], list[Flying]] = ([], [])
        self.chains = [0, 0]

    @rule(sender=SIDES, text=st.binary(max_size=40))
    def send(self, sender: int, text: bytes) -> None:
        self.flying[1 - sender].append(Flying(text, self.sides[sender].encrypt(text), self.chains[sender]))

    @rule(sender=SIDES, count=st.integers(2, 30))
    def send_many(self, sender: int, count: int) -> None:
        for number in range(count):
            self.send(sender, b"%d" % number)

    @precondition(lambda self: any(self.flying))
    @rule(data=st.data())
    def deliver_any(self, data: st.DataObject) -> None:
        """Any message in flight, in any order; one of a chain long gone may have been given up."""
        receiver, message = self._pick(data, self.flying)
        self.flying[receiver].remove(message)
        if message.chain < self.chains[1 - receiver] - MAX_CHAINS + 1:
            return
        key = self.sides[receiver]._dh
        assert self.sides[receiver].decrypt(message.wire) == message.text
        self.chains[receiver] += self.sides[receiver]._dh is not key
        self.read[receiver].append(message)

    @precondition(lambda self: any(self.flying))
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        receiver, message = self._pick(data, self.flying)
        self.flying[receiver].remove(message)

    @precondition(lambda self: any(self.read))
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        receiver, message = self._pick(data, self.read)
        refused(self.sides[receiver], message.wire)

    @precondition(lambda self: any(self.flying))
    @rule(data=st.data(), mask=st.integers(1, 255))
    def tamper(self, data: st.DataObject, mask: int) -> None:
        receiver, message = self._pick(data, self.flying)
        at = data.draw(st.integers(0, len(message.wire) - 1))
        wire = bytearray(message.wire)
        wire[at] ^= mask
        refused(self.sides[receiver], bytes(wire))
        refused(self.sides[receiver], message.wire[:at])

    @precondition(lambda self: any(self.flying))
    @rule(data=st.data())
    def reflect(self, data: st.DataObject) -> None:
        receiver, message = self._pick(data, self.flying)
        refused(self.sides[1 - receiver], message.wire)

    @precondition(lambda self: any(map(len, self.flying)))
    @rule(data=st.data())
    def splice(self, data: st.DataObject) -> None:
        receiver, one = self._pick(data, self.flying)
        _, other = self._pick(data, self.flying)
        if one is not other:
            refused(self.sides[receiver], one.wire[:80] + other.wire[80:])

    @rule(receiver=SIDES, junk=st.binary(max_size=200))
    def junk(self, receiver: int, junk: bytes) -> None:
        refused(self.sides[receiver], junk)
        refused(self.sides[receiver], self.stranger.encrypt(junk))

    def _pick(self, data: st.DataObject, messages: tuple[list[Flying], list[Flying]]) -> tuple[int, Flying]:
        receiver = data.draw(st.sampled_from([side for side in (0, 1) if messages[side]]))
        return receiver, data.draw(st.sampled_from(messages[receiver]))


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)


@given(st.lists(st.tuples(st.sampled_from(["send", "deliver"]), SIDES), max_size=80))
@settings(max_examples=100, deadline=None)
def test_an_ordered_link_never_needs_to_skip(steps: list[tuple[str, int]]) -> None:
    sides = opened_pair(max_skip=0)
    wires: tuple[list[tuple[bytes, bytes]], ...] = ([], [])
    for number, (step, side) in enumerate(steps):
        if step == "send":
            text = b"%d" % number
            wires[1 - side].append((text, sides[side].encrypt(text)))
        elif wires[side]:
            text, wire = wires[side].pop(0)
            assert sides[side].decrypt(wire) == text
    assert all(side._skipped == {} for side in sides)
