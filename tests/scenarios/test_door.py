"""The door: locked, nothing but status, unlock and stop gets through, for calls and subscriptions alike."""

import asyncio
from collections.abc import Iterator

import pytest

from chattor.api import NodeApi
from chattor.errors import Locked, WrongPassphrase
from chattor.rpc import contract
from chattor.rpc.door import FREE_GUESSES, WAITS, Door
from tests.support.house import PlayedHouse
from tests.support.played import PASSPHRASE, bury, inhabited

OPEN = {"status", "unlock", "stop", "lock"}


@pytest.fixture(autouse=True)
def _buried() -> Iterator[None]:
    yield
    bury()


def door(lock_after: float | None = None) -> Door:
    """A door before people who talk."""
    node = inhabited()
    house = PlayedHouse(node, node.directory)
    house.lock_after = lock_after
    return Door.of(house, asyncio.get_running_loop().time)


async def test_an_open_door_is_not_noticed() -> None:
    here, node = door(), inhabited()
    assert await here.friends_list() == await node.friends_list()
    assert (await here.history("bob", limit=1))[0].text == (await node.history("bob", limit=1))[0].text
    assert not (await here.status()).locked


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("name", [name for name, _ in contract.functions(NodeApi) if name not in OPEN])
async def test_every_method_is_refused_while_it_is_locked(name: str, hard: bool) -> None:
    here = door()
    await here.lock(hard)
    method = contract.method(name)
    arguments = dict.fromkeys(method.params.__struct_fields__, "x")
    called = anext(getattr(here, name)()) if method.stream else getattr(here, name)(**arguments)
    with pytest.raises(Locked):
        await called


@pytest.mark.parametrize("hard", [False, True])
async def test_status_says_so_and_the_passphrase_opens(hard: bool) -> None:
    here = door()
    await here.lock(hard)
    assert (await here.status()).locked
    with pytest.raises(WrongPassphrase):
        await here.unlock("wrong wrong")
    assert (await here.status()).locked
    await here.unlock(PASSPHRASE)
    assert not (await here.status()).locked
    assert await here.friends_list()


@pytest.mark.parametrize("hard", [False, True])
async def test_who_listens_is_sent_away_when_it_locks(hard: bool) -> None:
    here = door()
    listening = asyncio.ensure_future(anext(here.events()))
    await asyncio.sleep(0.1)
    await here.lock(hard)
    with pytest.raises(Locked):
        await listening


async def test_input_81_the_fourth_guess_waits_and_the_next_one_longer() -> None:
    here, loop = door(), asyncio.get_running_loop()
    await here.lock()
    took = []
    for _ in range(FREE_GUESSES + len(WAITS) + 2):
        began = loop.time()
        with pytest.raises(WrongPassphrase):
            await here.unlock("wrong wrong")
        took.append(loop.time() - began)
    assert took == pytest.approx([0.0] * FREE_GUESSES + [*WAITS, WAITS[-1], WAITS[-1]])
    await here.unlock(PASSPHRASE)
    await here.lock()
    began = loop.time()
    with pytest.raises(WrongPassphrase):
        await here.unlock("wrong wrong")
    assert loop.time() == began, "the guesses of before still count"


async def test_guesses_side_by_side_wait_for_one_another() -> None:
    here, loop = door(), asyncio.get_running_loop()
    await here.lock()
    began = loop.time()
    guesses = [here.unlock(f"guess number {number}") for number in range(5)]
    assert all(isinstance(one, WrongPassphrase) for one in await asyncio.gather(*guesses, return_exceptions=True))
    assert loop.time() - began == pytest.approx(WAITS[0] + WAITS[1])


async def test_it_locks_when_nobody_called_for_the_set_time() -> None:
    here = door(lock_after=60.0)
    watching = asyncio.create_task(here.watch())
    for _ in range(5):
        await asyncio.sleep(50)
        await here.friends_list()
    for _ in range(5):
        await asyncio.sleep(15)
        await here.status()  # a look at it keeps nothing open
    assert (await here.status()).locked
    await here.unlock(PASSPHRASE)
    await asyncio.sleep(50)
    assert not (await here.status()).locked
    watching.cancel()


async def test_it_never_locks_by_itself_unless_it_is_set() -> None:
    here = door()
    watching = asyncio.create_task(here.watch())
    await asyncio.sleep(100_000)
    assert not (await here.status()).locked
    watching.cancel()


async def test_a_locked_node_can_be_stopped() -> None:
    here = door()
    await here.lock(hard=True)
    await here.stop()
    assert here.stopping.is_set()
