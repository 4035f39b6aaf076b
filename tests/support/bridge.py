"""A bridge of the private Tor network: a relay nobody lists, plain or behind obfs4."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from chattor.transport.tor import process, relay
from chattor.transport.tor.network import PrivateNetwork
from chattor.transport.tor.places import write_private
from chattor.transport.tor.process import TorProcess
from chattor.transport.tor.relay import Relay
from tests.support.tor import PATIENCE

_LOOK_EVERY = 0.05  # s
_RELAYS = 6


@dataclass(frozen=True, slots=True)
class Bridge:
    """One that runs; `line` is what its operator gives to people."""

    line: str
    fingerprint: str


@asynccontextmanager
async def bridge(directory: Path, network: PrivateNetwork, *, obfs4: bool = False) -> AsyncIterator[Bridge]:
    """A bridge that knows the network, until the end."""
    tor = process.find("tor")
    or_port, port = relay.free_ports(2)
    made = await relay.with_keys(Relay(directory=directory, or_port=or_port, dir_port=None), tor, Path())
    lines = [*relay.configuration(made, os.getpid()), "BridgeRelay 1", "PublishServerDescriptor 0"]
    if obfs4:
        lines += [
            f"ServerTransportPlugin obfs4 exec {process.find('obfs4proxy')}",
            f"ServerTransportListenAddr obfs4 127.0.0.1:{port}",
            "ExtORPort auto",
        ]
    write_private(made.torrc, "\n".join([*lines, network.client_torrc]))
    running = await TorProcess.start(tor, made.torrc)
    try:
        async with asyncio.timeout(PATIENCE):
            while not made.is_ready(_RELAYS) or (obfs4 and not _certificate(directory)):
                assert running.exit_status is None, running.last_words
                await asyncio.sleep(_LOOK_EVERY)
        plain = f"127.0.0.1:{or_port} {made.fingerprint}"
        disguised = f"obfs4 127.0.0.1:{port} {made.fingerprint} {_certificate(directory)} iat-mode=0"
        yield Bridge(disguised if obfs4 else plain, made.fingerprint)
    finally:
        await running.stop()


def _certificate(directory: Path) -> str:
    """What obfs4proxy wrote for its clients, once it did."""
    file = directory / "pt_state" / "obfs4_bridgeline.txt"
    found = re.search(r"cert=\S+", file.read_text()) if file.exists() else None
    return found[0] if found else ""
