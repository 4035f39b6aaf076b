"""Frames of people who hold every key they should: what a stranger, a friend and a false friend cannot do.

The numbers are those of the catalogue of bad input; what breaks the protocol also changes nothing.
"""

import pytest

from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import Identity
from chattor.errors import NotAllowed, ProtocolViolation
from chattor.handlers import friends, router, timers
from chattor.handlers.context import Ctx
from chattor.handlers.friends import AddFriend
from chattor.handlers.router import Outcome, Peer
from chattor.model.message import MessageState
from chattor.protocol.content import TIMER, Timer
from chattor.protocol.frames import Accept, Ack, Done, Frame, Hello, Msg, Reject, Remove, Request, Tombstone
from chattor.protocol.friend_code import FriendCode
from chattor.protocol.friendship import State
from chattor.protocol.limits import HANDLED_MAX, HANDLED_STRANGERS_MAX, REQUESTS_MAX, SET_ASIDE_MAX
from chattor.protocol.pins import OTHER_IDENTITY
from chattor.protocol.stream import START, Kind, Position, Rest, direction, extend, rest_hash
from chattor.store.tx import Tx
from tests.support.desk import FRIEND, Desk
from tests.support.dice import dice

STRANGER = Identity.generate(dice("stranger"))
TWIN = Identity.generate(dice("twin"))
CERTIFICATE = issue(STRANGER, epoch=1, created_ms=0)
OTHER = 2
"""The number of a second friend."""

MESSAGE = Msg(seq=1, msg_id=b"m" * 16, prev=START.hash, rest=b"r" * 40)
FOR_FRIENDS: list[Frame] = [
    MESSAGE,
    Tombstone(seq=1, msg_id=b"m" * 16, prev=START.hash, rest_hash=b"h" * 32),
    Ack(r_high=1, r_hash=b"h" * 32),
    Done(b"1" * 16),
    Accept(b"1" * 16, "Eve"),
    Reject(b"1" * 16),
    Hello(1, 0, 0, bytes(32), 0, bytes(32)),
]


def _say(desk: Desk, *frames: Frame, friend: int | None = None, certificate: Certificate = CERTIFICATE) -> Outcome:
    return desk.act(router.dispatch, Peer(certificate, friend, 1), frames)


def _items(desk: Desk, after: int = 0) -> list[Msg]:
    return [frame for frame in desk.take(after).frames if isinstance(frame, Msg)]


def _certificate(desk: Desk) -> Certificate:
    return issue(desk.own.identity, epoch=1, created_ms=0)


@pytest.mark.parametrize("frame", FOR_FRIENDS, ids=lambda frame: type(frame).__name__)
def test_input_11_a_stranger_may_say_nothing_but_a_request(desk: Desk, frame: Frame) -> None:
    before = desk.everything()

    with pytest.raises(ProtocolViolation):
        _say(desk, frame)

    assert desk.everything() == before


@pytest.mark.parametrize("frame", [MESSAGE, Accept(b"2" * 16, "Eve")], ids=lambda frame: type(frame).__name__)
def test_input_11_whoever_left_a_request_is_still_a_stranger(desk: Desk, frame: Frame) -> None:
    friend = _say(desk, Request(b"1" * 16, "Eve", "hi")).friend
    before = desk.everything()

    with pytest.raises(ProtocolViolation):
        _say(desk, frame, friend=friend)

    assert desk.everything() == before


