"""The composition root: the only module that knows every concrete class.

A profile is hosted by exactly one process, which holds its lock, runs its node and serves its socket. Everybody else
speaks to that one.
"""

import asyncio
import hmac
import os
import resource
from contextlib import AbstractContextManager, AsyncExitStack
from pathlib import Path

from chattor import __version__
from chattor.clock import SystemClock
from chattor.config.edit import SettingsFile, Trial
from chattor.config.files import private_directory, read_regular, reason
from chattor.config.settings import Settings
from chattor.crypto.keys import Identity
from chattor.errors import BadDirectory, ProfileExists, StoreDamaged, TorRefused, WrongPassphrase
from chattor.log import logging_to
from chattor.model.status import Status, TorStatus
from chattor.node.core import Core
from chattor.node.node import Node
from chattor.node.runtime import Runtime
from chattor.notify.headless import notify_without_window
from chattor.profile import Profile
from chattor.protocol.limits import FRIEND_LINKS
from chattor.protocol.pins import FIRST_EPOCH
from chattor.rpc.door import Door
from chattor.rpc.server import serve
from chattor.store import vault
from chattor.store.connection import DataKey
from chattor.store.database import Database
from chattor.store.lock import ProfileLock
from chattor.store.repos.own import Own
from chattor.store.runner import ThreadRunner
from chattor.text import safe_name
from chattor.transport.tor import checkup
from chattor.transport.tor.transport import TorTransport

TRIED_BY_TOR = frozenset(
    f"tor.{key}" for key in ("bridges", "obfs4", "snowflake", "torrc", "binary", "control", "socks")
)
TORRC_MAX = 64 * 1024  # bytes of extra lines
FILES_BESIDE = 256  # open files that are no links of friends: strangers', dialled and nameless ones, faces, the store


async def create(profile: Profile, name: str, passphrase: str) -> None:
    """Make identity, keyfile and store. Raises ProfileExists, BadInput, BadDirectory, ProfileInUse."""
    harden()
    own_name = safe_name(name)
    paths = profile.paths
    with ProfileLock.take(paths.data, "setup"):
        if paths.database.exists():
            raise ProfileExists(f"there is a profile in {paths.data} already")
        if paths.tor.is_dir() and any(paths.tor.iterdir()):
            raise BadDirectory(f"{paths.tor} holds something already, and would be deleted with the profile")
        key = await asyncio.to_thread(vault.create, paths.data, passphrase, os.urandom, profile.cost)
        identity, now = Identity.generate(os.urandom), SystemClock().wall()
        own = Own(name=own_name, identity=identity, epoch=FIRST_EPOCH, created_ms=now)
        await asyncio.to_thread(Database.create, paths.database, key, lambda tx: tx.own.create(own))


class House:
    """The node of one profile, which its owner may close and open again while the process keeps the profile's lock."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._settings = profile.settings
        self._key: DataKey | None = None
        self._online = False
        self.node: Node | None = None

    @property
    def lock_after(self) -> float | None:
        """After how many seconds without a call the door shuts."""
        return (self.node.settings if self.node else self._settings).lock.after_seconds

    async def start(self) -> None:
        """Go on the network, now and whenever it is opened again. Raises TorMissing, TorRefused."""
        self._online = True
        if self.node is not None:
            await self.node.start()

    async def open(self, passphrase: str) -> None:
        """Open the store. Raises NoProfile, WrongPassphrase, StoreDamaged, StoreTooNew, TorMissing, TorRefused."""
        key = await asyncio.to_thread(vault.unlock, self._profile.paths.data, passphrase)
        node = await _node(self._profile, self._settings, key)
        try:
            await (node.start() if self._online else node.catch_up())
        except BaseException:
            await node.close()
            raise
        self._key, self.node = key, node

    async def close(self) -> None:
        """Close the store and leave the network; safe to repeat."""
        node, self.node, self._key = self.node, None, None
        if node is not None:
            self._settings = node.settings
            await node.close()

    async def check(self, passphrase: str) -> None:
        """Raises WrongPassphrase; also if the keyfile is by now another profile's."""
        found = await asyncio.to_thread(vault.unlock, self._profile.paths.data, passphrase)
        if self._key is None or not hmac.compare_digest(found.raw, self._key.raw):
            raise WrongPassphrase("the keyfile does not belong to the open store")

    def dismiss(self) -> None:
        """End every subscription."""
        if self.node is not None:
            self.node.dismiss()

    def absent(self) -> Status:
        """How it stands while there is no node."""
        return Status(
            version=__version__, pid=os.getpid(), profile=self._profile.paths.profile, onion="", tor=TorStatus(),
            reachable=False, friends=0, online=0, unread=0, outbox=0, locked=True,
        )  # fmt: skip


