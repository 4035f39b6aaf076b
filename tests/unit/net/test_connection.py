"""A link on a stream: everything queued leaves, everything read is obeyed, every deadline is kept."""

import asyncio

import pytest

from chattor.errors import ChattorError, HandshakeRefused, LocalError, ProtocolViolation, StoreFailed
from chattor.net.connection import Connection
from chattor.protocol.frames import Msg
from chattor.protocol.link import Alive, End, Event, Silent, State
from chattor.transport.base import Stream
from tests.support.links import START, answer, dial, person
from tests.support.owners import Owner, now, pass_by, wire
from tests.support.virtual import run

ANA, BEN = person("ana"), person("ben")
Outcome = asyncio.Task[End | ChattorError]


def message(seq: int, size: int = 100) -> Msg:
    return Msg(seq=seq, msg_id=bytes(16), prev=bytes(32), rest=bytes(size))


class Line:
    """Ana and Ben, connected."""

    def __init__(self, latency: float = 0.01, *, ragged: bool = False) -> None:
        near, far, self.wire = wire(latency, ragged=ragged)
        self.ana, self.ben = Owner(), Owner()
        self.anas: Outcome = asyncio.create_task(self.ana.carry(near, dial(ANA, BEN.pinned, now=now())))
        self.bens: Outcome = asyncio.create_task(self.ben.carry(far, answer(BEN, now=now())))

    async def open(self) -> "Line":
        """Wait until both may send."""
        await self.ana.ready.wait()
        await self.ben.ready.wait()
        return self

    async def over(self) -> tuple[End | ChattorError, End | ChattorError]:
        """Wait until both are over: Ana's outcome, Ben's."""
        return await self.anas, await self.bens


@pytest.mark.parametrize("ragged", [False, True], ids=["whole", "ragged"])
def test_two_sides_open_a_link_and_talk(ragged: bool) -> None:
    async def story() -> None:
        line = await Line(ragged=ragged).open()
        assert line.ana.connection.send([message(1), message(2)])
        assert line.ben.connection.send([message(3)])
        assert await line.ben.until(2) == [message(1), message(2)]
        assert await line.ana.until(1) == [message(3)]
        line.ana.connection.close(End.IDLE)
        assert await line.over() == (End.IDLE, End.BYE)

    run(story())


def test_it_works_on_an_ordinary_loop_too() -> None:
    async def story() -> None:
        line = await Line(latency=0.0).open()
        line.ana.connection.send([message(1)])
        assert await line.ben.until(1) == [message(1)]
        line.ben.connection.close()
        assert await line.over() == (End.BYE, End.LOCAL)

    asyncio.run(story())


def test_what_is_queued_in_one_turn_leaves_in_one_write_and_is_obeyed_at_once() -> None:
    async def story() -> None:
        line = await Line().open()
        line.ben.reads.clear()
        for seq in range(20):
            line.ana.connection.send([message(seq)])
        await line.ben.until(20)
        assert line.ben.reads == [20]
        line.ana.connection.close()
        await line.over()

    run(story())


def test_nothing_is_read_while_the_owner_is_busy() -> None:
    async def story() -> None:
        line = await Line().open()
        line.ben.gate.clear()
        for seq in range(40):
            line.ana.connection.send([message(seq, 16_000)])
            await pass_by(0.05)
        assert line.ben.frames == []
        line.ben.gate.set()
        assert len(await line.ben.until(40)) == 40
        line.ana.connection.close()
        await line.over()

    run(story())


def test_both_may_have_much_to_say_at_once() -> None:
    async def story() -> None:
        line = await Line().open()
        for seq in range(100):
            line.ana.connection.send([message(seq, 16_000)])
            line.ben.connection.send([message(seq, 16_000)])
        assert len(await line.ana.until(100)) == len(await line.ben.until(100)) == 100
        line.ana.connection.close()
        await line.over()

    run(story())


def test_a_quiet_link_stays_for_hours() -> None:
    async def story() -> None:
        line = await Line().open()
        await pass_by(6 * 3600)
        assert line.ana.connection.link.state is State.OPEN
        line.ana.connection.close()
        await line.over()

    run(story())


def test_a_half_open_link_is_found_within_ninety_seconds() -> None:
    async def story() -> None:
        line = await Line().open()
        began = now()
        line.wire.hold(True)
        assert await line.over() == (End.DEAD, End.DEAD)
        assert now() - began <= 91

    run(story())


def test_a_broken_stream_ends_both_sides() -> None:
    async def story() -> None:
        line = await Line().open()
        line.wire.drop()
        assert await line.over() == (End.EOF, End.EOF)
        assert not line.ana.connection.send([message(1)]), "it is over, and said so"

    run(story())


def test_a_probe_comes_back_or_does_not() -> None:
    async def story() -> None:
        line = await Line().open()
        line.ana.connection.probe()
        await pass_by(1)
        assert line.ana.heard[2:] == [Alive()]
        line.wire.hold(True)
        line.ana.connection.probe()
        await pass_by(4.9)
        assert line.ana.heard[2:] == [Alive()]
        await pass_by(0.2)
        assert line.ana.heard[2:] == [Alive(), Silent()]
        line.wire.hold(False)
        line.ana.connection.close()
        await line.over()

    run(story())


