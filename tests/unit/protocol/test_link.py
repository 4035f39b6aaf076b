"""One link, both engines: the dialogue, continuity, liveness and the ways it ends."""

from typing import Any

import pytest
from msgspec.structs import replace

from chattor.crypto.session import hint
from chattor.errors import HandshakeRefused, LocalError, ProtocolViolation
from chattor.protocol import frames
from chattor.protocol.frames import Frame, FrameType, Msg
from chattor.protocol.limits import (
    FRAME_BODY_MAX,
    HANDSHAKE_1,
    HANDSHAKE_2,
    HANDSHAKE_3,
    LINK_LIFETIME,
    RATCHET_OVERHEAD,
    READ_MAX,
)
from chattor.protocol.link import (
    Alive,
    Continuity,
    End,
    Greeted,
    Greeting,
    Idled,
    Link,
    Proved,
    Purpose,
    Received,
    Silent,
    State,
)
from chattor.protocol.records import pack
from tests.support.links import START, Pair, answer, dial, person

ANA, BEN = person("ana"), person("ben")
OLD, NEW = b"o" * 32, b"n" * 32
OP, HASH = b"p" * 16, b"h" * 32


def message(seq: int = 1, rest: bytes = b"salt and text") -> Msg:
    return Msg(seq=seq, msg_id=OP, prev=HASH, rest=rest)


def test_strangers_become_a_link_in_five_flights() -> None:
    pair = Pair()
    assert len(pair.carry(pair.ana)) == HANDSHAKE_1
    assert pair.ben.heard == []
    assert len(pair.carry(pair.ben)) == HANDSHAKE_2
    assert [type(event) for event in pair.ana.heard] == [Proved]
    assert len(pair.carry(pair.ana)) == HANDSHAKE_3
    assert [type(event) for event in pair.ben.heard] == [Proved]
    assert len(pair.carry(pair.ben)) == 2 + 1024 + 16
    assert (pair.ana.link.state, pair.ben.link.state) == (State.OPEN, State.GREETED)
    assert len(pair.carry(pair.ana)) == 2 + 1024 + 16
    assert (pair.ana.link.state, pair.ben.link.state) == (State.OPEN, State.OPEN)
    assert [type(event) for event in pair.ana.heard] == [Proved, Greeted]
    assert [type(event) for event in pair.ben.heard] == [Proved, Greeted]


@pytest.mark.parametrize("purpose", Purpose)
def test_each_side_learns_who_is_there_and_why(purpose: Purpose) -> None:
    pair = Pair(dial(ANA, BEN.target, purpose=purpose)).talk()
    assert pair.ana.heard[0] == Proved(BEN.certificate, purpose)
    assert pair.ben.heard[0] == Proved(ANA.certificate, purpose)
    assert pair.ana.link.peer == BEN.certificate
    assert pair.ben.link.peer == ANA.certificate


def test_each_side_learns_where_the_other_stands() -> None:
    pair = Pair()
    pair.ana.greeting = Greeting(r_high=7, r_hash=b"a" * 32)
    pair.ben.greeting = Greeting(r_high=9, r_hash=b"b" * 32)
    pair.talk()
    assert (pair.ben.greeted.r_high, pair.ben.greeted.r_hash) == (7, b"a" * 32)
    assert (pair.ana.greeted.r_high, pair.ana.greeted.r_hash) == (9, b"b" * 32)


FRAMES: list[Frame] = [
    frames.Request(op_id=OP, name="Ana", note="hello"),
    frames.Accept(op_id=OP, name="Ben"),
    frames.Reject(op_id=OP),
    frames.Remove(op_id=OP),
    frames.Done(op_id=OP),
    message(),
    frames.Tombstone(seq=2, msg_id=OP, prev=HASH, rest_hash=HASH),
    frames.Ack(r_high=1, r_hash=HASH),
]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: type(frame).__name__)
def test_every_frame_travels_both_ways(frame: Frame) -> None:
    pair = Pair().talk()
    assert pair.send(pair.ana, frame) == [frame]
    assert pair.send(pair.ben, frame) == [frame]
    assert pair.send(pair.ben, frame, *FRAMES) == [frame, *FRAMES]


