"""The read marker, what is unread, and how much of it one friend may leave here."""

import pytest

from chattor.crypto.certificate import issue
from chattor.errors import BadInput, NotAllowed, NotFound
from chattor.handlers import changes, messaging, reading, router
from chattor.handlers.messaging import History, SendText
from chattor.handlers.router import Outcome, Peer
from chattor.handlers.views import friend_view
from chattor.model.friend import Friend
from chattor.protocol.frames import Ack, Frame, Msg
from chattor.protocol.friendship import State
from chattor.protocol.limits import DRAFT_MAX, ITEM_COST, TEXT_MAX, UNREAD_MAX
from tests.support.desk import FRIEND, Desk

Desks = tuple[Desk, Desk]


def _letters(author: Desk, reader: Desk, *texts: str) -> None:
    for text in texts:
        author.send(text)
    _pass(author, reader)


def _pass(author: Desk, reader: Desk) -> None:
    frames = author.take(author.hear_hello(reader.friend().high)).frames
    author.hear_ack(reader.receive(*(frame for frame in frames if isinstance(frame, Msg))).high)


def _unread(desk: Desk) -> int:
    return desk.act(lambda tx, ctx: friend_view(tx, ctx, desk._row(tx))).unread


def _read(desk: Desk, upto: str | None = None) -> Friend:
    return desk.act(reading.read, "f1", upto)


def _changes(desk: Desk) -> int:
    return sum(row.event == "friend_changed" for row in desk.act(lambda tx, ctx: tx.events.after(0, 1000)))


def test_the_marker_moves_on_and_back(desks: Desks) -> None:
    alice, bob = desks
    _letters(alice, bob, "one", "two", "three")

    assert [_read(bob, upto).unread for upto in ("m2", None, "m1", "", "m3")] == [1, 0, 2, 3, 0]


def test_every_face_is_told_when_the_number_changes_and_only_then(desks: Desks) -> None:
    alice, bob = desks
    _letters(alice, bob, "one", "two")

    for upto, told in (("m1", 1), ("m1", 1), (None, 2), (None, 2), ("m1", 3)):
        _read(bob, upto)
        assert _changes(bob) == told


def test_to_the_end_never_moves_back(desks: Desks) -> None:
    alice, bob = desks
    _letters(alice, bob, "one")
    bob.send("mine")
    _read(bob)
    bob.act(lambda tx, ctx: tx.messages.delete_all(FRIEND))

    _read(bob)

    assert bob.friend().read_id == 2


def test_a_place_belongs_to_its_conversation(desks: Desks) -> None:
    alice, bob = desks
    _letters(alice, bob, "one")

    with pytest.raises(NotFound):
        _read(bob, "m9")
    other = bob.act(
        lambda tx, ctx: (
            tx.friends.add(
                state=State.FRIEND, name="other", note="", asked_ms=0, onion_pk=bytes(32), id_commit=bytes(16), knows=1
            ).id
        )
    )
    with pytest.raises(NotAllowed, match="another conversation"):
        bob.act(reading.read, f"f{other}", "m1")
    for page in (History(friend=f"f{other}", before="m1"), History(friend=f"f{other}", around="m1")):
        with pytest.raises(NotAllowed, match="another conversation"):
            bob.act(messaging.history, page)


def test_what_was_deleted_is_not_unread(desks: Desks) -> None:
    alice, bob = desks
    sent = alice.act(messaging.send_text, SendText(friend="f1", text="oops"))
    _pass(alice, bob)
    assert _unread(bob) == 1

    alice.act(changes.delete, sent.id)
    _pass(alice, bob)

    assert _unread(bob) == 0


def test_counting_looks_at_what_is_unread_and_at_nothing_else(desk: Desk) -> None:
    plan = desk.act(
        lambda tx, ctx: list(
            tx._sql.execute(
                "EXPLAIN QUERY PLAN SELECT count(*) FROM messages"
                " WHERE friend = 1 AND id > 5 AND direction = 'in' AND text IS NOT NULL"
            )
        )
    )

    assert "messages_unread (friend=? AND id>?)" in str(plan)


def test_input_48_a_friend_fills_no_more_than_his_share_of_the_disk(desks: Desks) -> None:
    alice, bob = desks
    _letters(alice, bob, "x" * TEXT_MAX)
    assert TEXT_MAX < bob.friend().unread_bytes < TEXT_MAX + 2 * ITEM_COST
    bob.act(lambda tx, ctx: tx.friends.update(FRIEND, unread_bytes=UNREAD_MAX - 1))
    alice.send("the last")
    alice.send("too much")
    last, too_much = (frame for frame in alice.take(alice.hear_hello(bob.friend().high)).frames)

    assert _dispatch(bob, alice, last).answers == [Ack(r_high=2, r_hash=bob.friend().high.hash)]
    before = bob.everything()
    ignored = _dispatch(bob, alice, too_much)

    assert (ignored.answers, ignored.broken, ignored.unasked) == ([], False, 0)
    assert bob.everything() == before
    assert bob.friend().notice == reading.FULL
    assert _changes(bob) == 1


def test_reading_makes_room_and_the_next_link_brings_the_rest(desks: Desks) -> None:
    alice, bob = desks
    bob.act(lambda tx, ctx: tx.friends.update(FRIEND, unread_bytes=UNREAD_MAX - 1))
    _letters(alice, bob, "the last")

    hung_up = bob.act(lambda tx, ctx: (reading.read(tx, ctx, "f1", None), tx.effects.hang_ups)[1])

    assert FRIEND in hung_up
    assert (bob.friend().notice, bob.friend().unread_bytes) == (None, 0)
    _letters(alice, bob, "more")
    assert bob.texts("in") == ["the last", "more"]


def _dispatch(desk: Desk, sender: Desk, frame: Frame) -> Outcome:
    return desk.act(router.dispatch, Peer(issue(sender.own.identity, epoch=1, created_ms=0), FRIEND, 1), [frame])


def test_a_draft_is_kept_whole_or_refused(desk: Desk) -> None:
    assert desk.act(reading.draft, "f1", "é" * DRAFT_MAX) == "é" * DRAFT_MAX
    with pytest.raises(BadInput, match=r"up to 64,000 characters, this one 64,001"):
        desk.act(reading.draft, "f1", "é" * (DRAFT_MAX + 1))
    assert desk.act(reading.draft, "f1", None) == "é" * DRAFT_MAX
