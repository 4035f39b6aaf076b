"""Edits, deletions and reactions between two stores: what both sides then tell, in whatever order things come."""

from pathlib import Path

import pytest

from chattor.crypto.keys import Identity
from chattor.errors import BadInput, NotAllowed, NotFound, ProtocolViolation
from chattor.handlers import changes, delivery, messaging, stream
from chattor.handlers.messaging import History, SendText
from chattor.handlers.overview import overview
from chattor.model.message import Message, MessageState
from chattor.protocol.content import DELETE, EDIT, REACTION, Delete, Edit, Reaction
from chattor.protocol.frames import Msg, Tombstone
from chattor.protocol.limits import REACTION_MAX, TEXT_MAX
from chattor.protocol.stream import START, Kind, Position, Rest, direction, extend, rest_hash
from tests.support.desk import FRIEND, Desk

Desks = tuple[Desk, Desk]
FAMILY = "👨‍👩‍👧"
UNKNOWN = b"u" * 16


def _write(desk: Desk, text: str = "first") -> str:
    return desk.act(messaging.send_text, SendText(friend="f1", text=text)).id


def _conversation(desk: Desk) -> list[Message]:
    return desk.act(messaging.history, History(friend="f1"))


def _told(desk: Desk) -> list[tuple[str | None, bool, dict[str, int]]]:
    """Text, whether edited, and how many think what, of each message."""
    return [
        (one.text, one.edited, {emoji: len(by) for emoji, by in one.reactions.items()}) for one in _conversation(desk)
    ]


def _pass(author: Desk, reader: Desk) -> None:
    """One link: everything that waits goes over and is acknowledged."""
    frames = author.take(author.hear_hello(reader.friend().high)).frames
    author.hear_ack(reader.receive(*(frame for frame in frames if isinstance(frame, Msg | Tombstone))).high)


def _events(desk: Desk) -> list[str]:
    return [row.event.value for row in desk.act(lambda tx, ctx: tx.events.after(0, 100))]


class Foe:
    """A friend's stream, made by hand: any item, in any order."""

    def __init__(self, desk: Desk, identity: Identity) -> None:
        self._desk = desk
        self._way = direction(identity.sig.public, desk.own.identity.sig.public)
        self._last = START

    def say(self, kind: int, body: bytes, msg_id: bytes | None = None) -> Msg:
        """The next item; its id is its number unless one is given."""
        rest = Rest(salt=bytes(16), kind=kind, sent_ms=1, ttl=0, body=body).encode()
        named = msg_id or (self._last.seq + 1).to_bytes(16, "big")
        item = Msg(seq=self._last.seq + 1, msg_id=named, prev=self._last.hash, rest=rest)
        at: Position = extend(self._way, self._last, item.msg_id, rest_hash(rest))
        self._desk.receive(item)
        self._last = at
        return item


@pytest.fixture
def foe(desks: Desks) -> Foe:
    """Bob, as seen by Alice, who says what he likes."""
    return Foe(desks[0], desks[1].own.identity)


def test_an_edit_shows_the_new_text_marked_edited_on_both_sides(desks: Desks) -> None:
    alice, bob = desks
    message = _write(alice)
    _pass(alice, bob)

    assert alice.act(changes.edit, message, "second").text == "second"
    _pass(alice, bob)

    assert _told(alice) == _told(bob) == [("second", True, {})]
    assert _events(bob)[-1] == _events(alice)[-1] == "message_changed"


def test_a_message_edited_before_it_left_arrives_once_with_its_last_text(desks: Desks) -> None:
    alice, bob = desks
    message = _write(alice)
    for text in ("second", "third"):
        alice.act(changes.edit, message, text)
    assert [one.state for one in _conversation(alice)] == [MessageState.QUEUED]
    _pass(alice, bob)

    assert _told(alice) == _told(bob) == [("third", True, {})]
    assert [one.state for one in _conversation(alice)] == [MessageState.DELIVERED]
    assert _events(bob) == ["message_received"]


