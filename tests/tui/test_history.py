"""The loaded messages against a plain list: whatever is done to them, they are what it is, and share what stayed."""

import random
from datetime import UTC, datetime

import pytest

from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Direction, Message, MessageState
from chattor.tui.history import PAGE, History


def message(number: int) -> Message:
    return Message(
        id=MessageId(f"m{number}"), friend=FriendId("f1"), direction=Direction.IN, text=f"line {number}",
        state=MessageState.READ, seq=number, reply_to=None, edited=False, reactions={},
        sent_at=datetime(2026, 1, 1, tzinfo=UTC), received_at=None, expires_at=None,
    )  # fmt: skip


def grown(dice: random.Random) -> tuple[History, list[Message]]:
    """By a few steps of every kind."""
    history, plain = History(), list[Message]()
    for step in range(dice.randrange(1, 12)):
        some = tuple(message(1000 * step + number) for number in range(dice.randrange(2 * PAGE)))
        at = dice.randrange(len(plain) + 1)
        match dice.randrange(4):
            case 0:
                history, plain = history.then(some), [*plain, *some]
            case 1:
                history, plain = history.after(some), [*some, *plain]
            case 2:
                history, plain = history.before(at), plain[:at]
            case _ if at < len(plain):
                other = message(-step)
                history, plain = history.replaced(at, other), [*plain[:at], other, *plain[at + 1 :]]
    return history, plain


@pytest.mark.parametrize("seed", range(50))
def test_a_history_is_what_a_list_would_be(seed: int) -> None:
    dice = random.Random(seed)
    history, plain = grown(dice)
    assert (len(history), list(history), list(reversed(history))) == (len(plain), plain, plain[::-1])
    assert [history[at] for at in range(-len(plain), len(plain))] == [*plain, *plain]
    assert history[-7:] == tuple(plain[-7:])
    with pytest.raises(IndexError):
        history[len(plain)]


@pytest.mark.parametrize("seed", range(50))
def test_it_knows_what_stayed_the_same(seed: int) -> None:
    dice = random.Random(seed)
    history, plain = grown(dice)
    at = dice.randrange(len(plain) + 1)
    other = history.before(at).then((message(-1), *plain[at + 1 :]))
    assert (history.alike(other), other.alike(history)) == (at, at)
    assert history.alike_at_end(other) == max(0, len(plain) - at - 1)
    assert history.alike(history) == history.alike_at_end(history) == len(plain)


def test_what_is_added_shares_all_pages_but_one() -> None:
    history = History(tuple(map(message, range(3 * PAGE)))).then((message(-1),))
    longer = history.then((message(-2),)).after((message(-3),))
    assert longer.pages[1] is history.pages[0]
    assert [len(page) for page in longer.pages] == [1, 3 * PAGE, 2]
