"""What is done to a profile as a whole without a node: put back a backup, change its passphrase, examine it, delete it.

Everything here blocks; whoever has an event loop calls it on a thread.
"""

import asyncio
import os
from pathlib import Path

from chattor.clock import SystemClock
from chattor.config.edit import SettingsFile
from chattor.config.paths import Paths, choose_none, is_chosen
from chattor.crypto import passphrase as crypto
from chattor.errors import NoDaemon, NoProfile, ProfileExists
from chattor.launch import extra_torrc, harden
from chattor.model.backup import Backup
from chattor.model.doctor import Diagnosis
from chattor.node import doctor, reach
from chattor.node.api.data import backup_view
from chattor.node.ladder import Step, climb
from chattor.profile import Profile
from chattor.store import backup, vault, wipe
from chattor.store.connection import DataKey
from chattor.store.lock import ProfileLock
from chattor.store.restore import restore
from chattor.transport.base import ProofOfWork
from chattor.transport.tor import checkup, process


def verify_backup(file: Path, passphrase: str) -> Backup:
    """Read all of a backup and write nothing. Raises FileRefused, BackupDamaged, StoreTooNew, WrongPassphrase."""
    with backup.Backup.open(file, _unlock(passphrase)) as opened:
        return backup_view(file, opened.size, opened.check())


def restore_backup(profile: Profile, file: Path, passphrase: str, *, force: bool = False) -> Backup:
    """Make the profile what it was when the backup was made; with `force` one that is there is moved aside.

    Raises ProfileExists, ProfileInUse, BadDirectory, StoreFailed and what `verify_backup` raises: then nothing changed.
    """
    harden()
    paths = profile.paths
    if not force:
        _refuse_if_there(profile)
    with backup.Backup.open(file, _unlock(passphrase)) as opened:
        label = opened.check()
        with ProfileLock.take(paths.data, "restore"):
            if not force:
                _refuse_if_there(profile)
            restore(opened, paths.data, SystemClock().wall())
        return backup_view(file, opened.size, label)


def change_passphrase(profile: Profile, old: str, new: str) -> None:
    """Seal the profile's key under another passphrase; a node may run, and goes on.

    Raises BadInput, NoProfile, WrongPassphrase, StoreDamaged, StoreFailed: then the old one holds.
    """
    harden()
    crypto.check(new)
    key = vault.unlock(profile.paths.data, old)
    vault.change(profile.paths.data, key, new, os.urandom, profile.cost)


def examine(paths: Paths, settings_file: SettingsFile, torrc: Path | None, *, friend: bool) -> Diagnosis:
    """The doctor as far as he gets without a node; `friend`: with the rungs that lead to one."""
    return asyncio.run(_Examination(paths, settings_file, torrc).climb(friend=friend))


class _Examination:
    def __init__(self, paths: Paths, settings_file: SettingsFile, torrc: Path | None) -> None:
        self._paths = paths
        self._settings_file = settings_file
        self._torrc = torrc

    async def climb(self, *, friend: bool) -> Diagnosis:
        steps: dict[str, Step] = dict.fromkeys([*doctor.NAMES, *(reach.NAMES if friend else ())], self._node)
        steps |= {"clock": self._clock, "profile": self._profile, "tor": self._tor}
        return await climb(steps, SystemClock().monotonic)

    async def _clock(self) -> str:
        return doctor.look_at_clock(SystemClock().wall())

    async def _profile(self) -> str:
        if not self._paths.holds_profile:
            raise NoProfile("there is no profile here yet")
        return doctor.look_at_warnings(self._settings_file.load().warnings)

    async def _tor(self) -> str:
        settings = self._settings_file.load().settings
        extra = extra_torrc(settings, self._torrc)
        if settings.tor.control:
            return f"{await checkup.answers(settings.tor, extra)}, at {settings.tor.control}"
        await checkup.takes(settings.tor, extra)
        tor = process.find("tor", settings.tor.binary)
        can = ProofOfWork.ON if await checkup.has_proof_of_work(tor) else ProofOfWork.MISSING
        return doctor.described(await checkup.version(tor), can if settings.tor.pow else ProofOfWork.OFF)

    async def _node(self) -> str:
        raise NoDaemon("none runs")


def delete(profile: Profile) -> list[Path]:
    """Delete a profile that no node runs; what is left because it is not ours. If it was chosen, none is.

    Raises ProfileInUse before anything is touched, NoProfile, StoreFailed.
    """
    paths = profile.paths
    if not paths.data.is_dir():
        raise NoProfile(f"there is no profile in {paths.data}")
    with ProfileLock.take(paths.data, "wipe"):
        left = wipe.wipe(paths)
    if is_chosen(paths):
        choose_none()
    return left


def _refuse_if_there(profile: Profile) -> None:
    if profile.paths.holds_profile:
        raise ProfileExists(f"there is a profile in {profile.paths.data} already; --force moves it aside")


def _unlock(passphrase: str) -> backup.Unlock:
    return lambda keyfile: DataKey(crypto.open(keyfile, passphrase))
