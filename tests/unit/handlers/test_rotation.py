"""What ROTATE may not do: move a friend by whoever is not he, back, onto somebody else, or onto us (protocol §6)."""

from dataclasses import replace

import pytest

from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import Identity, SigningKey
from chattor.errors import (
    BadFriendCode,
    BadSignature,
    HandshakeRefused,
    NotAllowed,
    NotFound,
    ProtocolViolation,
    RemoteError,
)
from chattor.handlers import channels, delivery, friends, peers, rotation, router, visiting
from chattor.handlers.channels import Subscribe
from chattor.handlers.delivery import Manifest
from chattor.handlers.friends import AddFriend
from chattor.handlers.peers import Admission, Refusal
from chattor.handlers.router import Outcome, Peer
from chattor.model.friend import FriendState
from chattor.protocol.frames import Done, Frame, Msg, Request, Rotate
from chattor.protocol.friend_code import FriendCode
from chattor.protocol.friendship import State
from chattor.protocol.limits import FORMER_KEPT, FORMER_MAX
from chattor.protocol.link import Purpose
from chattor.protocol.pins import succession
from chattor.protocol.stream import START
from tests.support.desk import FRIEND, Desk
from tests.support.dice import dice

NEW = Identity.generate(dice("new"))
OP = b"r" * 16


def _certificate(identity: Identity, epoch: int = 1) -> Certificate:
    return issue(identity, epoch=epoch, created_ms=0)


def _rotate(old: Identity, new: Identity = NEW, epoch: int = 2, signer: SigningKey | None = None) -> Rotate:
    raw = _certificate(new, epoch).raw
    word = succession(old.id_commit, raw)
    return Rotate(OP, raw, (signer or old.sig).sign(word), new.sig.sign(word))


def _say(desk: Desk, who: Identity, *frames: Frame, friend: int | None = FRIEND) -> Outcome:
    return desk.act(router.dispatch, Peer(_certificate(who), friend, 1), frames)


def _become(desk: Desk, what: str) -> None:
    desk.act(getattr(rotation, f"rotate_{what}"))
    own = desk.act(lambda tx, ctx: tx.own.load())
    assert own is not None
    desk.own = own


def _manifest(shown: int, peer: bytes) -> Manifest:
    return Manifest(
        hello=START,
        sent_pos=None,
        in_flight=0,
        in_flight_bytes=0,
        operations_sent=frozenset(),
        shown=shown,
        peer=peer,
    )


