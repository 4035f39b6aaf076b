"""Names that are mistaken for a friend's: said on the row, never blocking. Who somebody is, only his keys tell."""

from typing import Final

from chattor.protocol.friendship import State
from chattor.store.tx import Tx
from chattor.text import skeleton

LOOKS_LIKE: Final = "this name looks like that of your friend"


def compare(tx: Tx, number: int, name: str) -> None:
    """Note on relation `number`, now called `name`, whom it may be taken for; take the note back if nobody."""
    looks = skeleton(name)
    alike = [
        row
        for row in tx.friends.all()
        if row.state is State.FRIEND and row.id != number and skeleton(row.name) == looks
    ]
    row = tx.friends.get(number)
    if alike:
        tx.friends.update(number, notice=f"{LOOKS_LIKE} {alike[0].name} (f{alike[0].id})")
    elif row is not None and (row.notice or "").startswith(LOOKS_LIKE):
        tx.friends.update(number, notice=None)
