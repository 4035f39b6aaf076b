"""The keyfile: opened by its passphrase only, never lost on the way from one to the next."""

import os
from pathlib import Path

import pytest

from chattor.crypto.cost import Cost
from chattor.errors import BadInput, NoProfile, ProfileExists, StoreDamaged, StoreFailed, StoreTooNew, WrongPassphrase
from chattor.store import vault
from chattor.store.connection import DataKey
from tests.unit.store.conftest import full_disk, modes, snapshot

CHEAP = Cost(memory_kib=64 * 1024, passes=1, lanes=1)
OLD, NEW = "correct horse", "battery staple"


@pytest.fixture
def key(tmp_path: Path) -> DataKey:
    """A profile's key, whose keyfile is in tmp_path and whose database is a stand-in."""
    key = vault.create(tmp_path, OLD, os.urandom, CHEAP)
    (tmp_path / "chattor.db").touch(mode=0o600)
    return key


def test_what_was_sealed_opens_again(tmp_path: Path, key: DataKey) -> None:
    assert vault.unlock(tmp_path, OLD).raw == key.raw
    assert modes(tmp_path) == {"keyfile": 0o600, "chattor.db": 0o600}
    assert key.raw not in (tmp_path / "keyfile").read_bytes()


def test_a_wrong_passphrase_touches_nothing(tmp_path: Path, key: DataKey) -> None:
    before = snapshot(tmp_path / "keyfile")
    with pytest.raises(WrongPassphrase):
        vault.unlock(tmp_path, NEW)
    assert snapshot(tmp_path / "keyfile") == before


def test_a_bad_passphrase_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        vault.create(tmp_path, "short", os.urandom, CHEAP)
    assert list(tmp_path.iterdir()) == []


def test_a_second_profile_in_one_place_is_refused(tmp_path: Path, key: DataKey) -> None:
    before = snapshot(tmp_path / "keyfile")
    with pytest.raises(ProfileExists):
        vault.create(tmp_path, NEW, os.urandom, CHEAP)
    assert snapshot(tmp_path / "keyfile") == before


def test_input_100_a_missing_keyfile_is_never_made_anew(tmp_path: Path, key: DataKey) -> None:
    (tmp_path / "keyfile").unlink()
    with pytest.raises(StoreDamaged, match="the keyfile is missing"):
        vault.unlock(tmp_path, OLD)
    with pytest.raises(StoreDamaged, match="the keyfile is missing"):
        vault.create(tmp_path, OLD, os.urandom, CHEAP)
    assert list(modes(tmp_path)) == ["chattor.db"]


def test_no_profile_at_all(tmp_path: Path) -> None:
    with pytest.raises(NoProfile):
        vault.unlock(tmp_path, OLD)


def test_a_new_passphrase_holds_and_the_old_keyfile_goes_at_the_next_unlock(tmp_path: Path, key: DataKey) -> None:
    old = (tmp_path / "keyfile").read_bytes()
    vault.change(tmp_path, key, NEW, os.urandom, CHEAP)
    assert (tmp_path / "keyfile.previous").read_bytes() == old
    with pytest.raises(WrongPassphrase):
        vault.unlock(tmp_path, OLD)
    assert (tmp_path / "keyfile.previous").exists(), "a wrong passphrase is no unlock"
    assert vault.unlock(tmp_path, NEW).raw == key.raw
    assert set(modes(tmp_path)) == {"chattor.db", "keyfile"}


@pytest.mark.parametrize("kept", [0, 50, 100])
def test_a_keyfile_damaged_after_a_change_falls_back_to_the_previous(tmp_path: Path, key: DataKey, kept: int) -> None:
    old = (tmp_path / "keyfile").read_bytes()
    vault.change(tmp_path, key, NEW, os.urandom, CHEAP)
    (tmp_path / "keyfile").write_bytes((tmp_path / "keyfile").read_bytes()[:kept])
    before = snapshot(tmp_path / "keyfile")
    with pytest.raises(StoreDamaged, match="keyfile"):
        vault.unlock(tmp_path, NEW)
    assert snapshot(tmp_path / "keyfile") == before
    assert vault.unlock(tmp_path, OLD).raw == key.raw
    assert (tmp_path / "keyfile").read_bytes() == old


def test_r12_every_damaged_byte_of_a_keyfile_is_named(tmp_path: Path, key: DataKey) -> None:
    whole = (tmp_path / "keyfile").read_bytes()
    for place in range(len(whole)):
        (tmp_path / "keyfile").write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises((StoreDamaged, StoreTooNew), match="keyfile"):
            vault.unlock(tmp_path, OLD)
    for size in range(len(whole)):
        (tmp_path / "keyfile").write_bytes(whole[:size])
        with pytest.raises(StoreDamaged, match="keyfile"):
            vault.unlock(tmp_path, OLD)


def test_a_pipe_or_a_giant_in_its_place_is_not_waited_for(tmp_path: Path, key: DataKey) -> None:
    (tmp_path / "keyfile").unlink()
    os.mkfifo(tmp_path / "keyfile")
    with pytest.raises(StoreDamaged, match="the keyfile cannot be read: not a regular file"):
        vault.unlock(tmp_path, OLD)
    (tmp_path / "keyfile").unlink()
    with (tmp_path / "keyfile").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(StoreDamaged, match="not one of chattor's"):
        vault.unlock(tmp_path, OLD)


def test_r3_a_full_disk_leaves_the_old_passphrase_in_force(tmp_path: Path, key: DataKey) -> None:
    before = (tmp_path / "keyfile").read_bytes()
    with full_disk(10), pytest.raises(StoreFailed, match="the keyfile cannot be written: file too large"):
        vault.change(tmp_path, key, NEW, os.urandom, CHEAP)
    assert (tmp_path / "keyfile").read_bytes() == before
    assert set(modes(tmp_path)) == {"chattor.db", "keyfile"}
    assert vault.unlock(tmp_path, OLD).raw == key.raw


def test_a_keyfile_without_a_store_is_kept_for_a_store_that_may_come_back(tmp_path: Path) -> None:
    vault.create(tmp_path, OLD, os.urandom, CHEAP)
    orphan = (tmp_path / "keyfile").read_bytes()
    key = vault.create(tmp_path, NEW, os.urandom, CHEAP)

    assert vault.unlock(tmp_path, NEW).raw == key.raw

    kept = [path for path in tmp_path.iterdir() if path.name != "keyfile"]
    assert [path.read_bytes() for path in kept] == [orphan]
    assert set(modes(tmp_path).values()) == {0o600}
