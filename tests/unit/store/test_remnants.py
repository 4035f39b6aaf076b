"""Rows that SQLite moved leave copies behind that no deletion reaches: until the file is written anew."""

from pathlib import Path
from random import Random
from typing import Final

from chattor.protocol.friendship import State
from chattor.store.connection import PAGE
from chattor.store.database import REWRITE_MAX, Database
from chattor.store.runner import InlineRunner
from chattor.store.tx import Tx
from tests.support.image import image
from tests.unit.store.conftest import KEY

SECRET: Final = "qxzjvkqwvy"


def _come_and_go(tx: Tx, dice: Random) -> None:
    """People ask, with names and notes of all lengths, change their minds and go."""
    asked: list[int] = []
    for _ in range(600):
        row = tx.friends.add(
            state=State.INCOMING, name=f"{SECRET} {dice.random()}", note=f"{SECRET} " * dice.randrange(1, 20),
            asked_ms=0, onion_pk=dice.randbytes(32), id_commit=dice.randbytes(16), knows=1,
        )  # fmt: skip
        asked.append(row.id)
        tx.friends.update(dice.choice(asked), note=f"{SECRET} " * dice.randrange(24))
        if len(asked) > 3 and dice.random() < 0.4:
            tx.friends.delete(asked.pop(dice.randrange(len(asked))))
    for number in asked:
        tx.friends.update(number, name="somebody", note="")


async def test_what_moved_pages_left_behind_goes_when_the_file_is_written_anew(database: Database, path: Path) -> None:
    dice = Random(7)
    for _ in range(5):
        await database.write(lambda tx: _come_and_go(tx, dice))
    assert await database.scrub()
    assert SECRET.encode() in image(path, KEY), "or SQLite cleans up by itself now"

    await database.rewrite()

    assert SECRET.encode() not in image(path, KEY)
    assert (await database.read(lambda tx: tx.friends.all()))[-1].name == "somebody"


def _go(tx: Tx) -> None:
    asked = tx.friends.add(
        state=State.INCOMING, name="eve", note="", asked_ms=0, onion_pk=bytes(32), id_commit=bytes(16), knows=1
    )
    tx.friends.delete(asked.id)


async def test_it_is_not_written_anew_for_nothing_nor_while_others_would_wait_for_long(path: Path) -> None:
    statements: list[str] = []
    database = await Database.open(path, KEY, InlineRunner())
    database._connection.set_trace_callback(statements.append)  # type: ignore[attr-defined]  # as sqlite3 has it

    await database.rewrite()
    assert "VACUUM" not in statements

    await database.write(_go)
    await database.rewrite()
    await database.rewrite()
    assert statements.count("VACUUM") == 1

    large = "INSERT INTO events (at_ms, event, detail) VALUES (0, '', hex(zeroblob(?)))"
    await database.write(lambda tx: tx._sql.execute(large, (REWRITE_MAX * PAGE // 2,)))
    await database.write(_go)
    await database.rewrite()
    assert statements.count("VACUUM") == 1
    await database.close()
