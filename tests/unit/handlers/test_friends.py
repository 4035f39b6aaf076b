"""What the user does about friends, and who is let in at a link: pins, alarms, evictions."""

import pytest

from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import Identity
from chattor.errors import BadFriendCode, BadInput, NotAllowed
from chattor.handlers import friends, peers, router
from chattor.handlers.friends import AddFriend
from chattor.handlers.peers import Admission, Refusal
from chattor.handlers.router import Outcome, Peer
from chattor.model.friend import FRIEND_OPTIONS, FriendState, RequestDirection
from chattor.protocol import pins
from chattor.protocol.frames import Accept, Done, Frame, Msg, Remove, Request
from chattor.protocol.friend_code import FriendCode
from chattor.protocol.friendship import State
from chattor.protocol.limits import NOTE_MAX, REQUESTS_MAX
from chattor.protocol.link import Continuity, Purpose
from tests.support.desk import FRIEND, Desk
from tests.support.dice import dice

STRANGER = Identity.generate(dice("stranger"))
CERTIFICATE = issue(STRANGER, epoch=1, created_ms=0)
CODE = FriendCode(STRANGER.onion.public, CERTIFICATE.id_commit).encode()


def _say(desk: Desk, *frames: Frame, friend: int | None = None, certificate: Certificate = CERTIFICATE) -> Outcome:
    return desk.act(router.dispatch, Peer(certificate, friend, 1), frames)


def _admit(
    desk: Desk, certificate: Certificate = CERTIFICATE, purpose: Purpose = Purpose.REQUEST
) -> Admission | Refusal:
    return desk.act(peers.admit, certificate, purpose, 1)


def _states(desk: Desk) -> list[State]:
    return [row.state for row in desk.act(lambda tx, ctx: tx.friends.all())]


def test_adding_needs_a_name_that_may_be_shown_and_a_note_that_fits(desk: Desk) -> None:
    with pytest.raises(BadInput):
        desk.act(friends.add, AddFriend(code=CODE, name="\u202egro.live"))
    with pytest.raises(BadInput, match="281 characters"):
        desk.act(friends.add, AddFriend(code=CODE, note="x" * (NOTE_MAX + 1)))

    assert _states(desk) == [State.FRIEND]


def test_our_own_code_and_a_friends_code_are_named_as_such(desk: Desk) -> None:
    own = desk.own.identity
    with pytest.raises(BadFriendCode, match="you"):
        desk.act(friends.add, AddFriend(code=FriendCode(own.onion.public, own.id_commit).encode()))
    row = desk.friend()
    with pytest.raises(NotAllowed, match="friends already"):
        desk.act(friends.add, AddFriend(code=FriendCode(row.onion_pk, row.id_commit).encode()))


def test_a_known_address_under_another_identity_is_refused(desk: Desk) -> None:
    mixed = FriendCode(desk.friend().onion_pk, CERTIFICATE.id_commit).encode()

    with pytest.raises(BadFriendCode, match="another identity"):
        desk.act(friends.add, AddFriend(code=mixed))


def test_a_request_can_be_made_seen_and_withdrawn_without_a_trace(desk: Desk) -> None:
    asked = desk.act(friends.add, AddFriend(code=CODE, name="stranger", note="hello"))

    assert (asked.direction, asked.state) == (RequestDirection.OUTGOING, FriendState.OUTGOING)
    assert desk.act(friends.cancel, asked.id).state is FriendState.NONE
    assert _states(desk) == [State.FRIEND]


def test_a_stranger_can_leave_one_request_and_nothing_else(desk: Desk) -> None:
    assert _admit(desk) == Admission(friend=None)

    outcome = _say(desk, Request(b"1" * 16, "Eve", "hi"))

    assert outcome.answers == [Done(b"1" * 16)]
    assert _states(desk) == [State.FRIEND, State.INCOMING]
    again = _say(desk, Request(b"2" * 16, "Eve", "hi again"), friend=outcome.friend)
    assert again.answers == [Done(b"2" * 16)]
    assert _states(desk) == [State.FRIEND, State.INCOMING]


