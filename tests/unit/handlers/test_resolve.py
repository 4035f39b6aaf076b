"""What FRIEND and MESSAGE may be, and that nothing resolves by accident."""

import pytest

from chattor.errors import Ambiguous, NotAllowed, NotFound
from chattor.handlers import resolve
from chattor.model.address import OnionAddress
from chattor.protocol.friend_code import FriendCode
from chattor.protocol.friendship import State
from tests.support.desk import FRIEND, Desk


def _name(desk: Desk, name: str) -> int:
    return desk.act(lambda tx, ctx: resolve.relation(tx, name).id)


def test_a_friend_is_found_by_id_name_onion_and_code(desk: Desk) -> None:
    row = desk.friend()
    code = FriendCode(row.onion_pk, row.id_commit)

    for name in ("f1", "friend", "FRIEND", str(OnionAddress(row.onion_pk)), code.encode(), code.uri()):
        assert _name(desk, name) == FRIEND


@pytest.mark.parametrize("name", ["", "f", "f2", "f01x", "f١", "frien", "friend2", "m1", "f" + "9" * 30])
def test_whatever_does_not_fit_exactly_is_not_found(desk: Desk, name: str) -> None:
    with pytest.raises(NotFound):
        _name(desk, name)


def _second(desk: Desk, name: str, state: State) -> None:
    desk.act(
        lambda tx, ctx: tx.friends.add(
            state=state, name=name, note="", asked_ms=0, onion_pk=b"o" * 32, id_commit=b"c" * 16, knows=1
        )
    )


def test_a_name_that_two_friends_have_is_ambiguous(desk: Desk) -> None:
    _second(desk, "Friend", State.FRIEND)

    with pytest.raises(Ambiguous):
        _name(desk, "friend")


@pytest.mark.parametrize("state", [State.INCOMING, State.OUTGOING, State.BLOCKED])
def test_a_stranger_under_the_name_of_a_friend_does_not_come_between(desk: Desk, state: State) -> None:
    _second(desk, "Friend", state)

    assert _name(desk, "friend") == FRIEND


def test_a_name_that_two_requests_have_is_ambiguous(desk: Desk) -> None:
    _second(desk, "asker", State.INCOMING)
    desk.act(
        lambda tx, ctx: tx.friends.add(
            state=State.INCOMING, name="asker", note="", asked_ms=0, onion_pk=b"p" * 32, id_commit=b"d" * 16, knows=1
        )
    )

    with pytest.raises(Ambiguous):
        _name(desk, "asker")


def test_a_friend_cannot_take_the_id_of_another_as_his_name(desk: Desk) -> None:
    _second(desk, "f1", State.FRIEND)

    assert _name(desk, "f1") == FRIEND


def test_a_request_is_no_friend_to_write_to(desk: Desk) -> None:
    _second(desk, "asker", State.INCOMING)

    with pytest.raises(NotAllowed, match="incoming"):
        desk.act(lambda tx, ctx: resolve.friend(tx, "asker"))
