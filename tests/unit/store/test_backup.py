"""A backup file: whole or not there, opened by its passphrase only, believed only after its last byte."""

import os
import stat
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chattor.config.paths import SNAPSHOT
from chattor.crypto import passphrase
from chattor.crypto.backup import HEAD, SEALED, STREAM_HEADER
from chattor.crypto.cost import Cost
from chattor.crypto.keys import Identity
from chattor.errors import (
    BackupDamaged,
    FileExists,
    FileRefused,
    StoreDamaged,
    StoreFailed,
    StoreTooNew,
    WrongPassphrase,
)
from chattor.store import backup, vault
from chattor.store.backup import Backup, Label
from chattor.store.connection import DataKey, connect
from chattor.store.database import Database
from chattor.store.repos.own import Own
from chattor.store.restore import restore
from chattor.store.runner import ThreadRunner
from chattor.store.tx import Tx
from tests.unit.store.conftest import full_disk, modes, note, notes

CHEAP = Cost(memory_kib=64 * 1024, passes=1, lanes=1)
SECRET = "correct horse"
LABEL = Label(created_ms=1_000, name="Annemarie", onion="ann.onion")
OWN = Own(name="Annemarie", identity=Identity.generate(lambda size: b"\7" * size), epoch=1, created_ms=0)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A profile's data directory: 3,000 notes, so that a backup has several chunks."""
    directory = tmp_path / "data"
    directory.mkdir(mode=0o700)
    key = vault.create(directory, SECRET, os.urandom, CHEAP)

    def fill(tx: Tx) -> None:
        tx.own.create(OWN)
        for number in range(3_000):
            note(tx, number)
        tx.agents.add(name="helper", token_hash=bytes(32), scopes=[], send_to=[], at_ms=0)

    Database.create(directory / "chattor.db", key, fill)
    return directory


@pytest.fixture
def key(data: Path) -> DataKey:
    """Its data key."""
    return vault.unlock(data, SECRET)


@pytest.fixture
def file(data: Path, key: DataKey, tmp_path: Path) -> Path:
    """A backup of it."""
    made = tmp_path / "ann.backup"
    backup.create(data / "chattor.db", key, made, LABEL, os.urandom, force=False)
    return made


def unlocked(keyfile: bytes) -> DataKey:
    """With the right passphrase."""
    return DataKey(passphrase.open(keyfile, SECRET))


def check(file: Path) -> Label:
    """Read all of it."""
    with Backup.open(file, unlocked) as opened:
        return opened.check()


def put_back(file: Path, directory: Path, at_ms: int = 5_000) -> None:
    """Restore, as the owner would."""
    with Backup.open(file, unlocked) as opened:
        opened.check()
        directory.mkdir(mode=0o700, exist_ok=True)
        restore(opened, directory, at_ms)