def test_a_message_is_delivered_when_its_last_text_is(desks: Desks) -> None:
    alice, bob = desks
    message = _write(alice)
    items = [frame for frame in alice.take(0).frames if isinstance(frame, Msg)]
    alice.act(changes.edit, message, "second")

    alice.hear_ack(bob.receive(*items).high)
    assert [one.state for one in _conversation(alice)] == [MessageState.SENDING]
    _pass(alice, bob)
    assert [one.state for one in _conversation(alice)] == [MessageState.DELIVERED]


def test_the_same_text_again_is_no_edit(desk: Desk) -> None:
    message = _write(desk)

    assert not desk.act(changes.edit, message, "first").edited


def test_no_old_text_stays_in_the_store(desks: Desks) -> None:
    alice, bob = desks
    message = _write(alice, "SECRET-1")
    _pass(alice, bob)
    alice.act(changes.edit, message, "SECRET-2")
    _pass(alice, bob)
    alice.act(changes.delete, message)
    _pass(alice, bob)

    for desk in desks:
        assert "SECRET" not in repr(desk.everything())


def test_a_deletion_leaves_the_place_and_nothing_in_it(desks: Desks) -> None:
    alice, bob = desks
    message = _write(alice)
    _pass(alice, bob)
    bob.act(changes.react, "m1", "👍")
    alice.act(changes.delete, message)
    _pass(alice, bob)
    _pass(bob, alice)

    assert _told(alice) == _told(bob) == [(None, False, {})]
    assert [one.state for one in _conversation(alice)] == [MessageState.DELIVERED]
    assert alice.act(changes.delete, message).text is None, "again is harmless"


def test_a_message_deleted_before_it_left_never_arrives(desks: Desks) -> None:
    alice, bob = desks
    message = _write(alice)
    alice.act(changes.delete, message)
    _pass(alice, bob)

    assert [one.state for one in _conversation(alice)] == [MessageState.CANCELLED]
    assert _told(bob) == []
    assert _events(bob) == []


def test_a_deleted_message_cannot_be_edited_or_reacted_to(desk: Desk) -> None:
    message = _write(desk)
    desk.take(0)
    desk.act(changes.delete, message)

    with pytest.raises(NotAllowed, match="gone"):
        desk.act(changes.edit, message, "back")
    with pytest.raises(NotAllowed, match="gone"):
        desk.act(changes.react, message, "👍")


def test_what_never_arrived_cannot_be_edited(desk: Desk) -> None:
    message = _write(desk)
    desk.act(messaging.cancel, message)

    with pytest.raises(NotAllowed, match="cancelled"):
        desk.act(changes.edit, message, "better")


def test_only_the_author_edits_and_deletes(desks: Desks) -> None:
    alice, bob = desks
    _write(alice)
    _pass(alice, bob)

    with pytest.raises(NotAllowed, match="not yours"):
        bob.act(changes.edit, "m1", "mine")
    with pytest.raises(NotAllowed, match="not yours"):
        bob.act(changes.delete, "m1")
    with pytest.raises(NotFound):
        bob.act(changes.edit, "m9", "mine")


def test_a_friend_cannot_edit_or_delete_what_we_wrote(desks: Desks, foe: Foe) -> None:
    alice, bob = desks
    _write(alice, "mine")
    _pass(alice, bob)
    own = alice.act(lambda tx, ctx: tx.messages.newest(FRIEND, 1)[0].msg_id)

    foe.say(Kind.DELETE, DELETE.encode(Delete(own)))
    foe.say(Kind.EDIT, EDIT.encode(Edit(own, "forged")))

    assert [one.text for one in _conversation(alice)] == ["mine"]


def test_reactions_of_both_sides_are_told_on_both_sides(desks: Desks) -> None:
    alice, bob = desks
    message = _write(alice)
    _pass(alice, bob)

    alice.act(changes.react, message, FAMILY)
    bob.act(changes.react, "m1", "👍")
    _pass(alice, bob)
    _pass(bob, alice)

    assert [one.reactions for one in _conversation(alice)] == [{FAMILY: ["me"], "👍": ["f1"]}]
    assert [one.reactions for one in _conversation(bob)] == [{FAMILY: ["f1"], "👍": ["me"]}]