def test_input_14_a_stranger_who_speaks_something_else_gets_no_byte() -> None:
    async def story() -> None:
        for opening in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00" + bytes(512), b"SSH-2.0-x\r\n", bytes(5000)):
            near, far, _ = wire()
            began = now()
            serving = asyncio.create_task(Owner().carry(far, answer(BEN, now=began)))
            await near.write(opening)
            assert await near.read(1) == b""
            outcome = await serving
            if len(opening) < 1280:
                assert outcome is End.SLOW
                assert now() - began == pytest.approx(20, abs=0.01)
            else:
                assert isinstance(outcome, HandshakeRefused)

    run(story())


def test_input_03_one_byte_every_ten_seconds_holds_a_place_for_twenty() -> None:
    async def story() -> None:
        near, far, _ = wire()
        began = now()
        serving = asyncio.create_task(Owner().carry(far, answer(BEN, now=began)))
        while not serving.done():
            await near.write(b"x")
            await asyncio.wait([serving], timeout=10)
        assert serving.result() is End.SLOW
        assert now() - began == pytest.approx(20, abs=0.01)

    run(story())


def test_a_broken_rule_ends_it_without_a_word() -> None:
    async def story() -> None:
        line = await Line().open()
        line.ana.connection.link._out.append(b"\x00\x00")
        line.ana.connection.send([message(1)])
        ana, ben = await line.over()
        assert isinstance(ben, ProtocolViolation)
        assert ana is End.EOF
        assert line.ana.frames == line.ben.frames == []

    run(story())


def test_what_the_owner_raises_ends_it() -> None:
    async def story() -> None:
        near, far, _ = wire()

        async def broken_disk(connection: Connection, events: list[Event]) -> None:
            raise StoreFailed("no space left")

        caller = asyncio.create_task(Owner().carry(near, dial(ANA, BEN.pinned, now=now())))
        with pytest.raises(StoreFailed):
            await Connection(far, answer(BEN, now=now()), now=now, on_event=broken_disk).run()
        assert await caller is End.EOF

    run(story())


def test_a_last_word_has_one_second() -> None:
    async def story() -> None:
        line = await Line().open()
        line.wire.hold(True)
        for seq in range(60):
            line.ana.connection.send([message(seq, 16_000)])
        await pass_by(0.1)
        began = now()
        line.ana.connection.close()
        assert await line.anas is End.LOCAL
        assert now() - began <= 1.01
        line.wire.hold(False)
        await line.bens

    run(story())


def test_a_peer_that_does_not_read_is_given_up() -> None:
    async def story() -> None:
        line = await Line().open()
        line.ben.gate.clear()
        sent = [line.ana.connection.send([message(seq, 16_000)]) for seq in range(200)]
        assert sent[0]
        assert not sent[-1]
        assert await line.anas is End.STALLED
        line.ben.gate.set()
        await line.bens

    run(story())


def test_what_came_before_the_end_is_heard_even_when_nothing_can_be_written() -> None:
    async def story() -> None:
        line = await Line().open()
        line.ana.gate.clear()
        line.ben.connection.send([message(0)])
        await pass_by(1)
        line.ben.connection.send([message(1), message(2)])
        line.ben.connection.close(End.IDLE)
        assert await line.bens is End.IDLE
        await pass_by(1)
        line.ana.connection.send([message(3)])
        await pass_by(1)
        line.ana.gate.set()
        assert await line.anas is End.BYE
        assert line.ana.frames == [message(0), message(1), message(2)]

    run(story())


def test_what_is_over_stays_over() -> None:
    async def story() -> None:
        line = await Line().open()
        line.ana.connection.close(End.REPLACED)
        line.ana.connection.close(End.IDLE)
        line.ana.connection.probe()
        assert not line.ana.connection.greet(START)
        assert await line.over() == (End.REPLACED, End.BYE)
        line.ana.connection.drop()

    run(story())


def test_cancelling_closes_the_stream() -> None:
    async def story() -> None:
        line = await Line().open()
        line.anas.cancel()
        assert await line.bens is End.EOF
        await asyncio.wait([line.anas])
        assert line.ana.connection.link.state is State.CLOSED

    run(story())


def test_sending_too_early_is_our_own_mistake() -> None:
    async def story() -> None:
        near, _, _ = wire()
        connection = Connection(near, dial(ANA, BEN.pinned), now=now, on_event=Owner().obey)
        with pytest.raises(LocalError):
            connection.send([message(1)])
        assert repr(connection) == "<Connection <Link I knocking>>"
        connection.close()
        assert await connection.run() is End.LOCAL

    run(story())


class Reluctant:
    """A stream that gives one byte a read and shows what was asked of it."""

    def __init__(self, inner: Stream) -> None:
        self.asked: list[int] = []
        self._inner = inner

    async def read(self, limit: int) -> bytes:
        self.asked.append(limit)
        return await self._inner.read(limit)

    async def write(self, data: bytes) -> None:
        await self._inner.write(data)

    def close(self) -> None:
        self._inner.close()


def test_not_a_byte_beyond_the_first_message_is_asked_for() -> None:
    async def story() -> None:
        near, far, _ = wire()
        stream = Reluctant(far)
        serving = asyncio.create_task(Owner().carry(stream, answer(BEN, now=now())))
        await near.write(bytes(1000))
        await pass_by(1)
        await near.write(bytes(100_000))
        assert isinstance(await serving, HandshakeRefused)
        assert stream.asked == [1280, 280]

    run(story())