def test_the_responder_may_speak_first() -> None:
    pair = Pair().talk()
    assert pair.send(pair.ben, message(1)) == [message(1)]
    assert pair.send(pair.ana, message(2), message(3)) == [message(2), message(3)]


def test_both_may_speak_at_once() -> None:
    pair = Pair().talk()
    for seq in range(1, 20):
        pair.ana.link.send([message(seq)])
        pair.ben.link.send([message(100 + seq)])
        from_ana, from_ben = pair.ana.link.data_to_send(), pair.ben.link.data_to_send()
        pair.ben.hear(from_ana, 0)
        pair.ana.hear(from_ben, 0)
    assert [frame.seq for frame in pair.ben.frames if isinstance(frame, Msg)] == list(range(1, 20))
    assert [frame.seq for frame in pair.ana.frames if isinstance(frame, Msg)] == list(range(101, 120))


def test_the_initiator_may_speak_in_the_flight_of_its_hello() -> None:
    pair = Pair()
    for side in (pair.ana, pair.ben, pair.ana, pair.ben):
        pair.carry(side)
    pair.ana.link.send([message()])
    pair.carry(pair.ana)
    assert [type(event) for event in pair.ben.heard] == [Proved, Greeted, Received]


def test_what_is_queued_together_leaves_together() -> None:
    pair = Pair().talk()
    for seq in range(30):
        pair.ana.link.send([message(seq, bytes(200))])
    assert len(pair.carry(pair.ana)) == 2 + 16384 + 16
    assert len(pair.ben.frames) == 30


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_the_wire_may_cut_anywhere(step: int) -> None:
    pair = Pair()

    def drip(source: object) -> bool:
        side = pair.ana if source is pair.ana else pair.ben
        data = side.link.data_to_send()
        for at in range(0, len(data), step):
            pair.other(side).hear(data[at : at + step], 0)
        return bool(data)

    while drip(pair.ana) or drip(pair.ben):
        pass
    pair.ana.link.send([message()])
    drip(pair.ana)
    assert pair.ben.frames == [message()]


def test_no_side_asks_for_a_byte_beyond_the_handshake_message_it_awaits() -> None:
    pair = Pair()
    assert pair.ben.link.read_limit == HANDSHAKE_1
    first = pair.ana.link.data_to_send()
    pair.ben.hear(first[:1000], 0)
    assert pair.ben.link.read_limit == 280
    pair.ben.hear(first[1000:], 0)
    assert pair.ben.link.read_limit == HANDSHAKE_3
    assert pair.ana.link.read_limit == HANDSHAKE_2
    pair.talk()
    assert pair.ana.link.read_limit == pair.ben.link.read_limit == READ_MAX


