"""One table: every command can be run, every key is one command's, and what it offers fits what is open."""

from datetime import UTC, datetime

import pytest
from msgspec import structs
from textual.keys import Keys

from chattor.model.friend import Friend, FriendState
from chattor.model.ids import FriendId
from chattor.protocol import limits
from chattor.tui.commands import BY_NAME, COMMANDS, Slash, parse
from chattor.tui.deeds import NAME_MAX, Deeds, fits
from chattor.tui.modals import add_friend
from chattor.tui.modals.help import key_words
from chattor.tui.screens import welcome
from chattor.tui.screens.main import Main
from chattor.tui.state import Opened, reduce
from chattor.tui.view import View
from chattor.tui.widgets.composer import TEXT_MAX, Composer

ADA = Friend(
    id=FriendId("f1"), name="ada", onion="x", state=FriendState.FRIEND, online=False, typing=False, verified=False,
    muted=False, unread=0, last_seen=None, last_message_at=datetime(2026, 3, 14, tzinfo=UTC),
)  # fmt: skip


def beside(one: Friend) -> View:
    return reduce(View(friends=(one,)), Opened(friend=one.id))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_can_be_run(command: object) -> None:
    assert callable(getattr(Deeds, command.name))  # type: ignore[attr-defined]


def test_every_deed_is_in_the_table() -> None:
    deeds = {name for name in vars(Deeds) if not name.startswith("_")} - {"open"}
    assert deeds == set(BY_NAME)


def test_no_key_has_two_meanings() -> None:
    keys = [key for command in COMMANDS for key in command.key.split(",") if key]
    assert len(keys) == len(set(keys))
    composer = {key for binding in Composer.BINDINGS for key in binding.key.split(",")}  # type: ignore[union-attr]
    assert composer & set(keys) == {"ctrl+k"}  # the same command


def test_no_key_is_one_a_terminal_cannot_tell_apart() -> None:
    twins = {"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+z", *(f"alt+{digit}" for digit in range(10))}
    assert not twins & {key for command in COMMANDS for key in command.key.split(",")}
    assert Keys.ControlI.value == "ctrl+i"


def test_every_binding_has_an_id_to_be_remapped_by() -> None:
    ids = {binding.id for binding in Main.BINDINGS if binding.key != "escape"}  # type: ignore[union-attr]
    assert ids == {command.name for command in COMMANDS if command.key} - {"quit"}


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


def test_keys_in_words() -> None:
    assert key_words("ctrl+k,alt+k") == "Ctrl+K, Alt+K"
    assert key_words("f1") == "F1"
    assert key_words("") == ""


def test_the_faces_limits_are_those_of_the_protocol() -> None:
    assert TEXT_MAX == limits.TEXT_MAX
    assert add_friend.NOTE_MAX == limits.NOTE_MAX
    assert {NAME_MAX, add_friend.NAME_MAX, welcome.NAME_MAX} == {limits.NAME_MAX}
