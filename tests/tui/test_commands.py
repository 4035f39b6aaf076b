"""One table: every command can be run, and what it offers fits what is open."""

from datetime import UTC, datetime

import pytest
from msgspec import structs

from chattor.model.friend import Friend, FriendState
from chattor.model.ids import FriendId
from chattor.tui.command_handlers import CommandHandlers
from chattor.tui.commands import BY_NAME, COMMANDS, Slash, parse
from chattor.tui.fits import fits
from chattor.tui.state import reduce
from chattor.tui.updates import Opened
from chattor.tui.view import View

ADA = Friend(
    id=FriendId("f1"), name="ada", onion="x", state=FriendState.FRIEND, online=False, typing=False, verified=False,
    muted=False, unread=0, last_seen=None, last_message_at=datetime(2026, 3, 14, tzinfo=UTC),
)  # fmt: skip


def beside(one: Friend) -> View:
    return reduce(View(friends=(one,)), Opened(friend=one.id))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_can_be_run(command: object) -> None:
    assert callable(getattr(CommandHandlers, command.name))  # type: ignore[attr-defined]


def test_every_handler_is_in_the_table() -> None:
    handlers = {name for name in dir(CommandHandlers) if not name.startswith("_")} - {"open", "read"}
    assert handlers == set(BY_NAME)


def test_commands_fit_what_is_open() -> None:
    nothing, chat = View(), beside(ADA)
    assert fits(BY_NAME["help"], nothing)
    assert not fits(BY_NAME["verify"], nothing)
    assert fits(BY_NAME["verify"], chat)
    assert not fits(BY_NAME["unblock"], chat)
    assert fits(BY_NAME["unblock"], beside(structs.replace(ADA, state=FriendState.BLOCKED)))
    assert not fits(BY_NAME["acknowledge"], chat)
    assert fits(BY_NAME["acknowledge"], beside(structs.replace(ADA, alarm="another identity")))
    assert not fits(BY_NAME["block"], beside(structs.replace(ADA, state=FriendState.OUTGOING)))


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("hello", "hello"),
        ("either / or", "either / or"),
        ("//etc/hosts", "/etc/hosts"),
        ("/add ct1abc", Slash(word="add", argument="ct1abc")),
        ("/rename  the countess ", Slash(word="rename", argument="the countess")),
        ("/dance\nwith me", Slash(word="dance", argument="with me")),
        ("/", Slash(word="", argument="")),
    ],
)
def test_slashes(text: str, means: Slash | str) -> None:
    assert parse(text) == means