class TestContinuity:
    """The secret both sides carry from link to link."""

    @pytest.mark.parametrize(
        ("ana", "ben", "used"),
        [
            pytest.param((None, None), (None, None), None, id="never linked"),
            pytest.param((NEW, OLD), (NEW, OLD), NEW, id="in step"),
            pytest.param((OLD, None), (NEW, OLD), OLD, id="the initiator missed one"),
            pytest.param((NEW, OLD), (OLD, None), OLD, id="the responder missed one"),
            pytest.param((NEW, OLD), (b"x" * 32, b"y" * 32), None, id="nothing shared"),
            pytest.param((None, None), (NEW, OLD), None, id="the initiator lost its store"),
            pytest.param((NEW, OLD), (None, None), None, id="the responder lost its store"),
        ],
    )
    def test_both_use_the_newest_secret_they_share(
        self, ana: tuple[bytes | None, bytes | None], ben: tuple[bytes | None, bytes | None], used: bytes | None
    ) -> None:
        pair = Pair(dial(ANA, BEN.pinned, secrets=ana))
        pair.ben.greeting = Greeting(r_high=0, r_hash=HASH, cur=ben[0], prev=ben[1])
        pair.talk()
        assert pair.ana.greeted.continuity == pair.ben.greeted.continuity
        continuity = pair.ana.greeted.continuity
        assert continuity.used == used
        assert continuity.recognised == (used is not None)
        assert continuity.next not in (None, OLD, NEW)
        assert pair.send(pair.ben, message()) == [message()]

    def test_the_next_secret_is_another_on_every_link(self) -> None:
        seen = {Pair().talk().ana.greeted.continuity.next for _ in range(3)}
        assert len(seen) == 3

    def test_a_hint_says_nothing_on_another_link(self) -> None:
        assert hint(NEW, b"one transcript") != hint(NEW, b"another transcript")

    def test_a_responder_that_only_claims_to_hold_a_secret_is_refused(self) -> None:
        for choice in (1, 2):
            thief = Pair(dial(ANA, BEN.pinned, secrets=(NEW, OLD)))
            thief.ben.greets = False
            thief.talk()
            tunnel = thief.ben.link._tunnel
            assert tunnel is not None
            tunnel.choose((None, None))
            tunnel._choice = choice
            kind, body = frames.encode(tunnel.hello(0, HASH))
            with pytest.raises(HandshakeRefused, match="session key"):
                thief.ana.hear(thief.forge(thief.ben, next(pack([(kind, body)]))), 0)

    @pytest.mark.parametrize("choice", [1, 2, 3, 255])
    def test_a_choice_that_was_not_offered_is_refused(self, choice: int) -> None:
        pair = Pair()
        pair.ben.greets = False
        pair.talk()
        tunnel = pair.ben.link._tunnel
        assert tunnel is not None
        tunnel.choose((None, None))
        tunnel._choice = choice
        with pytest.raises(HandshakeRefused, match="not offered"):
            pair.ana.hear(pair.forge(pair.ben, next(pack([frames.encode(tunnel.hello(0, HASH))]))), 0)

    @pytest.mark.parametrize("wrong", [{"confirm": bytes(32)}, {"choice": 1}, {"choice": 255}], ids=str)
    def test_the_initiator_must_confirm_too_and_name_the_same_choice(self, wrong: dict[str, Any]) -> None:
        pair = Pair()
        pair.ana.greets = False
        pair.talk()
        tunnel = pair.ana.link._tunnel
        assert tunnel is not None
        forged = replace(tunnel.hello(0, HASH), **wrong)
        with pytest.raises(HandshakeRefused, match="session key"):
            pair.ben.hear(pair.forge(pair.ana, next(pack([frames.encode(forged)]))), 0)
        assert pair.ben.link.ended is End.FAULT
        assert [type(event) for event in pair.ben.heard] == [Proved]

    def test_a_hello_of_another_version_is_refused(self) -> None:
        pair = Pair()
        pair.ana.greets = False
        pair.talk()
        hello = frames.Hello(2, 0, 0, HASH, 0, bytes(32))
        with pytest.raises(ProtocolViolation, match="version 2"):
            pair.ben.hear(pair.forge(pair.ana, next(pack([frames.encode(hello)]))), 0)