def test_a_friend_moves_with_all_he_has_and_is_verified_no_more(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.act(friends.verify, "f1", True)
    before = alice.friend()

    outcome = _say(alice, bob.own.identity, _rotate(bob.own.identity))

    assert (outcome.answers, outcome.over) == ([Done(OP)], True)
    after = alice.friend()
    assert (after.ik_sig, after.id_commit, after.onion_pk) == (NEW.sig.public, NEW.id_commit, NEW.onion.public)
    assert (after.epoch, after.verified, after.notice) == (2, False, rotation.FOLLOWED)
    assert (after.way, after.sending, after.high) == (before.way, before.sending, before.high)


@pytest.mark.parametrize(
    "lie", ["another signer", "another friend's word", "an older epoch", "nothing new", "us", "bits", "no consent"]
)
def test_what_the_pinned_identity_does_not_vouch_for_changes_nothing(desks: tuple[Desk, Desk], lie: str) -> None:
    alice, bob = desks
    old = bob.own.identity
    alice.act(lambda tx, ctx: tx.friends.update(FRIEND, epoch=3))
    good = _rotate(old, epoch=4)
    frame = {
        "another signer": _rotate(old, epoch=4, signer=NEW.sig),
        "another friend's word": _rotate(Identity.generate(dice("carol")), epoch=4),
        "an older epoch": _rotate(old, epoch=3),
        "nothing new": _rotate(old, new=Identity(onion=NEW.onion, sig=old.sig, dh=old.dh), epoch=4),
        "us": _rotate(old, new=alice.own.identity, epoch=4),
        "bits": Rotate(OP, bytes([*good.certificate[:-1], good.certificate[-1] ^ 1]), good.signature, good.consent),
        "no consent": Rotate(OP, good.certificate, good.signature, good.signature),
    }[lie]
    before = alice.everything()

    with pytest.raises((BadSignature, ProtocolViolation, HandshakeRefused)):
        _say(alice, old, frame)

    assert alice.everything() == before


def test_a_friend_cannot_take_the_place_of_somebody_who_asked(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    victor = Identity.generate(dice("victor"))
    _say(alice, victor, Request(OP, "victor"), friend=None)
    shown = _certificate(victor, 2).raw  # as everybody sees it who dials him
    word = bob.own.identity.sig.sign(succession(bob.own.identity.id_commit, shown))
    before = alice.everything()

    with pytest.raises(BadSignature):
        _say(alice, bob.own.identity, Rotate(OP, shown, word, word))

    assert alice.everything() == before


def test_an_operation_id_used_before_moves_a_friend_all_the_same(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    _say(alice, bob.own.identity, Request(OP, "bob"))

    outcome = _say(alice, bob.own.identity, _rotate(bob.own.identity))

    assert outcome.answers == [Done(OP)]
    assert alice.friend().id_commit == NEW.id_commit


def test_a_stranger_has_nothing_to_move(desk: Desk) -> None:
    stranger = Identity.generate(dice("stranger"))
    with pytest.raises(RemoteError):
        _say(desk, stranger, _rotate(stranger), friend=None)


def test_whoever_shows_what_was_left_is_answered_once_more_and_not_heard(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    bob.send("late")
    (late,) = (frame for frame in bob.take(0).frames if isinstance(frame, Msg))
    _say(alice, bob.own.identity, _rotate(bob.own.identity))
    before = alice.everything()

    again = _say(alice, bob.own.identity, _rotate(bob.own.identity), late, Request(b"q" * 16, "bob"), friend=None)

    assert (again.answers, again.over) == ([Done(OP)], True)
    assert alice.everything() == before
    admitted = alice.act(peers.admit, _certificate(bob.own.identity), Purpose.FRIEND, 1)
    assert admitted == Admission(friend=None)
    alice.act(friends.block, "f1")
    assert alice.act(peers.admit, _certificate(bob.own.identity), Purpose.REQUEST, 1) == Refusal("blocked")
    assert alice.act(peers.admit, _certificate(NEW, 2), Purpose.FRIEND, 1) == Refusal("blocked")


def test_a_link_dialled_before_a_friend_told_of_his_move_is_no_alarm(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    _say(alice, bob.own.identity, _rotate(bob.own.identity))
    before = alice.everything()

    proved = alice.act(peers.prove, FRIEND, _certificate(bob.own.identity), Purpose.FRIEND)

    assert isinstance(proved, Refusal)
    assert alice.everything() == before
    assert alice.friend().alarm is None


def test_whoever_moved_on_since_the_proof_is_not_greeted_as_who_he_was(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    old = bob.own.identity.id_commit
    assert alice.act(peers.greet, FRIEND, old, None) == alice.friend().high
    _say(alice, bob.own.identity, _rotate(bob.own.identity))
    before = alice.everything()

    assert alice.act(peers.greet, FRIEND, old, None) == Refusal(peers.MOVED)

    assert alice.everything() == before
    assert alice.act(peers.greet, FRIEND, NEW.id_commit, None) == alice.friend().high


def test_a_link_is_given_up_that_is_between_others_than_know_each_other(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.send("to whom?")
    _become(alice, "identity")
    before = alice.everything()

    for shown, peer in ((2, bob.own.identity.id_commit), (1, NEW.id_commit)):
        with pytest.raises(NotFound):
            alice.act(delivery.load, FRIEND, _manifest(shown, peer))

    assert alice.everything() == before
    cargo = alice.act(delivery.load, FRIEND, _manifest(1, bob.own.identity.id_commit))
    assert [type(frame) for frame in cargo.frames] == [Rotate]


def test_our_own_request_to_the_new_identity_gives_way(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.act(friends.add, AddFriend(code=FriendCode(NEW.onion.public, NEW.id_commit).encode()))

    _say(alice, bob.own.identity, _rotate(bob.own.identity))

    assert [row.state for row in alice.act(friends.listing)] == [FriendState.FRIEND]
    assert alice.friend().id_commit == NEW.id_commit


def test_an_identity_we_blocked_cannot_take_a_friends_place(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    asked = alice.act(friends.add, AddFriend(code=FriendCode(NEW.onion.public, NEW.id_commit).encode()))
    alice.act(friends.block, asked.id)

    outcome = _say(alice, bob.own.identity, _rotate(bob.own.identity))

    assert (outcome.answers, outcome.over) == ([], True)
    assert alice.friend().alarm == rotation.TAKEN
    assert alice.friend().id_commit == bob.own.identity.id_commit


def test_as_long_as_friends_have_not_followed_who_we_were_stays_and_no_longer(desk: Desk) -> None:
    _become(desk, "onion")
    _become(desk, "identity")
    desk.now += int(FORMER_KEPT * 1000)
    desk.act(rotation.retire)
    assert [one.waiting for one in desk.act(rotation.former)] == [1, 1]

    desk.act(lambda tx, ctx: tx.friends.update(FRIEND, knows=2))
    desk.act(rotation.retire)
    assert [one.waiting for one in desk.act(rotation.former)] == [1]

    desk.act(lambda tx, ctx: tx.friends.update(FRIEND, knows=3))
    desk.act(rotation.retire)
    assert desk.act(rotation.former) == []


def test_people_who_never_come_back_hold_no_address_up(desks: tuple[Desk, Desk]) -> None:
    alice, _ = desks
    victor = Identity.generate(dice("victor"))
    _say(alice, victor, Request(OP, "victor"), friend=None)
    alice.act(friends.remove, "f1", keep_history=False)
    _become(alice, "identity")
    assert [one.waiting for one in alice.act(rotation.former)] == [0]

    alice.now += int(FORMER_KEPT * 1000)
    alice.act(rotation.retire)

    assert alice.act(rotation.former) == []
    assert alice.act(lambda tx, ctx: (tx.friends.all(), tx.outbox.waiting())) == ([], set())


def test_a_request_to_an_address_of_the_same_identity_can_be_answered_for_ever(desk: Desk) -> None:
    victor = Identity.generate(dice("victor"))
    _say(desk, victor, Request(OP, "victor"), friend=None)
    _become(desk, "onion")
    desk.act(lambda tx, ctx: tx.friends.update(FRIEND, knows=2))
    desk.now += int(FORMER_KEPT * 1000)
    desk.act(rotation.retire)

    assert desk.act(rotation.former) == []
    assert [row.name for row in desk.act(lambda tx, ctx: tx.friends.all())] == ["friend", "victor"]


def test_who_is_left_is_bounded(desk: Desk) -> None:
    for _ in range(FORMER_MAX):
        _become(desk, "onion")
    with pytest.raises(NotAllowed, match="wait until friends have followed"):
        _become(desk, "onion")


def test_what_is_shown_to_whom(desk: Desk) -> None:
    for what in ("onion", "identity", "onion"):
        _become(desk, what)
    own = desk.own

    assert [guise.epoch for guise in own.guises] == [1, 2, 3, 4]
    assert [own.shown(epoch).epoch for epoch in (1, 2, 3, 4, 99)] == [2, 2, 4, 4, 4]
    assert [own.successor(epoch) is None for epoch in (1, 2, 3, 4)] == [False, False, True, True]
    assert own.same_identity(1, 2)
    assert not own.same_identity(2, 3)


def test_the_code_of_before_is_still_our_own_and_whoever_shows_its_identity_is_a_clone(desk: Desk) -> None:
    old = desk.own.identity
    _become(desk, "identity")

    with pytest.raises(BadFriendCode, match="your own"):
        desk.act(friends.add, AddFriend(code=FriendCode(old.onion.public, old.id_commit).encode()))
    assert desk.act(peers.admit, _certificate(old), Purpose.FRIEND, 1) == Refusal(peers.CLONE)


def test_a_friend_who_takes_our_new_identity_for_somebody_else_must_wait(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    _become(alice, "identity")

    outcome = alice.act(router.dispatch, Peer(_certificate(bob.own.identity), FRIEND, 2), [Request(b"q" * 16, "bob")])

    assert (outcome.answers, outcome.broken) == ([], True)
    assert alice.friend().state is State.FRIEND


def test_a_guise_is_the_present_one_until_it_is_left(desk: Desk) -> None:
    assert desk.own.present == replace(desk.own.guises[-1], left_ms=None)


def test_a_friend_who_moved_and_is_one_no_longer_is_read_as_who_he_became(desk: Desk) -> None:
    carol = Identity.generate(dice("carol"))
    desk.act(channels.subscribe, Subscribe(code=FriendCode(carol.onion.public, carol.id_commit).encode()))
    desk.act(visiting.prove, 1, _certificate(carol))
    desk.befriend(carol)
    _say(desk, carol, _rotate(carol), friend=2)

    desk.act(friends.remove, "f2", keep_history=True)
    desk.act(channels.subscribe, Subscribe(code=FriendCode(NEW.onion.public, NEW.id_commit).encode()))

    pin = desk.act(visiting.plan, 1).target.pin
    assert pin is not None
    assert (pin.ik_sig, pin.epoch) == (NEW.sig.public, 2)
