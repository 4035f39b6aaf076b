"""An onion for guests on real Tor: who holds a key gets in, whoever only has the address gets no connection."""

import os
from pathlib import Path
from typing import Final

import pytest

from chattor.crypto.keys import DhKey
from chattor.demo.patience import eventually, together
from chattor.errors import DialFailed
from chattor.model.status import Identity, TorPhase
from chattor.transport.tor.network import PrivateNetwork
from tests.support.programs import Friends, appear, programs
from tests.support.tor import PATIENCE, Person, people, read_exactly

pytestmark = pytest.mark.tor

SHORT: Final = 8.0  # s for a call that may lead nowhere: it is made again
MANY: Final = 299
"""Keys of guests beside our own: as many as fit."""


async def _enters(who: Person, host: Person, key: DhKey | None, timeout: float = PATIENCE) -> None:
    """A call that is heard, on a circuit of its own. Raises DialFailed."""
    mine = await who.transport.dial(host.address, isolation=os.urandom(4).hex(), timeout=timeout, key=_secret(key))
    await mine.write(b"knock")
    while True:
        _, theirs = await host.callers.get()
        if await read_exactly(theirs, 5) == b"knock":
            break
        theirs.close()
    for end in (mine, theirs):
        end.close()


def _secret(key: DhKey | None) -> bytes | None:
    return None if key is None else key.seed


async def _is_refused(who: Person, host: Person, key: DhKey | None) -> bool:
    try:
        await _enters(who, host, key, SHORT)
    except DialFailed as error:
        return str(error) in ("only friends may connect there", "no longer lets us connect")
    return False


async def _gets_in(who: Person, host: Person, key: DhKey | None) -> bool:
    try:
        await _enters(who, host, key, SHORT)
    except DialFailed:
        return False
    return True


async def test_guests_enter_and_nobody_else(short_path: Path, tor_network: PrivateNetwork) -> None:
    friend, leaver, nobody = (DhKey(os.urandom(32)) for _ in range(3))
    crowd = frozenset(DhKey(os.urandom(32)).public for _ in range(MANY - 2))
    host = Person(short_path, "ben", torrc=tor_network.client_torrc)
    async with people(short_path, tor_network, "ana", "eve") as (ana, eve):
        try:
            await host.transport.start(host)
            service = await host.transport.serve(host.seed, crowd | {friend.public, leaver.public})
            await host.reach(TorPhase.READY)
            await _enters(ana, host, friend)
            await eventually(
                lambda: _is_refused(eve, host, None), "who shows no key to be refused", within=3 * PATIENCE
            )
            await eventually(lambda: _is_refused(eve, host, nobody), "another key to be refused", within=3 * PATIENCE)
            await _enters(eve, host, leaver)
            await _enters(host, host, None)

            service.admit(frozenset({friend.public}))
            await eventually(
                lambda: _is_refused(eve, host, leaver), "the one who left to be kept out", within=3 * PATIENCE
            )
            await eventually(lambda: _gets_in(ana, host, friend), "the one who stayed to get in", within=3 * PATIENCE)

            service.admit(None)
            await eventually(lambda: _gets_in(eve, host, nobody), "the door to be open", within=3 * PATIENCE)
            assert [status.phase for status in host.told].count(TorPhase.READY) == 1, "a change of guests is no outage"
        finally:
            await host.transport.stop()


@pytest.mark.asyncio(loop_scope="session")
async def test_a_friend_comes_back_and_a_stranger_with_the_code_waits_outside(
    friends: Friends, tor_network: PrivateNetwork
) -> None:
    ada, ben = friends.people
    async with programs(tor_network.client_torrc_path, "Eve") as (eve,):
        done = await ben.chattor("settings", "set", "tor.friends_only", "on")
        assert (done.code, "next start" in done.out) == (0, False)
        try:
            await together(ada.stop(), appear(eve))
            await appear(ada)
            sent = await ada.chattor("send", friends.calls[ada], "only us", "--wait", "delivered", "--timeout", "90")
            assert sent.code == 0, sent.err
            code = await ben.verb(Identity, "identity")
            assert code.friends_only
            await eve.chattor("friends", "add", code.friend_code, "--name", "Ben")

            async def is_told_why() -> bool:
                async with eve.api() as api:
                    return any("only friends may connect there" in each.reason for each in await api.outbox_list())

            await eventually(is_told_why, "Eve to be turned away", within=90)
            async with ben.api() as api:
                assert await api.friends_requests() == []
        finally:
            await ben.chattor("settings", "set", "tor.friends_only", "off")
