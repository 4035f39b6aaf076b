"""Damage is found before it is written over, named, and nothing on disk changes (R12)."""

import asyncio
import random
import shutil
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from chattor.errors import StoreDamaged, StoreFailed, StoreTooNew
from chattor.store.connection import DataKey, connect, require_sqlcipher
from chattor.store.database import Database
from chattor.store.health import examine
from chattor.store.migrate import shipped
from chattor.store.runner import InlineRunner
from chattor.store.tx import Tx
from tests.unit.store.conftest import KEY, contents, note, snapshot

WAL_HEADER, FRAME = 32, 24 + 4096


def refused(path: Path, why: str, *, key: DataKey = KEY, error: type[Exception] = StoreDamaged) -> None:
    """Opening fails for this reason, and every file is as it was."""
    before = snapshot(path)
    with pytest.raises(error, match=why):
        asyncio.run(Database.open(path, key, InlineRunner()))
    assert snapshot(path) == before


def stored(path: Path) -> list[int]:
    """What an intact store holds."""
    return asyncio.run(contents(path))


def flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_input_96_plain_sqlite_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "chattor.db"
    with sqlite3.connect(path) as plain:
        plain.execute("CREATE TABLE messages (text TEXT)")
    plain.close()
    refused(path, "plain SQLite, not encrypted")


def test_input_97_an_empty_database(path: Path) -> None:
    path.write_bytes(b"")
    refused(path, "the database is empty")


def test_a_missing_database(path: Path) -> None:
    path.unlink()
    refused(path, "the database is missing")


def test_a_directory_in_its_place(path: Path) -> None:
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreDamaged, match="not a regular file"):
        asyncio.run(Database.open(path, KEY, InlineRunner()))


@pytest.mark.parametrize("size", [1, 100, 4095, 4096, 4097, -1, -4096, -4097, -40960])
def test_input_97_a_truncated_database(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])
    refused(path, "damaged|cut off")


def test_input_97_every_flipped_bit_is_found(path: Path) -> None:
    whole, dice = path.read_bytes(), random.Random(97)
    for bit in [0, 127, *(dice.randrange(len(whole) * 8) for _ in range(150))]:
        path.write_bytes(flip(whole, bit))
        refused(path, "damaged|does not open")
    path.write_bytes(whole)
    assert stored(path) == [0]


def test_input_97_two_swapped_pages(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + data[8192:12288] + data[4096:8192] + data[12288:])
    refused(path, "damaged")


def test_another_profiles_key(path: Path) -> None:
    refused(path, "does not open with this profile's key", key=DataKey(bytes(32)))


