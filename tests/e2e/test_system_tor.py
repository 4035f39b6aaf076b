"""On a tor that runs already: two people use it, and leave it as they found it."""

import asyncio
import os
from pathlib import Path

import pytest

from chattor.config.settings import TorSettings
from chattor.crypto.keys import DhKey
from chattor.model.status import TorPhase
from chattor.transport.tor.network import PrivateNetwork
from tests.support.system_tor import SystemTor, system_tor
from tests.support.tor import Person, read_exactly

pytestmark = pytest.mark.tor


async def test_it_is_used_by_cookie_and_by_password_and_left_as_it_was(
    short_path: Path, tor_network: PrivateNetwork
) -> None:
    async with system_tor(short_path / "system", tor_network) as system:
        found = await system.state()
        by_cookie = TorSettings(control=str(system.socket))
        by_password = TorSettings(control=f"127.0.0.1:{system.port}", password_file=system.password_file)
        ana, ben = (
            Person(short_path, name, torrc="", settings=settings)
            for name, settings in (("ana", by_cookie), ("ben", by_password))
        )
        try:
            await asyncio.gather(ana.appear(), ben.appear())
            await ana.say(ben)
            await ben.say(ana, os.urandom(100_000))
            await _calls_with_a_key(ana, ben)
            assert ana.transport.pid is None
            assert not (short_path / "ana").exists()
        finally:
            await asyncio.gather(ana.transport.stop(), ben.transport.stop())
        assert system.running.exit_status is None
        assert await system.state() == found
        assert (await system.owner.ask("ONION_CLIENT_AUTH_VIEW"))[1:] == ["OK"], "no key of a friend stays"
        await _comes_back(ana, system)


async def _calls_with_a_key(ana: Person, ben: Person) -> None:
    key = DhKey(os.urandom(32)).seed
    stream = await ana.transport.dial(ben.address, isolation="key", timeout=30, key=key)
    await stream.write(b"knock")
    _, theirs = await ben.callers.get()
    assert await read_exactly(theirs, 5) == b"knock"
    for end in (stream, theirs):
        end.close()


async def _comes_back(person: Person, system: SystemTor) -> None:
    """Its end is told, and it is tried again."""
    try:
        await person.appear()
        await system.running.stop()
        await person.reach(TorPhase.FAILED)
        assert "tor closed its control connection; tor is tried again in 1 s" in str(person.told)
        await person.until(lambda: "no tor answers at" in person.status.detail)
    finally:
        await person.transport.stop()
