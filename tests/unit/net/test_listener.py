"""Who dials in: a place for each until proven, one at random gives way, a crowd costs little."""

import asyncio

import pytest

from chattor.errors import ChattorError, OwnIdentity, ProtocolViolation, StoreFailed
from chattor.net.connection import Connection
from chattor.net.listener import Listener
from chattor.protocol.limits import PRE_AUTH_LINKS
from chattor.protocol.link import End, Event, ReplayWindow
from chattor.transport.pipe import MemoryStream
from tests.support.dice import dice
from tests.support.links import Person, answer, dial, person
from tests.support.owners import Owner, now, pass_by, wire
from tests.support.rogues import RogueInitiator
from tests.support.virtual import run

BEN = person("ben")


class Door:
    """Ben's listener."""

    def __init__(self, owner: Owner) -> None:
        self._replays = ReplayWindow()
        self.listener = Listener(
            now=now,
            rng=dice("door"),
            on_event=owner.obey,
            on_end=owner.over,
        )

    def knock(self) -> MemoryStream:
        """A stream to the door."""
        near, far, _ = wire(0.01)
        self.listener.accept(far, answer(BEN, replays=self._replays, now=now()))
        return near

    async def enter(self, who: Person) -> Owner:
        """Dial and greet as somebody with the code."""
        owner = Owner()
        owner.task = asyncio.create_task(owner.carry(self.knock(), dial(who, BEN.target, now=now())))
        await owner.ready.wait()
        return owner


def test_who_proves_himself_is_handed_on_and_holds_no_place() -> None:
    async def story() -> None:
        ben = Owner()
        door = Door(ben)
        ana = await door.enter(person("ana"))
        assert repr(door.listener) == "<Listener 0 unproven of 1>"
        ana.connection.close()
        await asyncio.wait([ana.task])
        await pass_by(1)
        assert ben.ended == [End.BYE]
        assert repr(door.listener) == "<Listener 0 unproven of 0>"

    run(story())


def test_of_those_who_never_prove_themselves_the_owner_never_hears() -> None:
    async def story() -> None:
        ben = Owner()
        door = Door(ben)
        silent, loud, gone = door.knock(), door.knock(), door.knock()
        await loud.write(bytes(1280))
        gone.close()
        assert await loud.read(1) == b""
        assert await silent.read(1) == b""
        assert now() == pytest.approx(20, abs=0.1)
        await pass_by(1)
        assert ben.heard == []
        assert ben.ended == []
        assert repr(door.listener) == "<Listener 0 unproven of 0>"

    run(story())


def test_when_all_places_are_taken_one_at_random_gives_way() -> None:
    async def story() -> None:
        door = Door(Owner())
        streams = [door.knock() for _ in range(PRE_AUTH_LINKS + 36)]
        await pass_by(1)
        assert repr(door.listener) == "<Listener 64 unproven of 64>"
        reads = [asyncio.create_task(stream.read(1)) for stream in streams]
        done, _ = await asyncio.wait(reads, timeout=1)
        dropped = [reads.index(task) for task in done]
        assert len(dropped) == 36
        assert min(dropped) < PRE_AUTH_LINKS, "those already there are dropped too, not only newcomers"
        await asyncio.wait(reads)

    run(story())


@pytest.mark.parametrize(("throw", "dropped"), [(64, "the newcomer"), (3, "the fourth")])
def test_the_dice_choose_among_all_and_the_newcomer(throw: int, dropped: str) -> None:
    async def story() -> None:
        listener = Listener(
            now=now,
            rng=lambda size: throw.to_bytes(size, "big"),
            on_event=Owner().obey,
            on_end=Owner().over,
        )
        streams = []
        for _ in range(PRE_AUTH_LINKS + 1):
            near, far, _ = wire()
            listener.accept(far, answer(BEN, now=now()))
            streams.append(near)
        reads = [asyncio.create_task(stream.read(1)) for stream in streams]
        done, _ = await asyncio.wait(reads, timeout=1)
        assert [reads.index(task) for task in done] == [throw], dropped
        await listener.stop()
        await asyncio.wait(reads)

    run(story())


def test_a_friend_gets_in_while_a_crowd_sits_on_every_place() -> None:
    async def story() -> None:
        door = Door(Owner())
        for _ in range(PRE_AUTH_LINKS):
            door.knock()
        ana = await door.enter(person("ana"))
        assert repr(door.listener) in ("<Listener 63 unproven of 64>", "<Listener 64 unproven of 65>")
        ana.connection.close()
        await asyncio.wait([ana.task])
        await door.listener.stop()

    run(story())


def test_input_26_a_replayed_first_message_gets_no_answer_from_any_place() -> None:
    async def story() -> None:
        door = Door(Owner())
        first = dial(person("ana"), BEN.target).data_to_send()
        answers = []
        for _ in range(20):
            stream = door.knock()
            await stream.write(first)
            answers.append(len(await stream.read(4096)))
        assert answers == [1536, *[0] * 19]
        await door.listener.stop()

    run(story())


def test_input_30_a_copy_of_us_that_dials_us_is_told_to_the_owner() -> None:
    async def story() -> None:
        ben = Owner()
        stream = Door(ben).knock()
        copy = RogueInitiator.make(BEN.target, BEN.identity.dh)
        await stream.write(copy.open())
        await stream.write(copy.prove(await stream.read(4096), BEN.certificate.raw))
        assert await stream.read(1) == b""
        assert [type(outcome) for outcome in ben.ended] == [OwnIdentity]
        assert ben.heard == []

    run(story())


@pytest.mark.parametrize("fault", [StoreFailed("disk full"), ProtocolViolation("not allowed")])
def test_what_the_owner_raises_is_told_to_the_owner(fault: ChattorError) -> None:
    async def story() -> None:
        ended: list[object] = []

        async def refuse(connection: Connection, events: list[Event]) -> None:
            raise fault

        listener = Listener(
            now=now,
            rng=dice("door"),
            on_event=refuse,
            on_end=lambda connection, outcome: ended.append(outcome),
        )
        near, far, _ = wire()
        listener.accept(far, answer(BEN, now=now()))
        assert await Owner().carry(near, dial(person("ana"), BEN.target, now=now())) is End.EOF
        assert ended == [fault]

    run(story())


def test_a_defect_of_the_owner_ends_one_link_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        ended: list[object] = []

        async def stumble(connection: Connection, events: list[Event]) -> None:
            raise ZeroDivisionError

        listener = Listener(
            now=now,
            rng=dice("door"),
            on_event=stumble,
            on_end=lambda connection, outcome: ended.append(outcome),
        )
        near, far, _ = wire()
        listener.accept(far, answer(BEN, now=now()))
        assert await Owner().carry(near, dial(person("ana"), BEN.target, now=now())) is End.EOF
        assert [getattr(outcome, "code", None) for outcome in ended] == ["internal"]
        assert "a link failed" in caplog.text

    run(story())


def test_stopping_drops_everybody() -> None:
    async def story() -> None:
        ben = Owner()
        door = Door(ben)
        ana = await door.enter(person("ana"))
        stranger = door.knock()
        await door.listener.stop()
        assert await stranger.read(1) == b""
        await asyncio.wait([ana.task])
        assert ana.ended == [End.EOF]
        assert ben.ended == [], "who stops it knows"

    run(story())
