"""Two real stores, random edits, deletions and reactions, cuts and rollbacks: both sides end up telling the same."""

from itertools import count

import pytest

from chattor.errors import NotAllowed
from chattor.handlers import changes
from chattor.handlers.views import message_id, message_view
from chattor.model.message import Direction
from tests.properties.test_streams import SEEDS, Pair, pair
from tests.support.desk import FRIEND, Desk

__all__ = ["pair"]

Told = dict[bytes, tuple[str | None, bool]]
EMOJI = ("👍", "❤️", "")
numbers = count()


def _change(pair: Pair, who: int) -> None:
    """Somebody edits, deletes or reacts to one of the messages he has."""
    desk, dice = pair.desks[who], pair.dice
    rows = desk.act(lambda tx, ctx: tx.messages.newest(FRIEND, 1000))
    if not rows:
        return
    name = message_id(dice.choice(rows).id)
    try:
        match dice.randrange(5):
            case 0:
                desk.act(changes.delete, name)
            case 1 | 2:
                desk.act(changes.edit, name, f"edited {next(numbers)}")
            case _:
                desk.act(changes.react, name, dice.choice(EMOJI))
    except NotAllowed:
        return  # it is not his, or gone


def _messages(desk: Desk, direction: Direction) -> Told:
    rows = desk.act(lambda tx, ctx: tx.messages.newest(FRIEND, 1000))
    return {row.msg_id: (row.text, row.edited) for row in rows if row.direction is direction}


def _reactions(desk: Desk, author: str) -> dict[bytes, set[str]]:
    """What one side thinks of the messages this store has the text of."""
    rows = desk.act(lambda tx, ctx: [(row, message_view(tx, row)) for row in tx.messages.newest(FRIEND, 1000)])
    return {
        row.msg_id: {emoji for emoji, by in view.reactions.items() if author in by} for row, view in rows if row.text
    }


def _agree(author: Desk, reader: Desk) -> None:
    """What one wrote and thinks is the same on both sides, as far as both have it."""
    wrote, got = _messages(author, Direction.OUT), _messages(reader, Direction.IN)
    assert {one: wrote[one] for one in got} == got
    assert all(wrote[one][0] is None for one in wrote.keys() - got.keys()), "what never arrived was deleted"
    thinks, heard = _reactions(author, "me"), _reactions(reader, "f1")
    common = thinks.keys() & heard.keys()
    assert {one: thinks[one] for one in common} == {one: heard[one] for one in common}


@pytest.mark.parametrize("pair", range(SEEDS), indirect=True)
def test_cuts_leave_both_sides_telling_the_same(pair: Pair) -> None:
    for _ in range(50):
        step = pair.dice.random()
        if step < 0.3:
            pair.write(pair.dice.randrange(2))
        elif step < 0.65:
            _change(pair, pair.dice.randrange(2))
        else:
            pair.link(patience=0.8)
    pair.settle()

    alice, bob = pair.desks
    _agree(alice, bob)
    _agree(bob, alice)


@pytest.mark.parametrize("pair", range(SEEDS), indirect=True)
def test_whoever_was_never_rolled_back_is_understood(pair: Pair) -> None:
    for _ in range(70):
        step = pair.dice.random()
        if step < 0.25:
            pair.write(pair.dice.randrange(2))
        elif step < 0.55:
            _change(pair, pair.dice.randrange(2))
        elif step < 0.8:
            pair.link(patience=0.85)
        elif step < 0.9:
            pair.snapshot(1)
        else:
            pair.roll_back(1)
    pair.settle()

    _agree(*pair.desks)
