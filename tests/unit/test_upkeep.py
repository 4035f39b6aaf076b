"""What is done to a profile without a node: another passphrase, the end of it, a backup put back."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from chattor import launch, upkeep
from chattor.config.paths import locate, scratch
from chattor.config.settings import Settings
from chattor.crypto.cost import Cost
from chattor.errors import (
    BackupDamaged,
    BadDirectory,
    BadInput,
    NoProfile,
    ProfileExists,
    ProfileInUse,
    WrongPassphrase,
)
from chattor.profile import Profile
from chattor.store import vault
from chattor.store.lock import ProfileLock

CHEAP = Cost(memory_kib=64 * 1024, passes=1, lanes=1)
OLD, NEW = "correct horse", "battery staple"


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    """Ann's, with files of somebody else in its directory."""
    paths = locate(data_dir=tmp_path / "data", config_dir=tmp_path / "config")
    made = Profile(paths=paths, settings=Settings(), cost=CHEAP)
    asyncio.run(launch.create(made, "Ann", OLD))
    return made


def files(directory: Path) -> dict[Path, bytes]:
    """Every file below a directory."""
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_only_the_new_passphrase_opens_after_a_change(profile: Profile) -> None:
    key = vault.unlock(profile.paths.data, OLD).raw
    with ProfileLock.take(profile.paths.data, "daemon"):  # a node may run
        upkeep.change_passphrase(profile, OLD, NEW)
    assert vault.unlock(profile.paths.data, NEW).raw == key
    with pytest.raises(WrongPassphrase):
        vault.unlock(profile.paths.data, OLD)


def test_the_previous_keyfile_stays_until_the_new_one_opened(profile: Profile) -> None:
    keyfile = profile.paths.keyfile
    before = keyfile.read_bytes()
    upkeep.change_passphrase(profile, OLD, NEW)
    previous = keyfile.with_name("keyfile.previous")
    assert previous.read_bytes() == before
    vault.unlock(profile.paths.data, NEW)
    assert not previous.exists()


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [("wrong wrong", NEW, WrongPassphrase), (OLD, "short", BadInput), (OLD, "x" * 2_000, BadInput)],
)
def test_input_81_a_bad_passphrase_changes_nothing(
    profile: Profile, old: str, new: str, refusal: type[Exception]
) -> None:
    before = files(profile.paths.data)
    with pytest.raises(refusal):
        upkeep.change_passphrase(profile, old, new)
    assert files(profile.paths.data) == before


def test_a_wiped_profile_is_gone_and_other_files_stay(profile: Profile, tmp_path: Path) -> None:
    data = profile.paths.data
    upkeep.change_passphrase(profile, OLD, NEW)  # leaves a previous keyfile
    for name in ("tor/keys", "run", "profiles/work", "log", "before-restore-1"):
        (data / name).mkdir(parents=True, exist_ok=True)
    for name in ("tor/keys/secret", "log/chattor.log.1", "before-restore-1/keyfile", "before-restore-1/chattor.db"):
        (data / name).write_text("ours")
    (data / "keyfile.0badcafe").write_text("ours")
    profile.paths.runtime.mkdir(parents=True, exist_ok=True)
    edited = scratch(profile.paths) / "edit-1-x" / "message.txt"
    edited.parent.mkdir(parents=True)
    edited.write_text("ours")
    with socket.socket(socket.AF_UNIX) as ours:
        ours.bind(str(profile.paths.socket))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("not ours")
    (data / "tor" / "link").symlink_to(outside)
    (data / "chattor.db-wal").symlink_to(outside / "precious")
    for name in ("letter.txt", "keyfile.mine", "profiles/work/keyfile", "run/letter.txt"):
        (data / name).write_text("not ours")
    os.link(profile.paths.keyfile, tmp_path / "second name")
    sealed = profile.paths.keyfile.read_bytes()
    left = upkeep.delete(profile)
    assert not profile.paths.socket.exists()
    assert not edited.parent.exists()
    assert (tmp_path / "second name").read_bytes() != sealed, "the keyfile was not overwritten"
    assert [path.name for path in left] == ["chattor.db-wal", "keyfile.mine", "letter.txt", "run"]
    assert sorted(str(path.relative_to(data)) for path in files(data)) == [
        "chattor.db-wal", "keyfile.mine", "letter.txt", "profiles/work/keyfile", "run/letter.txt",
    ]  # fmt: skip
    assert (outside / "precious").read_text() == "not ours"


