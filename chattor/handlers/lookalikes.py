"""Names that are mistaken for a friend's: said on the row, never blocking. Who somebody is, only his keys tell."""

from typing import Final

from chattor.protocol.friendship import State
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx
from chattor.text import skeleton

LOOKS_LIKE: Final = "this name looks like that of your friend"


def compare(tx: Tx, number: int, name: str) -> None:
    """Note on relation `number`, now called `name`, whom it may be taken for; take the note back if nobody.

    Likewise for whoever was taken for him till now.
    """
    rows = tx.friends.all()
    names = {row.id: name if row.id == number else row.name for row in rows if row.state is State.FRIEND}
    for row in rows:
        if row.id == number:
            _note(tx, row, name, names)
        elif (row.notice or "").startswith(LOOKS_LIKE) and (row.notice or "").endswith(f"(f{number})"):
            _note(tx, row, row.name, names)


def _note(tx: Tx, row: FriendRow, name: str, names: dict[int, str]) -> None:
    looks = skeleton(name)
    alike = [number for number, other in names.items() if number != row.id and skeleton(other) == looks]
    if alike:
        tx.friends.update(row.id, notice=f"{LOOKS_LIKE} {names[alike[0]]} (f{alike[0]})")
    elif (row.notice or "").startswith(LOOKS_LIKE):
        tx.friends.update(row.id, notice=None)