class Host:
    """A node hosted by this process behind its door, and the profile's lock. Made by `host` and `read_offline`."""

    def __init__(self, house: House, door: Door, cleanup: AsyncExitStack) -> None:
        self.house = house
        self.node = door
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
        house, door = await _moved_in(profile, passphrase, kind, cleanup)
        private_directory(profile.paths.runtime)
        server = await serve(door, profile.paths.socket)
        cleanup.push_async_callback(server.close)
        await house.start()
        watching = asyncio.create_task(door.watch(), name="lock after idle")
        cleanup.callback(watching.cancel)
        if kind == "daemon":
            notifying = asyncio.create_task(notify_without_window(house, door), name="notifications")
            cleanup.callback(notifying.cancel)
        return Host(house, door, cleanup.pop_all())


async def read_offline(profile: Profile, passphrase: str) -> Host:
    """Open the store without going on the network, for queries while no node runs."""
    async with AsyncExitStack() as cleanup:
        house, door = await _moved_in(profile, passphrase, "query", cleanup)
        return Host(house, door, cleanup.pop_all())


async def _moved_in(profile: Profile, passphrase: str, kind: str, cleanup: AsyncExitStack) -> tuple[House, Door]:
    harden()
    cleanup.enter_context(ProfileLock.take(profile.paths.data, kind))
    cleanup.enter_context(_logging(profile))
    house = House(profile)
    cleanup.push_async_callback(house.close)
    await house.open(passphrase)
    return house, Door.of(house, SystemClock().monotonic)


def _tor(profile: Profile, settings: Settings) -> TorTransport:
    return TorTransport(
        tor_dir=profile.paths.tor,
        runtime_dir=profile.paths.runtime,
        settings=settings.tor,
        extra_torrc=extra_torrc(settings, profile.torrc),
    )


def extra_torrc(settings: Settings, torrc: Path | None) -> str:
    """The user's own lines for tor's configuration, from the file `torrc` or the one that is set.

    Raises TorRefused if they cannot be read or are too much.
    """
    path = torrc or settings.tor.torrc
    if path is None:
        return ""
    try:
        extra = read_regular(path, TORRC_MAX + 1)
        if len(extra) > TORRC_MAX:
            raise TorRefused(f"the extra torrc lines in {path} are more than {TORRC_MAX // 1024} KiB")
        return extra.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise TorRefused(f"the extra torrc lines in {path} cannot be read") from error


def trial_by_tor(torrc: Path | None) -> Trial:
    """Whether tor takes what the user wants to set, tried before it is written. Blocks.

    Raises TorMissing, PluginMissing, TorRefused with tor's own words.
    """

    def tried(key: str, wished: Settings) -> None:
        if key in TRIED_BY_TOR:
            asyncio.run(checkup.takes(wished.tor, extra_torrc(wished, torrc)))

    return tried


async def _node(profile: Profile, settings: Settings, key: DataKey) -> Node:
    transport = _tor(profile, settings)
    database = await Database.open(profile.paths.database, key, ThreadRunner())
    try:
        own = await database.read(lambda tx: tx.own.load())
        if own is None:
            raise StoreDamaged("the store holds no identity")
    except BaseException:
        await database.close()
        raise
    core = Core(
        database=database,
        clock=SystemClock(),
        rng=os.urandom,
        own=own,
        settings=settings,
        settings_file=SettingsFile(profile.paths.settings, profile.options, trial_by_tor(profile.torrc)),
        profile=profile.paths.profile,
        friend_links=friend_links(),
    )
    return Node(core, Runtime(core, transport))


def _logging(profile: Profile) -> AbstractContextManager[None]:
    try:
        private_directory(profile.paths.logs)
        return logging_to(profile.paths.log, profile.settings.log.level)
    except OSError as error:
        raise BadDirectory(f"no log can be written to {profile.paths.logs}: {reason(error)}") from error


def friend_links() -> int:
    """How many links of friends who dialled us the process may hold open; asks for as many as it may want first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FRIEND_LINKS + FILES_BESIDE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return FRIEND_LINKS if soft == resource.RLIM_INFINITY else max(1, min(FRIEND_LINKS, soft - FILES_BESIDE))


def harden() -> None:
    """Files of ours are for us only, and memory is never written to disk (protocol §8)."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
