"""What is asked of a tor while it lives, at a toy one: descriptors of others, and how it is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Final

import pytest

from chattor.clock import SystemClock
from chattor.config.settings import TorSettings
from chattor.crypto.keys import SigningKey
from chattor.errors import DialFailed, TorDown
from chattor.model.address import OnionAddress
from chattor.transport.base import ProofOfWork, Vitals
from chattor.transport.tor.control import Control
from chattor.transport.tor.host import OwnTor
from chattor.transport.tor.keeper import Keeper
from chattor.transport.tor.life import Life
from chattor.transport.tor.places import Places
from tests.support.tor import ToyTor

FRIEND: Final = OnionAddress(SigningKey(bytes(32)).public)
ONION: Final = str(FRIEND).removesuffix(".onion")


async def _nobody(_: object) -> bool:
    raise AssertionError("nothing is served here")


class Scene:
    """A life that has its tor, without the process."""

    def __init__(self, toy: ToyTor, life: Life) -> None:
        self.toy = toy
        self.life = life

    async def look_up(self, *outcomes: str) -> None:
        """What becomes of a search in which the relays answer so."""
        search: Awaitable[None] = asyncio.ensure_future(self.life.look_up(FRIEND))
        for number, outcome in enumerate(outcomes, 1):
            await self.toy.was_asked("HSFETCH", number)
            self.toy.tell(f"HS_DESC REQUESTED {ONION} NO_AUTH $A~b x")
            self.toy.tell(f"HS_DESC {outcome}")
        await search


@pytest.fixture
async def scene(short_path: Path) -> AsyncIterator[Scene]:
    toy = ToyTor(short_path)
    keeper = Keeper(wanted=(), clock=SystemClock(), report=lambda _: None, check=_nobody, proof_of_work=ProofOfWork.ON)
    life = Life(OwnTor(Places(data=short_path, runtime=short_path), TorSettings(), ""), keeper)
    async with await toy.start():
        control = life._control = await Control.connect(toy.socket, toy.cookie, keeper.heard)
        yield Scene(toy, life)
        await control.close()


async def test_a_descriptor_is_found(scene: Scene) -> None:
    await scene.look_up(f"RECEIVED {ONION} NO_AUTH $A~b x")
    assert await scene.toy.was_asked("HSFETCH") == [f"HSFETCH {ONION}"]


async def test_the_second_relay_may_have_it(scene: Scene) -> None:
    other = "x" * 56
    await scene.look_up(f"FAILED {ONION} NO_AUTH $A~b x REASON=NOT_FOUND", f"RECEIVED {ONION} NO_AUTH $C~d x")
    assert len(await scene.toy.was_asked("HSFETCH")) == 2
    assert other not in str(scene.toy.asked)


async def test_three_relays_are_asked_and_no_more(scene: Scene) -> None:
    with pytest.raises(DialFailed, match="no relay knows the address"):
        await scene.look_up(*[f"FAILED {ONION} NO_AUTH $A~b x REASON=NOT_FOUND"] * 3)
    scene.toy.asked.clear()
    with pytest.raises(DialFailed, match="gave the address out: query rate limited"):
        await scene.look_up(*[f"FAILED {ONION} NO_AUTH $A~b x REASON=QUERY_RATE_LIMITED"] * 3)


async def test_what_tor_says_of_itself(scene: Scene) -> None:
    scene.toy.answers["GETINFO version"] = "250-version=0.4.9.11 (git-abc)\r\n250 OK"
    scene.toy.answers["GETINFO orconn-status"] = (
        "250+orconn-status=\r\n$AA~one CONNECTED\r\n$BB~two LAUNCHED\r\n$CC~three CONNECTED\r\n.\r\n250 OK"
    )
    scene.toy.tell("STATUS_GENERAL WARN CLOCK_SKEW SKEW=-3600 SOURCE=OR:192.0.2.1:9001")
    found = await scene.life.examine()
    assert found == Vitals(version="0.4.9.11", proof_of_work=ProofOfWork.ON, relays=2, skew=-3600)
    scene.toy.answers["GETINFO orconn-status"] = "250-orconn-status=$AA~one CONNECTED\r\n250 OK"
    assert (await scene.life.examine()).relays == 1
    scene.toy.answers["GETINFO orconn-status"] = "250-orconn-status=\r\n250 OK"
    assert (await scene.life.examine()).relays == 0


async def test_a_tor_that_is_gone_or_refuses_is_said_to_be_down(scene: Scene) -> None:
    scene.toy.answers["GETINFO version"] = "551 no"
    scene.toy.answers["HSFETCH"] = "551 no"
    for question in (scene.life.examine(), scene.life.look_up(FRIEND)):
        with pytest.raises(TorDown, match="551 no"):
            await question
    scene.life._control = None
    for question in (scene.life.examine(), scene.life.look_up(FRIEND)):
        with pytest.raises(TorDown):
            await question


async def test_a_key_is_shown_to_tor_once_in_a_life(scene: Scene) -> None:
    scene.toy.answers["ONION_CLIENT_AUTH_ADD"] = "251 Client for onion existed and replaced"
    for _ in range(2):
        await scene.life.enter(FRIEND, bytes(32))
    assert await scene.toy.was_asked("ONION") == [f"ONION_CLIENT_AUTH_ADD {ONION} x25519:{'A' * 43}="]
    await scene.life.enter(FRIEND, bytes(31) + b"x")
    assert len(await scene.toy.was_asked("ONION")) == 2
    scene.toy.answers["ONION_CLIENT_AUTH_ADD"] = "512 no"
    with pytest.raises(TorDown, match="tor refused: 512 no"):
        await scene.life.enter(FRIEND, bytes(32))
