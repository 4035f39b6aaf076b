"""The keeper: what is served stays published, and what cannot be mended ends in words.

A toy tor answers, so that what real ones do once in a thousand hours happens now; the hand moves the clock.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Never

import pytest
import pytest_asyncio

from chattor.clock import Millis
from chattor.crypto.keys import DhKey
from chattor.errors import TorDown
from chattor.model.status import TorPhase, TorStatus
from chattor.transport.base import ProofOfWork
from chattor.transport.tor.control import Control
from chattor.transport.tor.keeper import CHECK_EVERY, PATIENCE, Keeper
from chattor.transport.tor.service import OnionService
from tests.support.tor import PATIENCE as SOON
from tests.support.tor import ToyTor

DONE = 'STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"'
PHASE = '250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS={} TAG=x SUMMARY="{}"\r\n250 OK'


class HandClock:
    """Two clocks that stand still until moved."""

    def __init__(self) -> None:
        self.now, self.ahead = 1000.0, 0.0

    def wall(self) -> Millis:
        return Millis(round((self.now + self.ahead) * 1000))

    def monotonic(self) -> float:
        return self.now


class Scene:
    """A keeper with one onion to keep, at a toy tor."""

    def __init__(self, directory: Path, proof_of_work: ProofOfWork = ProofOfWork.ON) -> None:
        self.toy = ToyTor(directory)
        self.toy.answers["GETINFO status/bootstrap-phase"] = PHASE.format(100, "Done")
        self.clock = HandClock()
        self.told: list[TorStatus] = []
        self.calls: list[bool] = []
        self.service = OnionService(bytes(range(32)), directory / "onion-1", lambda service: None)
        self.onion = self.service.onion
        self.wanted = {self.service.address: self.service}
        self.keeper = Keeper(
            wanted=self.wanted.values(),
            clock=self.clock,
            report=self._report,
            check=self._check,
            proof_of_work=proof_of_work,
        )
        self.running: asyncio.Task[Never]
        self._moved = asyncio.Event()

    def _report(self, status: TorStatus) -> None:
        self.told.append(status)
        self._moved.set()

    async def _check(self, service: OnionService) -> bool:
        return self.calls.pop(0)

    async def phase(self, wanted: TorPhase) -> None:
        async with asyncio.timeout(SOON):
            while not self.told or self.keeper.status.phase is not wanted:
                self._moved.clear()
                await self._moved.wait()

    def hold(self) -> None:
        """From now on tor says that it serves our onion."""
        self.toy.answers["GETINFO onions/current"] = f"250-onions/current={self.onion}\r\n250 OK"

    async def publish(self, times: int = 1) -> None:
        """Wait for the onion to be added so many times in all, and let a relay take its descriptor."""
        await self.toy.was_asked("ADD_ONION", times)
        self.hold()
        self.toy.tell(f"HS_DESC UPLOADED {self.onion} UNKNOWN $A~b")
        await self.phase(TorPhase.READY)

    async def look(self) -> None:
        """Have it look, from the beginning of a look to its end."""
        for _ in range(3):  # one may be under way
            seen = len([each for each in self.toy.asked if each.startswith("GETINFO onions")])
            self.keeper.nudge()
            await self.toy.was_asked("GETINFO onions", seen + 1)

    def pass_by(self, seconds: float) -> None:
        self.clock.now += seconds
        self.keeper.nudge()


@asynccontextmanager
async def playing(scene: Scene) -> AsyncIterator[Scene]:
    async with await scene.toy.start():
        control = await Control.connect(scene.toy.socket, scene.toy.cookie, scene.keeper.heard)
        scene.running = asyncio.create_task(scene.keeper.run(control))
        yield scene
        scene.running.cancel()
        await asyncio.wait([scene.running])
        await control.close()


@pytest_asyncio.fixture
async def scene(short_path: Path) -> AsyncIterator[Scene]:
    async with playing(Scene(short_path)) as scene:
        yield scene


async def test_the_way_up_is_told_step_by_step(scene: Scene) -> None:
    await scene.toy.was_asked("ADD_ONION")
    scene.hold()
    scene.toy.tell(f"HS_DESC UPLOAD {scene.onion} UNKNOWN $A~b")
    await scene.look()
    assert scene.keeper.status.phase is TorPhase.PUBLISHING
    await scene.publish()
    assert scene.keeper.status == TorStatus(phase=TorPhase.READY, percent=100, ready=True)
    assert TorPhase.PUBLISHING in {status.phase for status in scene.told}


async def test_a_slow_start_says_why(scene: Scene) -> None:
    scene.toy.tell('STATUS_CLIENT WARN BOOTSTRAP PROGRESS=10 SUMMARY="Connecting" WARNING="No route to host"')
    await scene.phase(TorPhase.BOOTSTRAPPING)
    assert scene.keeper.status.detail == "Connecting (No route to host)"
    assert scene.keeper.status.percent == 10
    assert not scene.keeper.online
    scene.toy.tell(DONE)
    await scene.phase(TorPhase.PUBLISHING)
    assert scene.keeper.online


async def test_an_older_tor_is_asked_without_proof_of_work(scene: Scene) -> None:
    await scene.toy.was_asked("ADD_ONION")
    scene.toy.answers["ADD_ONION"] = "250 OK"
    scene.toy.answers[scene.service.add_command(proof_of_work=True)] = "512 Unrecognized keyword argument"
    scene.toy.asked.clear()
    scene.keeper.nudge()
    with_it, without = await scene.toy.was_asked("ADD_ONION", 2)
    assert "PoWDefensesEnabled=1" in with_it
    assert "PoWDefensesEnabled" not in without
    await scene.publish()
    assert scene.keeper.proof_of_work is ProofOfWork.MISSING
    assert "no proof of work" in scene.keeper.status.detail


async def test_a_descriptor_nobody_takes_is_published_anew_and_then_the_life_ends(scene: Scene) -> None:
    for times, patience in enumerate(PATIENCE, start=1):
        assert len(await scene.toy.was_asked("ADD_ONION", times)) == times
        scene.hold()
        scene.pass_by(patience + 1)
    with pytest.raises(TorDown, match="no relay took our descriptor"):
        await scene.running
    assert len(await scene.toy.was_asked("DEL_ONION", 2)) == 2


async def test_the_patience_begins_when_tor_is_up(scene: Scene) -> None:
    await scene.toy.was_asked("ADD_ONION")
    scene.hold()
    scene.toy.tell(DONE.replace("100", "90"))
    await scene.phase(TorPhase.BOOTSTRAPPING)
    scene.pass_by(PATIENCE[0] * 10)
    await scene.look()
    assert len(await scene.toy.was_asked("ADD_ONION")) == 1
    scene.toy.tell(DONE)
    await scene.look()
    assert len(await scene.toy.was_asked("ADD_ONION")) == 1
    await scene.publish()


async def test_a_service_tor_forgot_is_added_again(scene: Scene) -> None:
    await scene.publish()
    scene.toy.answers["GETINFO onions/current"] = "250-onions/current=\r\n250 OK"
    scene.toy.tell("SIGNAL RELOAD")
    await scene.publish(times=2)


async def test_a_descriptor_the_relays_lost_is_published_again(scene: Scene) -> None:
    await scene.publish()
    scene.calls = [True]
    scene.pass_by(CHECK_EVERY)
    await scene.toy.was_asked("HSFETCH")
    scene.toy.tell(f"HS_DESC FAILED {scene.onion} NO_AUTH $A~b x REASON=NOT_FOUND")
    await scene.publish(times=2)


async def test_when_nobody_can_call_us_we_publish_again_but_one_failure_is_chance(scene: Scene) -> None:
    await scene.publish()
    scene.calls = [False, True]
    scene.pass_by(CHECK_EVERY)
    await scene.toy.was_asked("HSFETCH", 1)
    scene.pass_by(CHECK_EVERY)
    scene.calls += [False, False]
    await scene.publish(times=2)
    assert scene.calls == []


async def test_after_a_sleep_everything_is_made_anew(scene: Scene) -> None:
    await scene.publish()
    scene.clock.ahead = 3600.0
    scene.keeper.nudge()
    await scene.publish(times=2)
    asked = scene.toy.asked
    down, up = asked.index("SETCONF DisableNetwork=1"), asked.index("SETCONF DisableNetwork=0")
    assert down < up < asked.index(f"DEL_ONION {scene.onion}")


@pytest.mark.parametrize("ahead", [19.0, -3600.0])
async def test_a_clock_that_is_set_is_no_sleep(scene: Scene, ahead: float) -> None:
    await scene.publish()
    scene.clock.ahead = ahead
    await scene.look()
    assert "SETCONF DisableNetwork=1" not in scene.toy.asked


async def test_a_network_that_is_away_is_told_and_checked_when_it_comes_back(scene: Scene) -> None:
    await scene.publish()
    scene.toy.tell("NETWORK_LIVENESS UP")  # as always
    scene.toy.tell("NETWORK_LIVENESS DOWN")
    await scene.phase(TorPhase.BOOTSTRAPPING)
    assert not scene.keeper.online
    assert scene.keeper.status.detail == "tor hears nothing from the network"
    assert "HSFETCH" not in " ".join(scene.toy.asked)
    scene.calls = [True]
    scene.toy.tell("NETWORK_LIVENESS UP")
    await scene.phase(TorPhase.READY)
    await scene.toy.was_asked("HSFETCH")
    assert len(await scene.toy.was_asked("ADD_ONION")) == 1


async def test_a_check_that_tor_does_not_answer_is_left_to_the_next_look(scene: Scene) -> None:
    await scene.publish()
    scene.toy.answers["HSFETCH"] = "551 no"
    scene.calls = [True]
    scene.pass_by(CHECK_EVERY)
    await scene.toy.was_asked("HSFETCH")
    scene.keeper.nudge()
    await scene.toy.was_asked("GETINFO onions", 3)
    assert scene.keeper.status.ready


async def test_what_is_no_longer_wanted_is_taken_down(scene: Scene) -> None:
    await scene.publish()
    scene.wanted.clear()
    scene.keeper.nudge()
    assert await scene.toy.was_asked("DEL_ONION") == [f"DEL_ONION {scene.onion}"]
    assert scene.keeper.status.ready


async def test_a_tor_that_refuses_our_onion_ends_the_life_in_its_own_words(scene: Scene) -> None:
    await scene.toy.was_asked("ADD_ONION")
    scene.toy.answers["ADD_ONION"] = "551 Failed to add Onion Service"
    scene.keeper.nudge()
    with pytest.raises(TorDown, match="tor does not let us serve our address: 551 Failed to add Onion Service"):
        await scene.running


async def test_proof_of_work_that_is_off_is_not_asked_for_and_no_complaint(short_path: Path) -> None:
    async with playing(Scene(short_path, ProofOfWork.OFF)) as scene:
        (command,) = await scene.toy.was_asked("ADD_ONION")
        assert "PoWDefensesEnabled" not in command
        await scene.publish()
        assert scene.keeper.status.detail == ""


async def test_other_guests_are_let_in_by_publishing_anew_and_that_is_no_outage(scene: Scene) -> None:
    await scene.publish()
    friend = DhKey(bytes(range(32))).public
    scene.service.admit(frozenset({friend}))
    scene.keeper.nudge()
    _, command = await scene.toy.was_asked("ADD_ONION", 2)
    assert await scene.toy.was_asked("DEL_ONION") == [f"DEL_ONION {scene.onion}"]
    assert ",V3Auth " in command
    assert {word.partition("=")[2] for word in command.split() if word.startswith("ClientAuthV3=")} == {
        base64.b32encode(key).decode().rstrip("=") for key in (friend, scene.service.own_key.public)
    }
    assert scene.keeper.status.phase is TorPhase.READY
    scene.pass_by(PATIENCE[0] + 1)  # that nobody takes the new descriptor is noticed all the same
    await scene.publish(times=3)


async def test_a_new_guest_waits_for_the_descriptor_under_way(short_path: Path) -> None:
    scene = Scene(short_path)
    scene.service.admit(frozenset())
    async with playing(scene):
        await scene.toy.was_asked("ADD_ONION")
        scene.hold()
        scene.service.admit(frozenset({DhKey(bytes(range(32))).public}))
        await scene.look()
        assert len(await scene.toy.was_asked("ADD_ONION")) == 1
        await scene.publish()
        await scene.toy.was_asked("ADD_ONION", 2)


async def test_who_is_no_guest_any_more_loses_his_key_at_once(scene: Scene) -> None:
    await scene.toy.was_asked("ADD_ONION")
    scene.hold()
    guests = [DhKey(bytes([number]) * 32).public for number in range(2 * len(PATIENCE))]
    for times in range(len(guests)):  # however many, that is no descriptor nobody takes
        scene.service.admit(frozenset(guests[times:]))
        await scene.look()
        command = (await scene.toy.was_asked("ADD_ONION", times + 2))[-1]
        assert command.count("ClientAuthV3=") == 1 + len(guests[times:])
    assert not scene.running.done()