def test_damage_says_nothing_to_the_screen(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path.write_bytes(flip(path.read_bytes(), 5000 * 8))
    refused(path, "damaged")
    assert capfd.readouterr() == ("", "")


def test_a_crashed_store_opens_with_all_that_was_committed(crashed: Path) -> None:
    assert stored(crashed) == list(range(13))


def test_looking_changes_nothing_even_after_a_crash(crashed: Path) -> None:
    before = snapshot(crashed)
    assert len(before) == 3
    examine(crashed, KEY, shipped())
    assert snapshot(crashed) == before


def test_looking_changes_nothing_when_the_index_is_gone(crashed: Path) -> None:
    index_of(crashed).unlink()
    before = snapshot(crashed)
    examine(crashed, KEY, shipped())
    assert snapshot(crashed) == before
    assert stored(crashed) == list(range(13))


def wal_of(path: Path) -> Path:
    return path.with_name("chattor.db-wal")


def index_of(path: Path) -> Path:
    return path.with_name("chattor.db-shm")


def test_r12_every_flipped_bit_of_a_killed_process_log_is_found(crashed: Path) -> None:
    log, dice = wal_of(crashed), random.Random(98)
    whole = log.read_bytes()
    for bit in [*range(0, WAL_HEADER * 8, 5), *(dice.randrange(len(whole) * 8) for _ in range(150))]:
        log.write_bytes(flip(whole, bit))
        refused(crashed, "the write-ahead log is damaged|header of the write-ahead log")


def test_r12_a_log_damaged_before_its_last_commit_is_found_after_a_power_cut(crashed: Path) -> None:
    index_of(crashed).unlink()
    log, dice = wal_of(crashed), random.Random(99)
    whole = log.read_bytes()
    until = commits(whole)[-2] * FRAME + WAL_HEADER
    assert len(commits(whole)) == 12
    for _ in range(150):
        frame, byte = divmod(dice.randrange(until - WAL_HEADER), FRAME)
        if 4 <= byte < 16:
            continue  # the marks of a commit: another test
        log.write_bytes(flip(whole, (WAL_HEADER + frame * FRAME + byte) * 8))
        refused(crashed, "the write-ahead log is damaged after frame")


def test_r2_a_last_transaction_torn_by_a_power_cut_was_never_promised(crashed: Path) -> None:
    index_of(crashed).unlink()
    log = wal_of(crashed)
    whole = log.read_bytes()
    start = commits(whole)[-2] * FRAME + WAL_HEADER
    for cut in (start + 10, start + FRAME, len(whole) - 1):
        log.write_bytes(whole[:cut])
        examine(crashed, KEY, shipped())
    log.write_bytes(whole[:start] + bytes(FRAME) + whole[start + FRAME :])
    assert stored(crashed) == list(range(12))


@pytest.mark.parametrize("stale", [b"", b"\0" * 32768, bytes(range(256)) * 128], ids=["empty", "zeros", "noise"])
def test_an_index_spoilt_by_a_power_cut_is_no_matter(crashed: Path, stale: bytes) -> None:
    index_of(crashed).write_bytes(stale)
    assert stored(crashed) == list(range(13))


def test_input_98_a_log_taken_away_or_cut_is_found(crashed: Path) -> None:
    log = wal_of(crashed)
    whole = log.read_bytes()
    for size in (0, 20, 32):
        log.write_bytes(whole[:size])
        refused(crashed, "the write-ahead log is missing or cut off")
    log.write_bytes(whole[:-1])
    refused(crashed, "damaged after frame")
    log.unlink()
    refused(crashed, "the write-ahead log is missing or cut off")


def test_input_98_the_log_of_another_store(crashed: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    Database.create(other, KEY, lambda tx: note(tx, 0))
    write(other, 99, before_closing=lambda: shutil.copy(tmp_path / "other.db-wal", wal_of(crashed)))
    refused(crashed, "damaged|does not open")
    index_of(crashed).unlink()
    refused(crashed, "damaged|does not open")


def test_a_log_that_is_noise(path: Path) -> None:
    wal_of(path).write_bytes(bytes(range(256)) * 100)
    refused(path, "the header of the write-ahead log is damaged")


def test_an_empty_log_is_what_a_crash_right_after_the_start_leaves(path: Path) -> None:
    wal_of(path).write_bytes(b"")
    assert stored(path) == [0]


def test_a_crash_while_closing_leaves_an_index_without_a_log(path: Path) -> None:
    kept = path.with_name("kept")
    write(path, 1, before_closing=lambda: shutil.copy(index_of(path), kept), written_back=True)
    kept.rename(index_of(path))
    assert stored(path) == [0, 1]


def test_input_101_a_newer_schema_is_left_alone(path: Path) -> None:
    connection = connect(path, KEY)
    known = shipped()[-1].version
    connection.execute(f"PRAGMA user_version = {known + 1}")
    connection.close()
    refused(path, f"the store has schema {known + 1}, this chattor knows {known}", error=StoreTooNew)


def test_a_store_without_schema(path: Path) -> None:
    connection = connect(path, KEY)
    connection.execute("PRAGMA user_version = 0")
    connection.close()
    refused(path, "the database holds no schema")


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE TRIGGER spy AFTER INSERT ON messages BEGIN DELETE FROM seen; END",
        "CREATE VIEW spy AS SELECT text FROM messages",
    ],
)
def test_input_102_a_planted_trigger_or_view_is_named(path: Path, planted: str) -> None:
    connection = connect(path, KEY)
    connection.execute(planted)
    connection.close()
    refused(path, "the schema holds what chattor did not put there: spy")


def test_input_103_the_look_at_the_start_is_bounded_in_time(path: Path) -> None:
    write(path, *range(20_000))
    whole = path.read_bytes()
    path.write_bytes(flip(whole, len(whole) * 4))  # the end of a table is looked at first
    with pytest.raises(StoreDamaged):
        examine(path, KEY, shipped(), seconds=60)
    examine(path, KEY, shipped(), seconds=0)


def test_damage_met_later_is_named_and_not_written_over(path: Path) -> None:
    def spoil() -> None:
        path.write_bytes(path.read_bytes()[:4096] + bytes(path.stat().st_size - 4096))

    async def go_on() -> None:
        database = await Database.open(path, KEY, InlineRunner())
        spoil()
        with pytest.raises(StoreDamaged):
            await database.write(lambda tx: note(tx, 1))
        await database.close()

    size = path.stat().st_size
    asyncio.run(go_on())
    assert path.read_bytes()[4096:] == bytes(size - 4096)


def test_a_sqlite_that_ignores_keys_is_refused() -> None:
    plain = sqlite3.connect(":memory:")
    with pytest.raises(StoreFailed, match="no SQLCipher in it"):
        require_sqlcipher(plain)  # type: ignore[arg-type]
    plain.close()


def write(
    path: Path, *numbers: int, before_closing: Callable[[], object] = lambda: None, written_back: bool = False
) -> None:
    """Add notes in one commit; `before_closing` sees the log as it then is."""

    def work(tx: Tx) -> None:
        for number in numbers:
            note(tx, number)

    async def go_on() -> None:
        database = await Database.open(path, KEY, InlineRunner())
        await database.write(work)
        if written_back:
            database._connection.execute("PRAGMA wal_checkpoint(FULL)")
        before_closing()
        await database.close()

    asyncio.run(go_on())


def commits(log: bytes) -> list[int]:
    """After which frames of a log a transaction ends."""
    heads = [log[at : at + 24] for at in range(WAL_HEADER, len(log), FRAME)]
    return [number for number, head in enumerate(heads, start=1) if struct.unpack(">I", head[4:8])[0]]
