"""Two real stores, timers set on either side, cuts and rollbacks of both: in the end both show the same timer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chattor.handlers import delivery, timers
from chattor.protocol.frames import Msg, Tombstone
from chattor.protocol.stream import Position
from tests.properties.test_streams import SEEDS, Pair
from tests.support.desk import FRIEND

SECONDS = (None, 5, 60, 3600, 86_400)


class Couple(Pair):
    """Two who set timers, over links as the node drives them: what a HELLO calls for is said before the rest."""

    def set_timer(self, who: int) -> None:
        """Somebody decides."""
        self.desks[who].act(timers.set_timer, "f1", self.dice.choice(SECONDS))

    def agreed(self) -> bool:
        """Whether both show the same."""
        return len({desk.friend().timer for desk in self.desks}) == 1

    def _stream(self, sender: int, hello: Position, patience: float) -> None:
        mine, theirs = self.desks[sender], self.desks[1 - sender]
        manifest = delivery.Manifest(
            hello=hello,
            sent_pos=None,
            in_flight=0,
            in_flight_bytes=0,
            operations_sent=frozenset(),
            shown=mine.own.epoch,
            peer=mine.friend().id_commit,
        )
        for item in mine.act(delivery.load, FRIEND, manifest).frames:
            if self.dice.random() > patience:
                return
            assert isinstance(item, Msg | Tombstone)
            received = theirs.receive(item)
            assert not received.broken
            if self.dice.random() < patience:
                mine.hear_ack(received.high)


@pytest.fixture
def couple(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Couple]:
    made = Couple(tmp_path, request.param)
    yield made
    made.close()


@pytest.mark.parametrize("couple", range(SEEDS), indirect=True)
def test_crossings_and_cuts_end_in_one_timer(couple: Couple) -> None:
    for _ in range(40):
        if couple.dice.random() < 0.5:
            couple.set_timer(couple.dice.randrange(2))
        else:
            couple.link(patience=0.8)
    couple.settle()

    assert couple.agreed()


@pytest.mark.parametrize("couple", range(SEEDS), indirect=True)
def test_rollbacks_of_both_sides_end_in_one_timer(couple: Couple) -> None:
    for _ in range(60):
        step = couple.dice.random()
        if step < 0.3:
            couple.set_timer(couple.dice.randrange(2))
        elif step < 0.4:
            couple.write(couple.dice.randrange(2))
        elif step < 0.75:
            couple.link(patience=0.85)
        elif step < 0.88:
            couple.snapshot(couple.dice.randrange(2))
        else:
            couple.roll_back(couple.dice.randrange(2))
    couple.settle()
    couple.settle()

    assert couple.agreed()