def test_another_reaction_replaces_the_first_and_nothing_takes_it_back(desks: Desks) -> None:
    alice, bob = desks
    message = _write(alice)
    for emoji, told in (("👍", {"👍": 1}), ("❤️", {"❤️": 1}), ("", {})):
        alice.act(changes.react, message, emoji)
        _pass(alice, bob)
        assert _told(alice) == _told(bob) == [("first", False, told)]


@pytest.mark.parametrize("emoji", ["ok", " ", "👍👍", "👍 ", "a", "1", "\u200d", "\x1b[2J", "🏴" + "👍\u200d" * 9])
def test_what_is_no_single_emoji_is_no_reaction(desk: Desk, emoji: str) -> None:
    message = _write(desk)
    before = desk.everything()

    with pytest.raises(BadInput):
        desk.act(changes.react, message, emoji)

    assert desk.everything() == before


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "❤️", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", FAMILY])
def test_one_emoji_is_one_however_it_is_written(desk: Desk, emoji: str) -> None:
    message = _write(desk)

    assert desk.act(changes.react, message, emoji).reactions == {emoji: ["me"]}


def test_an_edit_of_something_unknown_makes_it_and_the_text_itself_comes_too_late(desks: Desks, foe: Foe) -> None:
    alice, _ = desks
    foe.say(Kind.EDIT, EDIT.encode(Edit(UNKNOWN, "second")))
    foe.say(Kind.TEXT, b"\x91\xa5first", msg_id=UNKNOWN)

    assert _told(alice) == [("second", True, {})]


def test_a_deletion_is_final_whatever_comes_before_or_after(desks: Desks, foe: Foe) -> None:
    alice, _ = desks
    foe.say(Kind.DELETE, DELETE.encode(Delete(UNKNOWN)))
    foe.say(Kind.EDIT, EDIT.encode(Edit(UNKNOWN, "second")))
    foe.say(Kind.TEXT, b"\x91\xa5first", msg_id=UNKNOWN)
    shown = foe.say(Kind.TEXT, b"\x91\xa5other").msg_id
    foe.say(Kind.DELETE, DELETE.encode(Delete(shown)))
    foe.say(Kind.EDIT, EDIT.encode(Edit(shown, "third")))

    assert _told(alice) == [(None, False, {})]


def test_a_reaction_to_something_unknown_waits_for_it(desks: Desks, foe: Foe) -> None:
    alice, _ = desks
    foe.say(Kind.REACTION, REACTION.encode(Reaction(UNKNOWN, "👍")))
    foe.say(Kind.EDIT, EDIT.encode(Edit(UNKNOWN, "late")))

    assert _told(alice) == [("late", True, {"👍": 1})]


def test_a_reaction_that_is_no_emoji_is_nothing_and_harms_nothing(desks: Desks, foe: Foe) -> None:
    alice, _ = desks
    shown = foe.say(Kind.TEXT, b"\x91\xa5hello").msg_id
    foe.say(Kind.REACTION, REACTION.encode(Reaction(shown, "\x1b]0;x\x07")))
    foe.say(Kind.REACTION, REACTION.encode(Reaction(shown, "\U0001fafe")))  # of a Unicode we do not know yet

    assert _told(alice) == [("hello", False, {"\ufffd": 1})]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Kind.EDIT, b""),
        (Kind.EDIT, EDIT.encode(Edit(UNKNOWN, ""))),
        (Kind.EDIT, EDIT.encode(Edit(UNKNOWN, "x" * (TEXT_MAX + 1)))),
        (Kind.EDIT, b"\x92\xc4\x01u\xa1x"),
        (Kind.DELETE, b"\x90"),
        (Kind.DELETE, DELETE.encode(Delete(UNKNOWN)) + b"!"),
        (Kind.REACTION, REACTION.encode(Reaction(UNKNOWN, "x" * (REACTION_MAX + 1)))),
    ],
)
def test_a_malformed_change_is_refused_and_changes_nothing(desks: Desks, foe: Foe, kind: Kind, body: bytes) -> None:
    alice, _ = desks
    before = alice.everything()

    with pytest.raises(ProtocolViolation):
        foe.say(kind, body)

    assert alice.everything() == before


