"""Which link speaks of now, and which only of what was (protocol §6)."""

from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import Identity
from chattor.protocol.handshake import Purpose
from chattor.protocol.past import OLDER, PARTED, Past
from tests.support.dice import dice

ADA = Identity.generate(dice("ada"))
BEN = Identity.generate(dice("ben"))


def _shown(epoch: int, who: Identity = ADA) -> Certificate:
    return issue(who, epoch=epoch, created_ms=0)


def test_a_link_from_before_a_move_shows_the_older_certificate_late() -> None:
    past = Past()
    past.met(_shown(1), 5.0)
    past.met(_shown(2), 10.0)
    assert past.overtook(_shown(1), Purpose.FRIEND, 9.9) == OLDER
    assert past.overtook(_shown(2), Purpose.FRIEND, 9.9) == ""


def test_a_link_that_began_later_tells_of_a_copy_or_a_store_put_back() -> None:
    past = Past()
    past.met(_shown(2), 10.0)
    assert past.overtook(_shown(1), Purpose.FRIEND, 10.0) == ""


def test_since_when_a_certificate_is_known_does_not_move_when_it_is_shown_again() -> None:
    past = Past()
    past.met(_shown(2), 10.0)
    past.met(_shown(2), 20.0)
    past.met(_shown(1), 30.0)
    assert past.overtook(_shown(1), Purpose.FRIEND, 15.0) == ""


def test_a_link_from_before_the_end_of_a_friendship_claims_nothing() -> None:
    past = Past()
    past.parted(ADA.id_commit, 10.0)
    assert past.overtook(_shown(1), Purpose.FRIEND, 9.9) == PARTED
    assert past.overtook(_shown(1), Purpose.FRIEND, 10.0) == ""
    assert past.overtook(_shown(1), Purpose.REQUEST, 9.9) == ""


def test_of_others_nothing_is_known() -> None:
    past = Past()
    past.met(_shown(2), 10.0)
    past.parted(ADA.id_commit, 10.0)
    assert past.overtook(_shown(1, BEN), Purpose.FRIEND, 0.0) == ""
