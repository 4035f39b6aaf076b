"""The composition root: the only module that knows every concrete class.

A profile is hosted by exactly one process, which holds its lock, runs its node and serves its socket. Everybody else
speaks to that one.
"""

import asyncio
import os
import resource
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from chattor.api import Api, ProfileState
from chattor.clock import SystemClock
from chattor.config.files import private_directory, read_regular, reason
from chattor.config.paths import Paths
from chattor.config.settings import Settings
from chattor.crypto.keys import Identity
from chattor.crypto.passphrase import STANDARD, Cost
from chattor.errors import BadDirectory, NoDaemon, ProfileExists, StoreDamaged, TorRefused
from chattor.log import logging_to
from chattor.node.core import Core
from chattor.node.node import Node
from chattor.node.runtime import Runtime
from chattor.rpc.client import connect
from chattor.rpc.remote import RemoteNode
from chattor.rpc.server import serve
from chattor.store import vault
from chattor.store.database import Database
from chattor.store.lock import ProfileLock
from chattor.store.repos.own import Own
from chattor.store.runner import ThreadRunner
from chattor.text import safe_name
from chattor.transport.base import Transport
from chattor.transport.tor.transport import TorTransport

TORRC_MAX = 64 * 1024  # bytes of extra lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Where a profile lives and what its user set. `torrc` is a file of extra lines for tor."""

    paths: Paths
    settings: Settings
    torrc: Path | None = None
    cost: Cost = STANDARD


async def create(profile: Profile, name: str, passphrase: str) -> None:
    """Make identity, keyfile and store. Raises ProfileExists, BadInput, BadDirectory, ProfileInUse."""
    _harden()
    own_name = safe_name(name)
    paths = profile.paths
    with ProfileLock.take(paths.data, "setup"):
        if paths.database.exists():
            raise ProfileExists(f"there is a profile in {paths.data} already")
        key = await asyncio.to_thread(vault.create, paths.data, passphrase, os.urandom, profile.cost)
        own = Own(name=own_name, identity=Identity.generate(os.urandom), epoch=1, created_ms=SystemClock().wall())
        await asyncio.to_thread(Database.create, paths.database, key, lambda tx: tx.own.create(own))


class Host:
    """A node hosted by this process, its socket and its lock. Made by `host`."""

    def __init__(self, node: Node, cleanup: AsyncExitStack) -> None:
        self.node = node
        self._cleanup = cleanup

    async def close(self) -> None:
        """Stop in order: socket, node with its tor, store, lock; safe to repeat."""
        await self._cleanup.aclose()


async def host(profile: Profile, passphrase: str, kind: str) -> Host:
    """Unlock a profile and run its node here; the socket answers before Tor is up.

    `kind` tells others who holds the profile. Raises ProfileInUse before anything is touched, NoProfile,
    WrongPassphrase, StoreDamaged, StoreTooNew, TorMissing, TorRefused, BadDirectory.
    """
    async with AsyncExitStack() as cleanup:
        node = await _open(profile, passphrase, kind, cleanup, _tor(profile))
        private_directory(profile.paths.runtime)
        server = await serve(node, profile.paths.socket)
        cleanup.push_async_callback(server.close)
        await node.start()
        return Host(node, cleanup.pop_all())


async def read_offline(profile: Profile, passphrase: str) -> Host:
    """Open the store without going on the network, for queries while no node runs."""
    async with AsyncExitStack() as cleanup:
        node = await _open(profile, passphrase, "query", cleanup, _tor(profile))
        return Host(node, cleanup.pop_all())


async def attach(profile: Profile) -> RemoteNode:
    """Speak to the node that runs already. Raises NoDaemon."""
    return await connect(profile.paths.socket)


class ProfileGateway:
    """How the TUI comes by an Api; implements `chattor.api.Gateway`."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile.paths.profile
        self._profile = profile
        self._host: Host | None = None
        self._remote: RemoteNode | None = None

    async def probe(self) -> ProfileState:
        """What is there now."""
        exists = self._profile.paths.database.exists()
        try:
            remote = await attach(self._profile)
        except NoDaemon:
            return ProfileState(exists=exists, running=False)
        await remote.close()
        return ProfileState(exists=exists, running=True)

    async def create(self, name: str, passphrase: str) -> Api:
        """Make a profile and host its node here."""
        await create(self._profile, name, passphrase)
        return await self.unlock(passphrase)

    async def unlock(self, passphrase: str) -> Api:
        """Host the node here."""
        self._host = await host(self._profile, passphrase, "tui")
        return self._host.node

    async def attach(self) -> Api:
        """Speak to the node that runs already."""
        self._remote = await attach(self._profile)
        return self._remote

    async def close(self) -> None:
        """Let go: stops the node if it is hosted here."""
        if self._remote is not None:
            await self._remote.close()
        if self._host is not None:
            await self._host.close()


def _tor(profile: Profile) -> TorTransport:
    torrc = profile.torrc or profile.settings.tor.torrc
    return TorTransport(
        tor_dir=profile.paths.tor,
        runtime_dir=profile.paths.runtime,
        extra_torrc=None if torrc is None else _read_torrc(torrc),
        tor_binary=profile.settings.tor.binary,
    )


def _read_torrc(path: Path) -> str:
    try:
        return read_regular(path, TORRC_MAX + 1).decode()[:TORRC_MAX]
    except (OSError, UnicodeDecodeError) as error:
        raise TorRefused(f"the extra torrc lines in {path} cannot be read") from error


async def _open(profile: Profile, passphrase: str, kind: str, cleanup: AsyncExitStack, transport: Transport) -> Node:
    _harden()
    cleanup.enter_context(ProfileLock.take(profile.paths.data, kind))
    cleanup.enter_context(_logging(profile))
    key = await asyncio.to_thread(vault.unlock, profile.paths.data, passphrase)
    database = await Database.open(profile.paths.database, key, ThreadRunner())
    cleanup.push_async_callback(database.close)
    own = await database.read(lambda tx: tx.own.load())
    if own is None:
        raise StoreDamaged("the store holds no identity")
    core = Core(
        database=database,
        clock=SystemClock(),
        rng=os.urandom,
        own=own,
        settings=profile.settings,
        profile=profile.paths.profile,
    )
    node = Node(core, Runtime(core, transport))
    cleanup.push_async_callback(node.close)
    return node


def _logging(profile: Profile) -> AbstractContextManager[None]:
    try:
        private_directory(profile.paths.logs)
        return logging_to(profile.paths.log, profile.settings.log.level)
    except OSError as error:
        raise BadDirectory(f"no log can be written to {profile.paths.logs}: {reason(error)}") from error


def _harden() -> None:
    """Files of ours are for us only, and memory is never written to disk (protocol §7)."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
