"""The network in memory: what a stream promises, and that every fault does what it says and is counted."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import pytest

from chattor.crypto.keys import SigningKey
from chattor.errors import DialFailed, TorDown
from chattor.model.address import OnionAddress
from chattor.model.status import TorStatus
from chattor.transport.base import Stream, Transport
from chattor.transport.memory import MemoryNetwork
from chattor.transport.pipe import ROOM, Fault
from tests.support.virtual import run


class Person:
    """A node that does nothing but keep what its transport tells it."""

    def __init__(self, network: MemoryNetwork, name: str) -> None:
        self.seed = name.encode().ljust(32, b"\0")
        self.address = OnionAddress(SigningKey(self.seed).public)
        self.transport: Transport = network.join(name)
        self.guests: asyncio.Queue[Stream] = asyncio.Queue()
        self.told: list[bool] = []

    async def appear(self) -> "Person":
        await self.transport.start(self)
        await self.transport.serve(self.seed)
        await asyncio.sleep(0)
        return self

    async def dial(self, other: "Person", timeout: float = 30.0) -> tuple[Stream, Stream]:
        mine = await self.transport.dial(other.address, isolation=other.address.short(), timeout=timeout)
        return mine, await other.guests.get()

    def accepted(self, address: OnionAddress, stream: Stream) -> None:
        assert address == self.address
        self.guests.put_nowait(stream)

    def changed(self, status: TorStatus) -> None:
        self.told.append(status.ready)


Story = Callable[[MemoryNetwork, Person, Person], Awaitable[None]]


def tell(story: Story, latency: tuple[float, float] = (0.05, 0.3), ragged: bool = True, seed: int = 1) -> None:
    """Alice and Bob on a network, in virtual time."""

    async def scene() -> None:
        network = MemoryNetwork(Random(seed), latency=latency, ragged=ragged)
        alice, bob = await Person(network, "alice").appear(), await Person(network, "bob").appear()
        await story(network, alice, bob)

    run(scene())


async def drain(stream: Stream) -> bytes:
    """Everything up to the end."""
    data = b""
    while piece := await stream.read(65_536):
        data += piece
    return data


async def read_exactly(stream: Stream, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = await stream.read(size - len(data))
        assert piece, "the stream ended early"
        data += piece
    return data


def now() -> float:
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("latency", [(0.0, 0.0), (0.0, 2.0), (1.0, 1.0)])
@pytest.mark.parametrize("ragged", [False, True])
def test_bytes_arrive_in_order_both_ways(latency: tuple[float, float], ragged: bool) -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, far = await alice.dial(bob)
        sent = [bytes([i]) * (i * 7 + 1) for i in range(200)]
        for data in sent:
            await near.write(data)
            await far.write(data)
        near_got = await read_exactly(near, len(b"".join(sent)))
        assert near_got == await read_exactly(far, len(b"".join(sent))) == b"".join(sent)

    tell(story, latency, ragged)


def test_a_read_gives_no_more_than_asked() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, far = await alice.dial(bob)
        await near.write(b"abcdef")
        assert [await far.read(4), await far.read(4)] == [b"abcd", b"ef"]

    tell(story, ragged=False)


def test_ragged_reads_come_in_pieces_of_many_sizes() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, far = await alice.dial(bob)
        sizes = set()
        for _ in range(200):
            await near.write(bytes(16))
            sizes.add(len(await far.read(16)))
        assert len(sizes) > 8

    tell(story)


def test_a_write_waits_until_the_reader_makes_room() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, far = await alice.dial(bob)
        await near.write(bytes(ROOM))
        writing = asyncio.create_task(near.write(b"more"))
        await asyncio.sleep(60)
        assert not writing.done()
        await far.read(ROOM)
        await writing

    tell(story, ragged=False)


def test_after_a_close_the_other_side_reads_what_was_sent_and_then_the_end() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, far = await alice.dial(bob)
        await near.write(b"goodbye")
        near.close()
        near.close()
        assert await near.read(10) == b""
        assert await drain(far) == b"goodbye"
        with pytest.raises(ConnectionError):
            await far.write(b"are you there?")
        with pytest.raises(ConnectionError):
            await near.write(b"I am not")

    tell(story)


def test_a_close_ends_what_waits_on_the_same_side() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, _ = await alice.dial(bob)
        await near.write(bytes(ROOM))
        reading, writing = asyncio.create_task(near.read(1)), asyncio.create_task(near.write(b"x"))
        await asyncio.sleep(1)
        near.close()
        assert await reading == b""
        with pytest.raises(ConnectionError):
            await writing

    tell(story)


def test_what_is_written_after_the_other_side_left_is_lost_until_the_end_arrives() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, far = await alice.dial(bob)
        far.close()
        await near.write(b"into the void")
        assert await near.read(10) == b""

    tell(story, latency=(1.0, 1.0))


def test_nodes_hear_how_they_stand() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        network.down("alice")
        network.up("alice")
        assert (alice.told, bob.told) == ([True, False, True], [True])

    tell(story)


def test_who_has_no_tor_cannot_dial_and_is_not_found() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, far = await alice.dial(bob)
        network.down("alice")
        with pytest.raises(TorDown):
            await alice.dial(bob)
        with pytest.raises(DialFailed):
            await bob.dial(alice)
        assert await drain(near) == await drain(far) == b""
        network.up("alice")
        await bob.dial(alice)
        assert network.hits == {Fault.DOWN: 1}

    tell(story)


def test_nobody_is_found_where_nothing_is_served() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        with pytest.raises(DialFailed):
            await alice.transport.dial(OnionAddress(bytes(32)), isolation="x", timeout=30)
        service = await bob.transport.serve(bytes([7]) * 32)
        other = OnionAddress(SigningKey(bytes([7]) * 32).public)
        await service.stop()
        await service.stop()
        with pytest.raises(DialFailed):
            await alice.transport.dial(other, isolation="x", timeout=30)
        await alice.dial(bob)

    tell(story)


def test_a_dial_that_takes_too_long_fails_when_its_time_is_up() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        with pytest.raises(DialFailed):
            await alice.dial(bob, timeout=2)
        assert now() == pytest.approx(2)

    tell(story, latency=(5.0, 6.0))


def test_a_node_that_stops_says_goodbye_and_can_come_back() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, far = await alice.dial(bob)
        await near.write(b"so long")
        await alice.transport.stop()
        await alice.transport.stop()
        assert await drain(far) == b"so long"
        with pytest.raises(DialFailed):
            await bob.dial(alice)
        again = await Person(network, "alice").appear()
        await alice.transport.stop()  # the one that is gone already
        await bob.dial(again)

    tell(story)


def test_two_nodes_cannot_have_one_name() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        with pytest.raises(ValueError, match="alice is on the network already"):
            await Person(network, "alice").appear()

    tell(story)


def test_of_two_who_serve_one_onion_the_later_is_found() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        copy = Person(network, "copy of alice")
        copy.seed, copy.address = alice.seed, alice.address
        await copy.appear()
        await bob.transport.dial(alice.address, isolation="alice", timeout=30)
        assert (alice.guests.qsize(), copy.guests.qsize()) == (0, 1)

    tell(story)


def test_a_killed_node_takes_what_was_in_flight_with_it() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, far = await alice.dial(bob)
        await near.write(b"arrives")
        await asyncio.sleep(1)
        await near.write(b"is lost")
        network.kill("alice")
        assert await drain(far) == b"arrives"
        with pytest.raises(TorDown):
            await alice.dial(bob)
        with pytest.raises(DialFailed):
            await bob.dial(alice)
        await bob.dial(await Person(network, "alice").appear())
        assert network.hits == {Fault.KILL: 1}
        assert alice.told == [True], "a dead node hears nothing"

    tell(story)


def test_a_refused_dial_fails_at_once() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        network.refuse("bob")
        with pytest.raises(DialFailed):
            await alice.dial(bob)
        assert now() < 1
        network.allow("bob")
        await alice.dial(bob)
        assert network.hits == {Fault.REFUSE: 1}

    tell(story)


def test_a_half_open_stream_tells_neither_side_anything() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, far = await alice.dial(bob)
        network.stall("alice", "bob")
        await near.write(b"anybody?")
        near.close()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600):
                await far.read(1)
        await far.write(b"still writing")
        await alice.dial(bob)
        assert network.hits == {Fault.STALL: 1}

    tell(story)


def test_what_hangs_arrives_late_and_new_streams_pass_it() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        near, far = await alice.dial(bob)
        release = network.hang("alice", "bob")
        await near.write(b"2")
        newer, other = await alice.dial(bob)
        await newer.write(b"1")
        assert await other.read(100) == b"1"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600):
                await far.read(1)
        release()
        assert await far.read(100) == b"2"
        assert network.hits == {Fault.HANG: 1}

    tell(story)


def test_a_partition_holds_streams_and_dials_until_it_heals() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        carol = await Person(network, "carol").appear()
        near, far = await alice.dial(bob)
        network.partition("alice", "bob")
        await near.write(b"held, ")
        with pytest.raises(DialFailed):
            await bob.dial(alice, timeout=30)
        assert now() >= 30
        await bob.dial(carol)
        await near.write(b"not lost")
        near.close()
        reading = asyncio.create_task(drain(far))
        await asyncio.sleep(3600)
        assert not reading.done()
        network.heal("alice", "bob")
        assert await reading == b"held, not lost"
        await alice.dial(bob)
        assert network.hits == {Fault.PARTITION: 2}, "one stream, one dial"

    tell(story)


async def _dialogue(alice: Person, bob: Person) -> tuple[bytes, bytes]:
    """Ten questions and ten answers; returns what bob and alice read of them before the end."""
    near, far = await alice.dial(bob)

    async def answer() -> bytes:
        heard = b""
        while piece := await far.read(5 - len(heard) % 5):
            heard += piece
            if len(heard) % 5 == 0:
                try:
                    await far.write(b"indeed ")
                except ConnectionError:
                    break
        return heard

    answering = asyncio.create_task(answer())
    heard = b""
    try:
        for _ in range(10):
            await near.write(b"well?")
            for _ in range(7):
                heard += await near.read(1)
    except ConnectionError:
        return await answering, heard
    near.close()
    return await answering, heard


def test_a_cut_ends_a_dialogue_at_every_byte() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        questions, answers = await _dialogue(alice, bob)
        whole = network.carried("alice", "bob")
        assert (questions, answers, whole) == (b"well?" * 10, b"indeed " * 10, 120)
        for after in range(whole + 1):
            network.cut("alice", "bob", after)
            asked, answered = await _dialogue(alice, bob)
            assert len(asked) + len(answered) == after
            assert questions.startswith(asked)
            assert answers.startswith(answered)
            assert network.hits[Fault.CUT] == after + 1

    tell(story)


def test_a_cut_that_was_taken_back_does_not_strike() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        network.cut("alice", "bob", 3)
        network.spare("alice", "bob")
        near, far = await alice.dial(bob)
        await near.write(b"unharmed")
        near.close()
        assert await drain(far) == b"unharmed"
        assert not network.hits

    tell(story)


def test_a_cut_waits_for_its_own_pair() -> None:
    async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
        carol = await Person(network, "carol").appear()
        network.cut("alice", "carol", 3)
        near, far = await alice.dial(bob)
        await near.write(b"unharmed")
        near.close()
        assert await drain(far) == b"unharmed"
        near, far = await carol.dial(alice)
        await near.write(b"harmed")
        assert await drain(far) == b"har"
        assert await near.read(1) == b""
        assert network.hits == {Fault.CUT: 1}

    tell(story)


def test_a_run_with_the_same_dice_repeats_exactly() -> None:
    def once(seed: int) -> list[tuple[float, bytes]]:
        seen: list[tuple[float, bytes]] = []

        async def story(network: MemoryNetwork, alice: Person, bob: Person) -> None:
            near, far = await alice.dial(bob)
            for i in range(50):
                await near.write(bytes([i]) * i)
            near.close()
            while piece := await far.read(100):
                seen.append((now(), piece))

        tell(story, seed=seed)
        return seen

    assert once(5) == once(5) != once(6)


def test_a_descriptor_is_there_while_somebody_serves() -> None:
    async def story() -> None:
        network = MemoryNetwork(Random(1))
        ana, ben = await Person(network, "ana").appear(), await Person(network, "ben").appear()
        await ana.transport.look_up(ben.address, timeout=1)
        assert (await ana.transport.examine()).relays == 1
        network.down("ben")
        with pytest.raises(DialFailed):
            await ana.transport.look_up(ben.address, timeout=1)
        with pytest.raises(TorDown):
            await ben.transport.examine()

    run(story())