def test_a_backup_is_one_private_file_and_leaves_nothing_else(data: Path, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == ["ann.backup", "data"]
    assert SNAPSHOT not in modes(data)
    assert check(file) == LABEL
    assert file.stat().st_size > 3 * SEALED


async def test_a_restored_store_holds_what_was_there_and_knows_that_it_was_restored(
    file: Path, key: DataKey, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    put_back(file, new)
    assert modes(new) == {"chattor.db": 0o600, "keyfile": 0o600}
    assert vault.unlock(new, SECRET).raw == key.raw
    database = await Database.open(new / "chattor.db", key, ThreadRunner())
    try:
        assert await database.read(notes) == list(range(3_000))
        assert await database.read(lambda tx: tx.own.restored_ms()) == 5_000
        assert await database.read(lambda tx: tx.agents.live()) == [], "a token revoked since would open again"
        await database.write(lambda tx: note(tx, -1))
        assert await database.read(lambda tx: tx.events.head()) == 5_001
    finally:
        await database.close()


async def test_it_is_made_while_others_write(data: Path, key: DataKey, tmp_path: Path) -> None:
    database = await Database.open(data / "chattor.db", key, ThreadRunner())
    made = threading.Event()

    def make() -> None:
        database.back_up(tmp_path / "live.backup", LABEL, os.urandom)
        made.set()

    packing = threading.Thread(target=make)
    packing.start()
    written = 0
    while not made.is_set():
        await database.write(lambda tx: note(tx, 7_000))
        written += 1
    packing.join()
    await database.close()
    put_back(tmp_path / "live.backup", tmp_path / "new")
    assert written > 0
    kept = await _contents(tmp_path / "new" / "chattor.db", key)
    assert kept[:3_000] == list(range(3_000))
    assert set(kept[3_000:]) <= {7_000}


async def _contents(path: Path, key: DataKey) -> list[int]:
    database = await Database.open(path, key, ThreadRunner())
    try:
        return await database.read(notes)
    finally:
        await database.close()


async def test_a_profile_in_the_way_is_moved_aside_whole(file: Path, data: Path, key: DataKey) -> None:
    database = await Database.open(data / "chattor.db", key, ThreadRunner())
    await database.write(lambda tx: note(tx, 9_999))
    await database.close()
    put_back(file, data)
    assert (await _contents(data / "chattor.db", key))[-1] == 2_999
    aside = data / "before-restore-5000"
    assert stat.S_IMODE(aside.stat().st_mode) == 0o700
    assert vault.unlock(aside, SECRET).raw == key.raw
    assert (await _contents(aside / "chattor.db", key))[-1] == 9_999


def test_a_wrong_passphrase_opens_nothing(file: Path) -> None:
    def guess(keyfile: bytes) -> DataKey:
        return DataKey(passphrase.open(keyfile, "no no no no"))

    with pytest.raises(WrongPassphrase), Backup.open(file, guess):
        pass


def test_s6_nothing_of_the_store_can_be_read_in_the_file(file: Path, key: DataKey) -> None:
    written = file.read_bytes()
    identity = OWN.identity
    for secret in (key.raw, b"Annemarie", b"ann.onion", identity.onion.seed, identity.sig.seed, identity.onion.public):
        assert secret not in written
    assert b"SQLite" not in written


def test_a_bit_flipped_in_any_region_is_found_and_nothing_is_written(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    regions = {
        "magic": 0, "version": 4, "salt": 5, "keyfile": 40, "cost": 42, "checksum": HEAD - 1, "header": HEAD,
        "label": HEAD + STREAM_HEADER, "first chunk": HEAD + STREAM_HEADER + 9_000,
        "first tag": HEAD + STREAM_HEADER + SEALED - 1, "second chunk": HEAD + STREAM_HEADER + SEALED,
        "last byte": len(whole) - 1,
    }  # fmt: skip
    for region, place in regions.items():
        broken = bytearray(whole)
        broken[place] ^= 0x10
        _refused(bytes(broken), tmp_path, region)


def test_what_is_cut_swapped_or_longer_is_found_and_nothing_is_written(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    begin = HEAD + STREAM_HEADER
    chunks = [whole[at : at + SEALED] for at in range(begin, len(whole), SEALED)]
    swapped = [chunks[1], chunks[0], *chunks[2:]]
    cases = {
        "empty": b"",
        "cut in the head": whole[: HEAD - 1],
        "cut in the header": whole[: HEAD + 3],
        "no chunk": whole[:begin],
        "cut in a chunk": whole[: begin + SEALED + 1],
        "cut between chunks": whole[: begin + SEALED],
        "last byte gone": whole[:-1],
        "swapped": whole[:begin] + b"".join(swapped),
        "one twice": whole[:begin] + b"".join([chunks[0], *chunks]),
        "one left out": whole[:begin] + b"".join([chunks[0], *chunks[2:]]),
        "a byte behind the end": whole + b"\0",
        "twice": whole + whole,
    }
    for case, broken in cases.items():
        _refused(broken, tmp_path, case)


def _refused(broken: bytes, directory: Path, case: str) -> None:
    hostile, new = directory / "hostile", directory / "new"
    hostile.write_bytes(broken)
    for attempt in (lambda: check(hostile), lambda: put_back(hostile, new)):
        with pytest.raises((BackupDamaged, StoreTooNew)):
            attempt()
        assert not new.exists(), case


def test_chunks_of_another_backup_do_not_fit(data: Path, key: DataKey, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.backup"
    backup.create(data / "chattor.db", key, other, LABEL, os.urandom, force=False)
    begin = HEAD + STREAM_HEADER
    _refused(file.read_bytes()[:begin] + other.read_bytes()[begin:], tmp_path, "another's chunks")
    _refused(file.read_bytes()[:HEAD] + other.read_bytes()[HEAD:], tmp_path, "another's stream")


def test_input_99_costs_out_of_bounds_are_refused_before_they_are_paid(file: Path, tmp_path: Path) -> None:
    whole = bytearray(file.read_bytes())
    keyfile = bytearray(whole[HEAD - passphrase.SIZE : HEAD])
    struct.pack_into(">I", keyfile, 5, 0xFFFFFFFF)
    keyfile[-8:] = passphrase._checksum(bytes(keyfile[:-8]))
    whole[HEAD - passphrase.SIZE : HEAD] = keyfile
    (tmp_path / "giant").write_bytes(whole)
    with pytest.raises(BackupDamaged, match="4294967295 KiB, 1 passes, 1 lanes: out of bounds"):
        check(tmp_path / "giant")


@contextmanager
def _untouched(directory: Path) -> Iterator[None]:
    before = {path: path.lstat() for path in directory.iterdir()}
    yield
    after = {path: path.lstat() for path in directory.iterdir()}
    assert [(path, found.st_ino, found.st_mtime_ns) for path, found in before.items()] == [
        (path, found.st_ino, found.st_mtime_ns) for path, found in after.items()
    ]


def test_input_105_what_is_there_is_never_overwritten(data: Path, key: DataKey, tmp_path: Path) -> None:
    places = tmp_path / "places"
    places.mkdir()
    (places / "plain").write_text("precious")
    (places / "link").symlink_to(places / "plain")
    (places / "dangling").symlink_to(places / "nowhere")
    (places / "directory").mkdir()
    os.mkfifo(places / "pipe")
    with _untouched(places):
        for name, force, refusal in (
            ("plain", False, FileExists),
            ("link", True, FileRefused),
            ("dangling", True, FileRefused),
            ("directory", True, FileRefused),
            ("pipe", True, FileRefused),
            ("missing/file", True, FileRefused),
        ):
            with pytest.raises(refusal):
                backup.create(data / "chattor.db", key, places / name, LABEL, os.urandom, force=force)
    assert (places / "plain").read_text() == "precious"


def test_force_replaces_a_file_of_ours(data: Path, key: DataKey, file: Path) -> None:
    before = file.read_bytes()
    backup.create(data / "chattor.db", key, file, LABEL, os.urandom, force=True)
    assert file.read_bytes() != before
    assert check(file) == LABEL


@pytest.mark.parametrize(
    "name",
    ["chattor.db", "chattor.db-wal", "keyfile", "Keyfile", "keyfile.previous", "backup.copy"],
)
def test_not_even_force_puts_a_backup_in_the_place_of_the_profile_itself(data: Path, key: DataKey, name: str) -> None:
    (data.parent / "link").symlink_to(data)
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    for place in (data, data.parent / "link"):
        with pytest.raises(FileRefused, match="part of a profile"):
            backup.create(data / "chattor.db", key, place / name, LABEL, os.urandom, force=True)
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before


def test_a_file_of_another_user_is_not_replaced(
    data: Path, key: DataKey, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()
    monkeypatch.setattr(os, "getuid", lambda: file.stat().st_uid + 1)
    with pytest.raises(FileRefused, match="another user"):
        backup.create(data / "chattor.db", key, file, LABEL, os.urandom, force=True)
    assert file.read_bytes() == before


def test_a_full_disk_leaves_no_half_backup(data: Path, key: DataKey, tmp_path: Path) -> None:
    before = modes(data)
    for size in (100_000, (data / "chattor.db").stat().st_size + 100):
        with full_disk(size), pytest.raises((FileRefused, StoreFailed)):
            backup.create(data / "chattor.db", key, tmp_path / "never", LABEL, os.urandom, force=False)
        assert modes(data) == before
        assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_full_disk_leaves_the_old_profile_where_it_was(data: Path, file: Path) -> None:
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    with full_disk(100_000), pytest.raises(StoreFailed):
        put_back(file, data)
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before


def test_a_damaged_store_is_not_backed_up_as_if_it_were_whole(data: Path, key: DataKey, tmp_path: Path) -> None:
    store = data / "chattor.db"
    broken = bytearray(store.read_bytes())
    for place in range(4096 + 100, len(broken), 4096):  # every page but the first: some are read by nobody
        broken[place] ^= 1
    store.write_bytes(broken)
    with pytest.raises(StoreDamaged):
        backup.create(store, key, tmp_path / "never", LABEL, os.urandom, force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_without_its_keyfile_no_backup_is_made(data: Path, key: DataKey, tmp_path: Path) -> None:
    (data / "keyfile").write_bytes(b"ctkf" + bytes(passphrase.SIZE - 4))
    with pytest.raises(StoreDamaged, match="keyfile"):
        backup.create(data / "chattor.db", key, tmp_path / "never", LABEL, os.urandom, force=False)
    (data / "keyfile").unlink()
    with pytest.raises(StoreDamaged, match="keyfile"):
        backup.create(data / "chattor.db", key, tmp_path / "never", LABEL, os.urandom, force=False)


def test_a_backup_of_a_newer_chattor_is_refused_and_nothing_is_written(
    data: Path, key: DataKey, tmp_path: Path
) -> None:
    connection = connect(data / "chattor.db", key)
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    backup.create(data / "chattor.db", key, tmp_path / "newer", LABEL, os.urandom, force=False)
    with pytest.raises(StoreTooNew):
        put_back(tmp_path / "newer", tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("kind", ["missing", "directory", "pipe", "device"])
def test_only_a_regular_file_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    with pytest.raises(FileRefused):
        check(path)