def test_accepting_a_request_answers_it_and_makes_a_friend(desk: Desk) -> None:
    outcome = _say(desk, Request(b"1" * 16, "Eve", "hi"))

    friend = desk.act(friends.accept, f"f{outcome.friend}")

    assert friend.state is FriendState.FRIEND
    waiting = desk.act(lambda tx, ctx: [operation.kind for operation in tx.outbox.of(outcome.friend or 0)])
    assert waiting == ["accept"]


def test_a_rejected_identity_is_answered_and_leaves_no_row(desk: Desk) -> None:
    outcome = _say(desk, Request(b"1" * 16, "Eve", "hi"))
    desk.act(friends.reject, f"f{outcome.friend}")

    assert _states(desk) == [State.FRIEND]
    assert _say(desk, Request(b"2" * 16, "Eve", "please")).answers == [Done(b"2" * 16)]
    assert _states(desk) == [State.FRIEND]


def test_a_repeated_operation_is_answered_and_changes_nothing(desk: Desk) -> None:
    desk.act(friends.add, AddFriend(code=CODE))
    _admit(desk)
    _say(desk, Accept(b"1" * 16, "Eve"), friend=2)
    _say(desk, Remove(b"2" * 16), friend=2)
    outcome = _say(desk, Request(b"3" * 16, "Eve", ""))
    desk.act(friends.accept, f"f{outcome.friend}")

    repeated = _say(desk, Remove(b"2" * 16), friend=outcome.friend)

    assert repeated.answers == [Done(b"2" * 16)]
    assert _states(desk) == [State.FRIEND, State.FRIEND]


def test_a_repeated_remove_does_not_end_the_friendship_that_began_after_it(desk: Desk) -> None:
    """Both had removed each other and asked anew; the answers to this were lost with the link."""
    desk.act(friends.add, AddFriend(code=CODE))
    _admit(desk)
    said = (Remove(b"a" * 16), Request(b"b" * 16, "stranger"))
    _say(desk, *said, friend=2)
    assert _states(desk) == [State.FRIEND, State.FRIEND]

    again = _say(desk, *said, friend=2)

    assert again.answers == [Done(b"a" * 16), Done(b"b" * 16)]
    assert _states(desk) == [State.FRIEND, State.FRIEND]


def test_a_full_inbox_evicts_one_unseen_request(desk: Desk) -> None:
    rng = dice("crowd")
    for number in range(REQUESTS_MAX + 3):
        certificate = issue(Identity.generate(rng), epoch=1, created_ms=0)
        _say(desk, Request(number.to_bytes(16, "big"), f"asker {number}", ""), certificate=certificate)

    assert _states(desk).count(State.INCOMING) == REQUESTS_MAX


def test_a_request_whose_row_is_gone_is_heard_anew_when_it_is_repeated(desk: Desk) -> None:
    """Evicted by a crowd, say: whoever asked repeats it once a day under the same id."""
    asked = Request(b"1" * 16, "Eve", "hi")
    first = _say(desk, asked).friend
    desk.act(lambda tx, ctx: tx.friends.delete(first or 0))

    again = _say(desk, asked)

    assert again.answers == [Done(asked.op_id)]
    assert _states(desk) == [State.FRIEND, State.INCOMING]
    (request,) = desk.act(friends.requests)
    assert (request.name, request.note) == ("Eve", "hi")


def test_requests_somebody_looked_at_are_not_evicted(desk: Desk) -> None:
    first = _say(desk, Request(b"1" * 16, "Eve", "hi")).friend
    desk.act(friends.requests)
    rng = dice("crowd")
    for number in range(REQUESTS_MAX + 3):
        certificate = issue(Identity.generate(rng), epoch=1, created_ms=0)
        _say(desk, Request(number.to_bytes(16, "big"), f"asker {number}", ""), certificate=certificate)

    assert first in [row.id for row in desk.act(lambda tx, ctx: tx.friends.all())]