def test_an_edited_text_is_made_safe_to_show(desks: Desks, foe: Foe) -> None:
    alice, _ = desks
    foe.say(Kind.EDIT, EDIT.encode(Edit(UNKNOWN, "a\x1b[31mb")))

    assert _told(alice) == [("a␛[31mb", True, {})]


def test_an_alarm_stops_changes_too(desk: Desk) -> None:
    message = _write(desk)
    desk.act(lambda tx, ctx: tx.friends.update(FRIEND, alarm="another identity"))

    with pytest.raises(NotAllowed, match="another identity"):
        desk.act(changes.delete, message)
    with pytest.raises(NotAllowed, match="another identity"):
        desk.act(changes.react, message, "👍")


def test_a_reply_to_what_is_deleted_stays_harmless(desks: Desks) -> None:
    alice, bob = desks
    question = _write(alice, "question")
    _pass(alice, bob)
    bob.act(messaging.send_text, SendText(friend="f1", text="answer", reply_to="m1"))
    alice.act(changes.delete, question)
    _pass(alice, bob)
    _pass(bob, alice)

    for desk in desks:
        gone, answer = _conversation(desk)
        assert (gone.text, answer.text, answer.reply_to) == (None, "answer", gone.id)


def test_an_edit_that_waits_is_work_for_the_outbox(desks: Desks) -> None:
    alice, bob = desks
    message = _write(alice)
    _pass(alice, bob)
    assert alice.act(delivery.due) == []

    alice.act(changes.edit, message, "second")

    assert alice.act(delivery.due) == [FRIEND]


def test_a_change_that_waits_is_listed_once_and_can_be_hurried(desks: Desks) -> None:
    alice, bob = desks
    message = _write(alice)
    _pass(alice, bob)
    alice.act(changes.edit, message, "second")
    alice.act(changes.react, message, "👍")
    alice.now += 1
    alice.act(changes.edit, _write(alice, "new"), "newer")

    waiting = alice.act(delivery.outbox, 10)

    assert [(entry.id, entry.reason) for entry in waiting] == [
        ("f1", "edit: waiting for a link"),
        ("f1", "reaction: waiting for a link"),
        ("m2", "waiting for a link"),
    ]
    assert alice.act(overview).outbox == 3
    assert alice.act(delivery.retry, "f1") == waiting[0]
    _pass(alice, bob)
    assert alice.act(delivery.outbox, 10) == []
    with pytest.raises(NotAllowed, match="nothing waits"):
        alice.act(delivery.retry, "f1")


def test_what_a_later_version_wrote_before_this_one_is_listed_and_travels(desks: Desks) -> None:
    alice, bob = desks
    later = Rest(salt=bytes(16), kind=200, sent_ms=1, ttl=0, body=b"anything")
    alice.act(stream.append, alice.friend(), later)

    (entry,) = alice.act(delivery.outbox, 10)

    assert (entry.id, entry.reason) == ("f1", "something of a later version: waiting for a link")
    _pass(alice, bob)
    assert alice.act(delivery.outbox, 10) == []


def test_a_text_an_author_was_put_back_to_before_he_took_it_back_is_shown(desks: Desks, tmp_path: Path) -> None:
    alice, bob = desks
    message = _write(alice)
    alice.snapshot(tmp_path / "before")
    alice.act(messaging.cancel, message)
    _write(alice, "lost with the store")
    _pass(alice, bob)
    assert _told(bob) == [("lost with the store", False, {})]

    alice.roll_back(tmp_path / "before")
    _pass(alice, bob)

    assert _told(alice) == [("first", False, {})]
    assert _told(bob) == [("lost with the store", False, {}), ("first", False, {})]