class TestLiveness:
    """Pings, probes, deadlines."""

    def test_a_quiet_link_lives_on_pings_alone(self) -> None:
        pair = Pair().talk()
        pair.wait(3600)
        assert pair.ana.link.state is pair.ben.link.state is State.OPEN
        assert {type(event) for event in pair.ana.heard[2:] + pair.ben.heard[2:]} == {Idled}

    def test_the_first_ping_goes_out_after_thirty_seconds_of_silence(self) -> None:
        pair = Pair().talk()
        assert pair.ana.link.deadline() == 30
        pair.ana.link.tick(29.9)
        assert pair.ana.link.data_to_send() == b""
        pair.ana.link.tick(30)
        assert len(pair.ana.link.data_to_send()) == 1042
        assert pair.ana.link.deadline() == 60

    def test_a_half_open_link_is_found_after_ninety_seconds(self) -> None:
        link = Pair().talk().ana.link
        for now in (30, 60, 89.9):
            link.tick(now)
        assert link.state is State.OPEN
        link.tick(90)
        assert link.ended is End.DEAD
        assert link.data_to_send() == b""
        assert link.deadline() is None

    def test_anything_heard_is_a_sign_of_life(self) -> None:
        pair = Pair().talk()
        for now in (20.0, 40.0, 60.0, 80.0, 100.0):
            pair.now = now
            pair.send(pair.ben, message())
        assert pair.ana.link.deadline() == 130
        assert pair.ana.link.tick(100) == []
        assert pair.ana.link.state is State.OPEN

    def test_input_10_a_flood_of_pings_is_answered_once_in_five_seconds(self) -> None:
        pair = Pair().talk()
        flood = pack([(FrameType.PING, b"")] * 64)
        pair.ben.hear(pair.forge(pair.ana, next(flood)), 1.0)
        assert len(pair.ben.link.data_to_send()) == 1042
        pair.ben.hear(pair.forge(pair.ana, next(pack([(FrameType.PING, b"")] * 64))), 2.0)
        assert pair.ben.link.data_to_send() == b""
        assert pair.ben.link.deadline() == 6.0
        pair.ben.link.tick(6.0)
        assert len(pair.ben.link.data_to_send()) == 1042
        pair.ben.link.tick(20.0)
        assert pair.ben.link.data_to_send() == b""

    def test_a_probe_is_answered(self) -> None:
        pair = Pair().talk()
        pair.ana.link.probe(0)
        pair.talk()
        assert pair.ana.heard[-1] == Alive()
        pair.wait(6)
        assert Silent() not in pair.ana.heard

    def test_a_probe_into_silence_ends_after_five_seconds(self) -> None:
        link = Pair().talk().ana.link
        link.probe(10.0)
        assert link.deadline() == 15.0
        assert link.tick(14.9) == []
        assert link.tick(15.0) == [Silent()]
        assert link.state is State.OPEN

    def test_a_link_that_is_not_open_yet_cannot_answer_a_probe(self) -> None:
        link = dial(ANA, BEN.pinned)
        link.probe(0)
        assert link.tick(5.0) == [Silent()]

    def test_what_asks_nothing_of_the_node_is_only_counted(self) -> None:
        pair = Pair().talk()
        pair.ana.hear(pair.forge(pair.ben, next(pack([(FrameType.PONG, b"")] * 3 + [(FrameType.PING, b"")]))), 0)
        assert pair.ana.heard[2:] == [Idled(4)]

    def test_a_link_ends_after_a_day_with_a_goodbye(self) -> None:
        pair = Pair().talk()
        pair.wait(LINK_LIFETIME)
        assert {pair.ana.link.ended, pair.ben.link.ended} <= {End.LIFETIME, End.BYE}
        assert End.LIFETIME in (pair.ana.link.ended, pair.ben.link.ended)

    def test_a_stranger_holds_a_place_for_twenty_seconds(self) -> None:
        link = answer(BEN, now=100.0)
        assert link.deadline() == 120
        link.tick(119.9)
        assert link.state is State.LISTENING
        link.tick(120)
        assert link.ended is End.SLOW

    @pytest.mark.parametrize("flights", [1, 2, 3])
    def test_a_handshake_ends_after_a_minute(self, flights: int) -> None:
        pair = Pair()
        for side in (pair.ana, pair.ben, pair.ana)[:flights]:
            pair.carry(side)
        for side in (pair.ana, pair.ben):
            side.link.data_to_send()
            assert side.link.deadline() == 60
            side.link.tick(60)
            assert side.link.ended is End.SLOW
            assert side.link.data_to_send() == b""


