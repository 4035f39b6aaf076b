"""The age limit: what never left goes at once, what may have arrived waits for a HELLO, all of it says so."""

from chattor.handlers import delivery, messaging
from chattor.handlers.delivery import Manifest
from chattor.handlers.expiry import expire_unsent
from chattor.handlers.messaging import History
from chattor.model.message import MessageState
from chattor.protocol.frames import Msg, Tombstone
from chattor.protocol.stream import Position
from tests.support.desk import FRIEND, Desk

DAY = 86_400_000


def _states(desk: Desk) -> list[MessageState]:
    return [message.state for message in desk.act(messaging.history, History(friend="f1"))]


def _manifest(desk: Desk, hello: Position) -> Manifest:
    return Manifest(
        hello=hello,
        sent_pos=None,
        in_flight=0,
        in_flight_bytes=0,
        operations_sent=frozenset(),
        shown=desk.own.epoch,
        peer=desk.friend().id_commit,
    )


def test_without_a_limit_nothing_ever_expires(desk: Desk) -> None:
    desk.send("patient")
    desk.now += 400 * DAY
    desk.act(expire_unsent)

    assert _states(desk) == [MessageState.QUEUED]


def test_what_never_left_expires_and_says_so(desk: Desk) -> None:
    desk.limit_ms = DAY
    desk.send("old")
    desk.now += DAY + 1
    desk.send("new")
    desk.act(expire_unsent)

    assert _states(desk) == [MessageState.EXPIRED, MessageState.QUEUED]
    events = desk.act(lambda tx, ctx: [row.event for row in tx.events.after(0, 100)])
    assert events[-1] == "expired"


def test_what_was_on_a_wire_waits_for_a_hello_and_travels_as_a_tombstone(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.limit_ms = DAY
    alice.send("lost on the way")
    alice.take(0)
    alice.now += DAY + 1
    alice.act(expire_unsent)
    assert _states(alice) == [MessageState.SENDING]

    cargo = alice.act(delivery.load, FRIEND, _manifest(alice, bob.friend().high))

    assert _states(alice) == [MessageState.EXPIRED]
    (frame,) = (frame for frame in cargo.frames if isinstance(frame, Msg | Tombstone))
    assert isinstance(frame, Tombstone)
    assert bob.receive(frame).high == alice.friend().sending.last


def test_what_arrived_before_the_limit_is_delivered_however_late_its_ack(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.limit_ms = DAY
    alice.send("there in time")
    bob.receive(*(frame for frame in alice.take(0).frames if isinstance(frame, Msg)))
    alice.now += 2 * DAY

    alice.act(delivery.load, FRIEND, _manifest(alice, bob.friend().high))

    assert _states(alice) == [MessageState.DELIVERED]