def test_input_32_a_friend_at_another_address_without_a_newer_certificate_alarms(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    moved = Identity(onion=STRANGER.onion, sig=bob.own.identity.sig, dh=bob.own.identity.dh)
    alice.act(lambda tx, ctx: tx.friends.update(FRIEND, epoch=1))

    assert isinstance(_admit(alice, issue(moved, epoch=1, created_ms=0), Purpose.FRIEND), Refusal)
    assert alice.friend().alarm == pins.OTHER_ADDRESS
    assert alice.friend().onion_pk == bob.own.identity.onion.public


def test_a_newer_certificate_moves_the_address_and_keeps_the_friend(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    moved = Identity(onion=STRANGER.onion, sig=bob.own.identity.sig, dh=bob.own.identity.dh)

    admission = _admit(alice, issue(moved, epoch=2, created_ms=0), Purpose.FRIEND)

    assert isinstance(admission, Admission)
    assert admission.commits
    assert alice.friend().onion_pk == STRANGER.onion.public


def test_input_23_an_older_certificate_than_the_pinned_one_alarms(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.act(lambda tx, ctx: tx.friends.update(FRIEND, epoch=5))

    assert isinstance(_admit(alice, issue(bob.own.identity, epoch=4, created_ms=0), Purpose.FRIEND), Refusal)
    assert alice.friend().alarm == pins.OLDER_CERTIFICATE


def test_a_friends_address_with_another_identity_alarms(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    other = Identity(onion=bob.own.identity.onion, sig=STRANGER.sig, dh=STRANGER.dh)

    assert isinstance(_admit(alice, issue(other, epoch=9, created_ms=0)), Refusal)
    assert alice.friend().alarm == pins.OTHER_IDENTITY


def test_a_hello_leaves_the_secret_its_link_used_and_the_next_one(desks: tuple[Desk, Desk]) -> None:
    """Also if that was the older of the two, because a HELLO had been lost. A link of another purpose leaves both."""
    alice, bob = desks
    old, lost, fresh = (bytes([number]) * 32 for number in range(3))
    who = bob.own.present.id_commit
    alice.act(lambda tx, ctx: tx.friends.update(FRIEND, continuity=lost, continuity_before=old))

    alice.act(peers.greet, FRIEND, who, None)
    assert (alice.friend().continuity, alice.friend().continuity_before) == (lost, old)
    alice.act(peers.greet, FRIEND, who, Continuity(old, fresh, recognised=True))
    assert (alice.friend().continuity, alice.friend().continuity_before) == (fresh, old)
    assert alice.friend().notice is None
    alice.act(peers.greet, FRIEND, who, Continuity(None, lost, recognised=False))
    assert (alice.friend().continuity, alice.friend().continuity_before) == (lost, None)
    assert alice.friend().notice == peers.CONTINUITY_LOST


def test_the_blocked_are_let_go_before_anything_else(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.act(friends.block, "f1")

    assert _admit(alice, issue(bob.own.identity, epoch=1, created_ms=0), Purpose.FRIEND) == Refusal("blocked")


def test_the_blocked_raise_no_alarm_with_another_identity(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.act(friends.block, "f1")
    other = Identity(onion=bob.own.identity.onion, sig=STRANGER.sig, dh=STRANGER.dh)
    shown = issue(other, epoch=2, created_ms=0)
    before = alice.everything()

    assert _admit(alice, shown) == Refusal("blocked")
    assert _say(alice, Request(b"b" * 16, "bob"), certificate=shown).over
    assert alice.everything() == before


def test_somebody_who_says_we_were_friends_becomes_a_request(desk: Desk) -> None:
    admission = _admit(desk, purpose=Purpose.FRIEND)

    assert isinstance(admission, Admission)
    assert not admission.commits
    row = desk.act(lambda tx, ctx: tx.friends.get(admission.friend or 0))
    assert row is not None
    assert (row.state, row.note) == (State.INCOMING, peers.SAYS_FRIENDS)


def test_messages_of_a_friend_we_just_removed_are_neither_kept_nor_answered(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    bob.send("one more thing")
    frames = [frame for frame in bob.take(0).frames if isinstance(frame, Msg)]
    alice.act(friends.remove, "f1", True)

    outcome = _say(alice, *frames, friend=FRIEND, certificate=issue(bob.own.identity, epoch=1, created_ms=0))

    assert outcome.answers == []
    assert alice.texts("in") == []


def test_what_is_left_of_a_friend_who_removed_us_can_be_forgotten(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.send("between us")
    certificate = issue(bob.own.identity, epoch=1, created_ms=0)
    _say(alice, Remove(b"r" * 16), friend=FRIEND, certificate=certificate)
    assert alice.texts("out") == ["between us"]
    with pytest.raises(NotAllowed, match="cannot remove"):
        alice.act(friends.remove, "f1", True)

    assert alice.act(friends.remove, "f1", False).state is FriendState.NONE

    assert alice.texts("out") == []
    assert _states(alice) == []


def test_whoever_is_blocked_while_we_dial_him_is_let_go(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.act(friends.block, "f1")

    proved = alice.act(peers.prove, FRIEND, issue(bob.own.identity, epoch=1, created_ms=0), Purpose.FRIEND)

    assert proved == Refusal("blocked")


@pytest.mark.parametrize(("epoch", "follows"), [(1, False), (2, True)])
def test_the_first_certificate_of_whom_a_code_named_may_be_of_another_address_if_he_moved(
    desk: Desk, epoch: int, follows: bool
) -> None:
    asked = desk.act(friends.add, AddFriend(code=CODE))
    elsewhere = Identity(onion=Identity.generate(dice("moved")).onion, sig=STRANGER.sig, dh=STRANGER.dh)

    verdict = _admit(desk, issue(elsewhere, epoch=epoch, created_ms=0), Purpose.FRIEND)

    assert isinstance(verdict, Admission) is follows
    (row,) = (one for one in desk.act(friends.listing) if one.id == asked.id)
    assert row.alarm == (None if follows else pins.OTHER_ADDRESS)


def test_input_114_a_name_that_looks_like_a_friends_is_said_so(desk: Desk) -> None:
    desk.act(friends.rename, "f1", "Alice")

    _say(desk, Request(b"1" * 16, "Аlice", "it is me"))

    (request,) = desk.act(friends.requests)
    assert request.notice == "this name looks like that of your friend Alice (f1)"
    renamed = desk.act(friends.rename, request.id, "Eve")
    assert renamed.note is None
    assert desk.act(friends.rename, request.id, "ALICE").note is not None
    assert desk.act(friends.accept, request.id).state is FriendState.FRIEND


def test_an_acceptance_under_a_friends_name_is_said_so(desk: Desk) -> None:
    desk.act(friends.rename, "f1", "Bob")
    asked = desk.act(friends.add, AddFriend(code=CODE))
    assert isinstance(_admit(desk, purpose=Purpose.FRIEND), Admission)

    _say(desk, Accept(b"1" * 16, "Bοb"), friend=2)

    (row,) = (one for one in desk.act(friends.listing) if one.id == asked.id)
    assert row.note == "this name looks like that of your friend Bob (f1)"


def test_every_option_takes_every_value_the_faces_offer_for_it(desk: Desk) -> None:
    assert set(FRIEND_OPTIONS) == set(friends.OPTIONS)
    for key, values in FRIEND_OPTIONS.items():
        for value in values:
            changed = desk.act(friends.set_option, "f1", key, value)
            assert {"muted": "on" if changed.muted else "off", **changed.options}[key] == value
            assert desk.act(friends.show, "f1") == changed


def test_a_name_no_longer_taken_for_another_says_nothing(desk: Desk) -> None:
    desk.befriend(Identity.generate(dice("another")))
    desk.act(friends.rename, "f2", "Carol")
    assert "looks like" in (desk.act(friends.rename, "f1", "carol").note or "")

    desk.act(friends.rename, "f2", "dora")

    assert [row.notice for row in desk.act(lambda tx, ctx: tx.friends.all())] == [None, None]
