"""Through a bridge onto the private network: a plain one, and one that obfs4 disguises."""

import asyncio
from pathlib import Path

import pytest

from chattor.config.settings import TorSettings
from chattor.transport.tor.network import PrivateNetwork
from tests.support.bridge import bridge
from tests.support.tor import Person

pytestmark = pytest.mark.tor


async def test_whoever_knows_but_a_bridge_is_on_the_network(short_path: Path, tor_network: PrivateNetwork) -> None:
    """Ana's is a plain one, Ben's disguised; all either does goes through it."""
    async with (
        bridge(short_path / "plain", tor_network) as plain,
        bridge(short_path / "obfs4", tor_network, obfs4=True) as disguised,
    ):
        lines = {"ana": plain.line, "ben": f"Bridge {disguised.line}"}
        ana, ben = (
            Person(short_path, name, torrc=tor_network.client_torrc, settings=TorSettings(bridges=(line,)))
            for name, line in lines.items()
        )
        try:
            await asyncio.gather(ana.appear(), ben.appear())
            await ana.say(ben)
            await ben.say(ana)
            for person, standing in ((ana, plain), (ben, disguised)):
                assert (await person.transport.examine()).relays == 1
                assert standing.fingerprint in await person.asked("orconn-status")
        finally:
            await asyncio.gather(ana.transport.stop(), ben.transport.stop())
