"""Two real stores, random schedules of sending, cuts and rollbacks: nothing lost, doubled or out of order (R13)."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from chattor.crypto.keys import Identity
from chattor.protocol.frames import Msg, Tombstone
from chattor.protocol.stream import Position
from tests.support.desk import Desk

SEEDS = int(os.environ.get("CHATTOR_SEEDS", "20"))
TELLING = (115, 119, 135)
"""Schedules that lose something if positions are compared without their hashes."""


class Pair:
    """Alice and Bob, who talk over a wire that may break at any frame."""

    def __init__(self, directory: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        keys = [Identity.generate(self.dice.randbytes) for _ in range(2)]
        self.desks = [
            Desk(directory / f"{name}.db", key, self.dice.randbytes) for name, key in zip("ab", keys, strict=True)
        ]
        self.desks[0].befriend(keys[1])
        self.desks[1].befriend(keys[0])
        self.counter = 0
        self.directory = directory

    def write(self, who: int) -> None:
        self.counter += 1
        self.desks[who].send(f"{who}:{self.counter}")

    def link(self, patience: float) -> None:
        """One link: both HELLOs, then each way items and acknowledgements until done or cut."""
        hellos = [desk.friend().high for desk in self.desks]
        for sender in self.dice.sample((0, 1), 2):
            if self.dice.random() > patience:
                return
            self._stream(sender, hellos[1 - sender], patience)

    def _stream(self, sender: int, hello: Position, patience: float) -> None:
        mine, theirs = self.desks[sender], self.desks[1 - sender]
        after = mine.hear_hello(hello)
        batch = mine.take(after)
        for item in batch.frames:
            if self.dice.random() > patience:
                return
            assert isinstance(item, Msg | Tombstone)
            received = theirs.receive(item)
            assert not received.broken
            if self.dice.random() < patience:
                mine.hear_ack(received.high)

    def snapshot(self, who: int) -> None:
        self.desks[who].snapshot(self.directory / f"{who}-{self.counter}.backup")

    def roll_back(self, who: int) -> None:
        backups = sorted(self.directory.glob(f"{who}-*.backup"))
        if backups:
            self.desks[who].roll_back(self.dice.choice(backups))

    def settle(self) -> None:
        for _ in range(3):
            self.link(patience=1.0)

    def close(self) -> None:
        for desk in self.desks:
            desk.close()


@pytest.fixture
def pair(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Pair]:
    made = Pair(tmp_path, request.param)
    yield made
    made.close()


@pytest.mark.parametrize("pair", range(SEEDS), indirect=True)
def test_cuts_lose_double_and_reorder_nothing(pair: Pair) -> None:
    for _ in range(40):
        step = pair.dice.random()
        if step < 0.6:
            pair.write(pair.dice.randrange(2))
        else:
            pair.link(patience=0.8)
    pair.settle()

    alice, bob = pair.desks
    assert bob.texts("in") == alice.texts("out")
    assert alice.texts("in") == bob.texts("out")
    assert alice.friend().notice is None
    assert bob.friend().notice is None


@pytest.mark.parametrize("pair", [*range(SEEDS), *TELLING], indirect=True)
def test_after_rollbacks_of_both_sides_every_text_a_store_still_has_arrives_once(pair: Pair) -> None:
    for _ in range(60):
        step = pair.dice.random()
        if step < 0.5:
            pair.write(pair.dice.randrange(2))
        elif step < 0.8:
            pair.link(patience=0.85)
        elif step < 0.9:
            pair.snapshot(pair.dice.randrange(2))
        else:
            pair.roll_back(pair.dice.randrange(2))
    pair.settle()

    for mine, theirs in (pair.desks, pair.desks[::-1]):
        retained = mine.texts("out")
        arrived = theirs.texts("in")
        assert len(arrived) == len(set(arrived)), "shown twice"
        assert set(retained) <= set(arrived), "lost"