class TestEnds:
    """How a link is over."""

    def test_a_goodbye_follows_what_was_queued(self) -> None:
        pair = Pair().talk()
        pair.ana.link.send([message()])
        pair.ana.link.close(End.IDLE)
        assert pair.ana.link.ended is End.IDLE
        pair.talk()
        assert pair.ben.frames == [message()]
        assert pair.ben.link.ended is End.BYE
        assert pair.ben.link.deadline() is None

    def test_a_link_that_is_not_open_says_no_goodbye(self) -> None:
        pair = Pair()
        pair.carry(pair.ana)
        pair.ben.link.close()
        assert pair.ben.link.data_to_send() == b""
        assert pair.ben.link.ended is End.LOCAL

    def test_after_the_end_nothing_is_heard(self) -> None:
        pair = Pair().talk()
        pair.ben.link.abandon(End.EOF)
        pair.ana.link.send([message()])
        assert pair.ben.link.receive(pair.ana.link.data_to_send(), 1.0) == []
        assert pair.ben.link.deadline() is None
        pair.ben.link.close()
        pair.ben.link.probe(1.0)
        assert pair.ben.link.ended is End.EOF, "the first reason stays"
        assert pair.ben.link.deadline() is None

    def test_frames_behind_a_goodbye_are_not_heard(self) -> None:
        pair = Pair().talk()
        record = pair.forge(pair.ana, next(pack([(FrameType.BYE, b""), (FrameType.ACK, bytes(40))])))
        pair.ben.hear(record, 0)
        assert pair.ben.frames == []
        assert pair.ben.link.ended is End.BYE

    def test_a_peer_that_does_not_read_is_given_up(self) -> None:
        link = Pair().talk().ana.link
        for seq in range(200):
            if link.state is State.OPEN:
                link.send([message(seq, bytes(16_000))])
        assert link.ended is End.STALLED
        assert link.data_to_send() == b""

    def test_a_full_window_is_no_reason_to_give_up(self) -> None:
        pair = Pair().talk()
        for seq in range(1024):
            pair.ana.link.send([message(seq, bytes(256))])
        pair.talk()
        assert len(pair.ben.frames) == 1024


class TestOurOwnMistakes:
    """The shell asks for what cannot be: a LocalError, and the link goes on."""

    @pytest.mark.parametrize("flights", range(5))
    def test_nothing_is_sent_before_it_is_open(self, flights: int) -> None:
        pair = Pair()
        for side in (pair.ana, pair.ben, pair.ana, pair.ben)[:flights]:
            pair.carry(side)
        links = [side.link for side in (pair.ana, pair.ben) if side.link.state is not State.OPEN]
        assert links
        for link in links:
            with pytest.raises(LocalError):
                link.send([message()])
        pair.talk()
        assert pair.send(pair.ana, message()) == [message()]

    def test_nobody_greets_before_the_handshake_is_over(self) -> None:
        for link in (dial(ANA, BEN.pinned), answer(BEN)):
            with pytest.raises(LocalError, match="handshake"):
                link.greet(START)

    def test_greeting_twice_is_refused(self) -> None:
        pair = Pair().talk()
        for side in (pair.ana, pair.ben):
            with pytest.raises(LocalError):
                side.link.greet(START)
        assert pair.send(pair.ana, message()) == [message()]

    def test_a_frame_too_large_sends_none_of_its_batch(self) -> None:
        pair = Pair().talk()
        room = FRAME_BODY_MAX - RATCHET_OVERHEAD - 56
        with pytest.raises(LocalError, match="MSG"):
            pair.ana.link.send([message(1), message(2, bytes(room + 1))])
        assert pair.send(pair.ana, message(3, bytes(room))) == [message(3, bytes(room))]

    def test_nothing_is_sent_after_the_end(self) -> None:
        link = Pair().talk().ana.link
        link.close()
        with pytest.raises(LocalError):
            link.send([message()])
        with pytest.raises(LocalError):
            link.greet(START)


def test_no_repr_tells_a_secret() -> None:
    pair = Pair(dial(ANA, BEN.pinned, secrets=(NEW, OLD)))
    pair.ben.greeting = Greeting(r_high=0, r_hash=HASH, cur=NEW, prev=OLD)
    pair.talk()
    assert repr(pair.ana.link) == "<Link I open>"
    assert repr(pair.ben.greeted) == "Greeted(r_high=0)"
    assert repr(pair.ben.greeting) == "Greeting(r_high=0)"
    assert repr(Continuity(OLD, NEW, recognised=True)) == "Continuity(recognised=True)"
    assert repr(pair.ana.link._tunnel) == "Tunnel(I)"
    assert repr(BEN.pinned) == "Target(pin=Pin(epoch=1))"
    assert repr(Proved(BEN.certificate, Purpose.FRIEND)) == "Proved(FRIEND)"


def test_the_role_is_told_by_who_dialled() -> None:
    pair = Pair()
    assert isinstance(pair.ana.link, Link)
    assert (pair.ana.link.role, pair.ben.link.role) == ("I", "R")