def test_no_profile_is_made_where_its_end_would_delete_what_is_not_its_own(tmp_path: Path) -> None:
    paths = locate(data_dir=tmp_path / "data", config_dir=tmp_path / "config")
    paths.tor.mkdir(parents=True)
    paths.data.chmod(0o700)
    (paths.tor / "thesis.txt").write_text("not ours")
    with pytest.raises(BadDirectory, match="would be deleted with the profile"):
        asyncio.run(launch.create(Profile(paths=paths, settings=Settings(), cost=CHEAP), "Ann", OLD))
    assert not paths.holds_profile


def test_a_profile_without_foreign_files_leaves_no_directory(profile: Profile) -> None:
    assert upkeep.delete(profile) == []
    assert not profile.paths.data.exists()
    with pytest.raises(NoProfile):
        upkeep.delete(profile)


def test_a_wipe_goes_nowhere_through_a_link(profile: Profile, tmp_path: Path) -> None:
    other = tmp_path / "another profile"
    other.mkdir()
    (other / "keyfile").write_text("not ours")
    link = profile.paths.data / "before-restore-1"
    link.symlink_to(other)

    assert upkeep.delete(profile) == [link]
    assert (other / "keyfile").read_text() == "not ours"


def test_a_profile_in_use_is_not_touched(profile: Profile, tmp_path: Path) -> None:
    backup = _backed_up(profile, tmp_path)
    with ProfileLock.take(profile.paths.data, "daemon"):
        before = files(profile.paths.data)
        with pytest.raises(ProfileInUse):
            upkeep.delete(profile)
        with pytest.raises(ProfileInUse):
            upkeep.restore_backup(profile, backup, OLD, force=True)
        assert files(profile.paths.data) == before


def test_a_backup_is_put_back_after_a_wipe_under_its_own_passphrase(profile: Profile, tmp_path: Path) -> None:
    mine = asyncio.run(_identity(profile, OLD))
    backup = _backed_up(profile, tmp_path)
    upkeep.change_passphrase(profile, OLD, NEW)
    upkeep.delete(profile)
    with pytest.raises(WrongPassphrase):
        upkeep.restore_backup(profile, backup, NEW)
    assert not profile.paths.data.exists()
    assert upkeep.verify_backup(backup, OLD).name == "Ann"
    assert upkeep.restore_backup(profile, backup, OLD).onion == mine
    assert asyncio.run(_identity(profile, OLD)) == mine


def test_a_profile_that_is_there_is_only_replaced_by_force(profile: Profile, tmp_path: Path) -> None:
    backup = _backed_up(profile, tmp_path)
    before = files(profile.paths.data)
    with pytest.raises(ProfileExists, match="--force"):
        upkeep.restore_backup(profile, backup, OLD)
    assert files(profile.paths.data) == before
    upkeep.restore_backup(profile, backup, OLD, force=True)
    (aside,) = profile.paths.data.glob("before-restore-*")
    assert (aside / "keyfile").read_bytes() == before[profile.paths.keyfile]


def test_a_damaged_backup_makes_no_directory(profile: Profile, tmp_path: Path) -> None:
    backup = _backed_up(profile, tmp_path)
    backup.write_bytes(backup.read_bytes()[:-1])
    new = Profile(paths=locate(data_dir=tmp_path / "new", config_dir=tmp_path / "c"), settings=Settings(), cost=CHEAP)
    with pytest.raises(BackupDamaged):
        upkeep.restore_backup(new, backup, OLD)
    assert not (tmp_path / "new").exists()


def _backed_up(profile: Profile, directory: Path) -> Path:
    async def back_up() -> Path:
        host = await launch.read_offline(profile, OLD)
        try:
            return Path((await host.node.backup_create(str(directory / "ann.backup"))).file)
        finally:
            await host.close()

    return asyncio.run(back_up())


async def _identity(profile: Profile, passphrase: str) -> str:
    host = await launch.read_offline(profile, passphrase)
    try:
        return (await host.node.identity()).onion
    finally:
        await host.close()