def test_input_33_a_repeated_message_is_acknowledged_and_not_shown_again(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.send("once")
    items = _items(alice)

    first = bob.receive(*items)
    again = bob.receive(*items)

    assert again == first
    assert bob.texts("in") == ["once"]


@pytest.mark.parametrize("skipped", [1, 2])
def test_input_34_a_number_ahead_closes_the_link_and_keeps_what_came_before(
    desks: tuple[Desk, Desk], skipped: int
) -> None:
    alice, bob = desks
    for text in ("one", "two", "three", "four"):
        alice.send(text)
    one, *rest = _items(alice)

    received = bob.receive(one, *rest[skipped:])

    assert received.broken
    assert received.high.seq == 1
    assert bob.texts("in") == ["one"]


def test_input_35_a_wrong_hash_of_what_came_before_closes_the_link(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.send("one")
    (one,) = _items(alice)

    received = bob.receive(Msg(seq=one.seq, msg_id=one.msg_id, prev=b"x" * 32, rest=one.rest))

    assert received.broken
    assert bob.texts("in") == []


def _second_friend(desk: Desk) -> Identity:
    other = Identity.generate(dice("other"))
    desk.befriend(other)
    return other


def test_input_37_the_same_id_from_another_friend_is_another_message(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    other = _second_friend(bob)
    alice.send("mine")
    (item,) = _items(alice)
    bob.receive(item)

    _say(bob, item, friend=OTHER, certificate=issue(other, epoch=1, created_ms=0))

    texts = bob.act(lambda tx, ctx: [row.text for row in tx.messages.newest(OTHER, 10)])
    assert (bob.texts("in"), texts) == (["mine"], ["mine"])


def _positions(desk: Desk) -> dict[str, Position]:
    """Acknowledgements nobody owes us."""
    last = desk.friend().sending.last
    beyond = extend(direction(b"a", b"b"), last, b"i" * 16, rest_hash(b""))
    return {
        "beyond our last": beyond,
        "our last under another hash": Position(last.seq, b"x" * 32),
        "our first under the hash of our last": Position(1, last.hash),
        "far beyond": Position((1 << 62) - 1, last.hash),
    }


@pytest.mark.parametrize(
    "which", ["beyond our last", "our last under another hash", "our first under the hash of our last", "far beyond"]
)
def test_input_38_an_acknowledgement_of_what_is_not_ours_marks_nothing(desks: tuple[Desk, Desk], which: str) -> None:
    alice, bob = desks
    alice.send("one")
    alice.send("two")
    alice.take(0)
    position, before = _positions(alice)[which], alice.everything()

    with pytest.raises(ProtocolViolation):
        _say(alice, Ack(position.seq, position.hash), friend=FRIEND, certificate=_certificate(bob))

    assert alice.everything() == before


def test_input_38_an_acknowledgement_of_what_was_never_sent_marks_nothing(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.send("kept back")
    last = alice.friend().sending.last

    with pytest.raises(ProtocolViolation):
        _say(alice, Ack(last.seq, last.hash), friend=FRIEND, certificate=_certificate(bob))

    assert alice.act(lambda tx, ctx: [row.state for row in tx.messages.newest(FRIEND, 10)]) == [MessageState.QUEUED]


def test_input_39_nothing_of_another_friend_is_acknowledged_or_finished(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    other = issue(_second_friend(alice), epoch=1, created_ms=0)
    alice.send("to bob")
    alice.take(0)
    alice.act(friends.remove, f"f{OTHER}", True)
    operation = alice.act(lambda tx, ctx: tx.outbox.of(OTHER)[0].op_id)
    last, before = alice.friend().sending.last, alice.everything()

    _say(alice, Done(operation), friend=FRIEND, certificate=_certificate(bob))
    _say(alice, Ack(last.seq, last.hash), friend=OTHER, certificate=other)

    assert alice.everything() == before


def test_input_52_a_flood_of_requests_leaves_a_full_inbox_and_no_more(desk: Desk) -> None:
    rng = dice("flood")
    for number in range(HANDLED_STRANGERS_MAX // 2):
        asker = issue(Identity.generate(rng), epoch=1, created_ms=0)
        _say(desk, Request(number.to_bytes(16, "big"), "Eve", "hi"), certificate=asker)

    states = desk.act(lambda tx, ctx: [row.state for row in tx.friends.all()])
    assert states.count(State.INCOMING) == REQUESTS_MAX
    assert len(states) == REQUESTS_MAX + 1


def _handled(desk: Desk) -> int:
    return len(desk.everything()["handled"])


def test_two_strangers_at_one_address_are_an_alarm_even_if_both_were_there_before_either_asked(desk: Desk) -> None:
    twin = issue(Identity(onion=STRANGER.onion, sig=TWIN.sig, dh=TWIN.dh), epoch=1, created_ms=0)
    first = _say(desk, Request(b"1" * 16, "Eve")).friend

    outcome = _say(desk, Request(b"2" * 16, "Eve"), certificate=twin)

    assert (outcome.answers, outcome.over) == ([], True)
    assert [row.alarm for row in desk.act(lambda tx, _: tx.friends.all()) if row.id == first] == [OTHER_IDENTITY]


def _spoken(by: Desk, to: Desk, kind: int, body: bytes, count: int) -> list[Msg]:
    """So many items of a stream, from its start."""
    rest = Rest(salt=bytes(16), kind=kind, sent_ms=0, ttl=0, body=body).encode()
    way = direction(by.own.identity.sig.public, to.own.identity.sig.public)
    at, items = START, []
    for number in range(count):
        named = number.to_bytes(16, "big")
        items.append(Msg(at.seq + 1, named, at.hash, rest))
        at = extend(way, at, named, rest_hash(rest))
    return items


def test_a_friend_who_says_what_nobody_understands_leaves_a_bounded_trace(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks

    assert not bob.receive(*_spoken(alice, bob, 99, b"?", SET_ASIDE_MAX + 3)).broken

    kept = bob.everything()["set_aside"]
    assert (len(kept), kept[-1][0]) == (SET_ASIDE_MAX, SET_ASIDE_MAX + 3)


def test_a_friend_who_never_knows_the_timer_is_reminded_of_it_once(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    bob.act(timers.set_timer, "f1", 60)
    bob.take(0)
    bob.hear_ack(bob.friend().sending.last)

    bob.receive(*_spoken(alice, bob, Kind.TIMER, TIMER.encode(Timer(0, 0)), 100))

    assert len(bob.everything()["chain"]) == 2


def test_a_stranger_who_asks_and_withdraws_for_ever_leaves_a_bounded_trace(desk: Desk) -> None:
    for number in range(3 * HANDLED_MAX):
        desk.now += 1
        asked = _say(desk, Request(number.to_bytes(16, "big"), "Eve", "hi"))
        _say(desk, Remove(number.to_bytes(16, "little")), friend=asked.friend)

    assert _handled(desk) <= HANDLED_MAX
    assert desk.act(lambda tx, ctx: len(tx.friends.all())) == 1


def _crowd(tx: Tx, ctx: Ctx) -> None:
    for number in range(HANDLED_STRANGERS_MAX + 10):
        tx.outbox.mark_handled(number.to_bytes(16, "big"), b"1" * 16, ctx.now + number)


def test_strangers_with_ever_new_identities_leave_a_bounded_trace(desk: Desk) -> None:
    desk.act(_crowd)

    assert _handled(desk) == HANDLED_STRANGERS_MAX


def test_a_flood_of_strangers_does_not_make_us_forget_what_a_friend_did(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    _say(alice, Request(b"f" * 16, "Bob"), friend=FRIEND, certificate=_certificate(bob))

    alice.act(_crowd)

    commit = _certificate(bob).id_commit
    assert alice.act(lambda tx, ctx: tx.outbox.is_handled(commit, b"f" * 16))


def test_a_request_that_is_repeated_changes_nothing(desk: Desk) -> None:
    asked = Request(b"1" * 16, "Eve", "hi")
    friend = _say(desk, asked).friend
    desk.act(friends.requests)
    before = desk.everything()
    desk.now += 1000

    again = _say(desk, asked, friend=friend)

    assert again.answers == [Done(b"1" * 16)]
    assert desk.everything() == before


def test_input_60_a_known_code_makes_no_second_friend(desk: Desk) -> None:
    row = desk.friend()

    with pytest.raises(NotAllowed, match="friends already"):
        desk.act(friends.add, AddFriend(code=FriendCode(row.onion_pk, row.id_commit).encode(), name="twin"))

    assert desk.act(lambda tx, ctx: [each.name for each in tx.friends.all()]) == [row.name]
