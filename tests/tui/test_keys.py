"""Keys by name: one table, presets without clashes, the user's own on top, the same words wherever they are shown."""

from dataclasses import replace

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import _character_to_key

from chattor.errors import BadInput
from chattor.model.settings import Setting
from chattor.tui import keynames
from chattor.tui.actions import ACTIONS
from chattor.tui.app import ChattorApp
from chattor.tui.commands import COMMANDS
from chattor.tui.keymap import PRESETS, Keymap, checked, resolve
from chattor.tui.keytable import BY_ID, KEYS, Place
from chattor.tui.modals.identity import IdentityCard
from chattor.tui.modals.outbox import Outbox
from chattor.tui.modals.requests import Requests
from chattor.tui.screens.feed_pane import FeedPane
from chattor.tui.screens.main import Main
from chattor.tui.widgets.composer import Composer
from chattor.tui.widgets.conversation import Conversation
from chattor.tui.widgets.rows import RowList
from tests.support.gateway import PlayedGateway
from tests.support.played import inhabited
from tests.support.scenes import SCENES, Stage, options, perform, playing
from tests.support.terminal import Terminal

LISTEN = """
from chattor.tui.keymap import resolve
from chattor.tui.listen import listen
print("ready", flush=True)
listen(resolve(), lambda line: print(line, end="\\r\\n", flush=True))
print("done", flush=True)
"""

WIDGETS: dict[Place, type[DOMNode]] = {
    Place.WINDOW: Main, Place.WRITING: Composer, Place.EDITING: Composer, Place.MESSAGES: Conversation,
    Place.POSTS: FeedPane,
    Place.LISTS: RowList, Place.REQUESTS: Requests, Place.OUTBOX: Outbox, Place.CODE: IdentityCard,
}  # fmt: skip


def setting(key: str, value: str) -> Setting:
    return Setting(key=key, value=value, default="", choices=[], help="", restart=False)


def test_no_command_has_a_key_that_terminals_send_for_another() -> None:
    """Alt+B and Alt+F come as the arrows that go a word further: a search became a move, and its words a message."""
    for preset in PRESETS:
        keymap = resolve(preset)
        taken = {key for one in COMMANDS for key in keymap.keys[one.name]} & {"alt+b", "alt+f"}
        assert not taken, preset


# Names


@pytest.mark.parametrize(
    ("written", "keys", "shown"),
    [
        ("ctrl+k, alt+k", ("ctrl+k", "alt+k"), "Ctrl+K, Alt+K"),
        ("Ctrl+PageUp", ("ctrl+pageup",), "Ctrl+PgUp"),
        ("shift+alt+up", ("alt+shift+up",), "Alt+Shift+Up"),
        ("shift+g", ("G",), "G"),
        ("+", ("plus",), "+"),
        ("ctrl++", ("ctrl+plus",), "Ctrl++"),
        ("?", ("question_mark",), "?"),
        ("comma,f12", ("comma", "f12"), ",, F12"),
        ("none", (), ""),
    ],
)
def test_a_key_has_one_name_and_one_way_to_be_shown(written: str, keys: tuple[str, ...], shown: str) -> None:
    assert keynames.parse(written) == keys
    assert keynames.all_words(keys) == shown


def test_signs_are_called_as_textual_calls_them() -> None:
    for char in map(chr, range(33, 127)):
        assert keynames.parse("comma" if char == "," else char) == (_character_to_key(char),)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("ctrl+i", r"cannot tell Ctrl\+I from Tab"),
        ("strg+k", "no modifier 'strg'"),
        ("ctrl+banana", "no key 'banana'"),
        ("", "no key ''"),
        ("f25", "no key 'f25'"),
        ("é", "no key 'é'"),
    ],
)
def test_what_is_no_key_is_told(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        keynames.parse(written)


# The table


def test_every_id_is_one_thing() -> None:
    assert len(BY_ID) == len(KEYS)
    assert {command.name for command in COMMANDS} <= set(BY_ID)
    assert {f"message-{action.name}" for action in ACTIONS} <= set(BY_ID)


@pytest.mark.parametrize("place", Place)
def test_every_key_of_the_table_is_bound_by_its_id(place: Place) -> None:
    bound = {one.id for one in WIDGETS[place].BINDINGS if isinstance(one, Binding)}
    bound |= {one.id for one in ChattorApp.BINDINGS if isinstance(one, Binding)} if place is Place.WINDOW else set()
    assert {key.id for key in KEYS if key.place is place} <= bound


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_wants_a_key_twice(preset: str) -> None:
    assert set(PRESETS[preset]) <= set(BY_ID)
    assert resolve(preset).problems == ()


def test_the_default_needs_no_keymap() -> None:
    assert resolve().changed == {}
    assert resolve("vim").changed["message-leave"] == "i,a"
    assert resolve("emacs").changed["verify"] == "none"


# What the user wants


def test_a_clash_names_both_and_the_user_s_word_goes_before_the_table() -> None:
    keymap = resolve(own={"add": "ctrl+f"})
    assert (keymap.keys["add"], keymap.keys["find"]) == (("ctrl+f",), ())
    assert keymap.problems == (
        "Ctrl+F is wanted for “Add a friend” (add) and “Search in this conversation” (find): it does the first.",
    )


def test_two_keys_can_be_swapped() -> None:
    keymap = resolve(own={"jump": "ctrl+f", "find": "ctrl+k"})
    assert keymap.problems == ()
    assert (keymap.keys["jump"], keymap.keys["find"]) == (("ctrl+f",), ("ctrl+k",))


def test_what_never_meets_does_not_clash() -> None:
    assert resolve(own={"message-reply": "x", "list-choose": "x"}).problems == ()
    assert len(resolve(own={"message-reply": "x", "message-edit": "x"}).problems) == 1
    assert len(resolve(own={"message-reply": "f2", "me": "f2"}).problems) == 1


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("jmup", "f2", "nothing called 'jmup'; did you mean jump"),
        ("jump", "ctrl+m", "cannot tell Ctrl\\+M from Enter"),
        ("send", "g", "g writes a character"),
        ("newline", "space", "Space writes a character"),
    ],
)
def test_what_cannot_be_is_refused_and_otherwise_ignored(name: str, text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        checked(name, text)
    keymap = resolve(own={name: text})
    assert len(keymap.problems) == 1
    assert keymap.keys == resolve().keys


def test_keys_in_words() -> None:
    keymap = Keymap({"jump": ("ctrl+k", "alt+k"), "mute": ()})
    assert (keymap.words("jump"), keymap.first("jump"), keymap.first("mute")) == ("Ctrl+K, Alt+K", "Ctrl+K", "")


# In the window


async def play_with(keys: str, own: dict[str, str], play: object) -> None:
    app = ChattorApp(PlayedGateway(inhabited(), exists=True, running=True), replace(options(), keys=keys, own_keys=own))
    async with app.run_test(size=(100, 24)) as pilot:
        now = Stage(app=app, pilot=pilot, gateway=app.gateway)  # type: ignore[arg-type]
        await perform(replace(SCENES["main"], play=play), pilot, now.gateway)  # type: ignore[arg-type]


async def test_a_remapped_key_works_and_is_told_everywhere() -> None:
    async def play(now: Stage) -> None:
        await now.press("ctrl+p")
        assert now.screen == "Main"
        await now.press("f5")
        await now.type("go to")
        assert "Ctrl+G" in now.text()
        await now.press("escape")
        assert "F5 Commands" in now.text()
        await now.press("ctrl+g")
        assert now.screen == "Picker"

    await play_with("default", {"commands": "f5", "jump": "ctrl+g"}, play)


async def test_emacs_keys_edit_the_line_and_vim_keys_leave_it() -> None:
    async with playing(SCENES["chat"]) as now:
        composer = now.app.screen.query_one("#composer", Composer)
        await now.type("hello world")
        now.app.obey(setting("terminal.keys", "emacs"))
        await now.press("ctrl+a", "ctrl+f", "ctrl+k")
        assert composer.text == "h"
        now.app.obey(setting("terminal.keys", "vim"))
        await now.press("escape")
        assert now.app.screen.query_one(Conversation).has_focus
        await now.press("k", "j", "i")
        assert composer.has_focus
        assert composer.text == "h"


async def test_a_command_s_key_goes_before_one_that_edits_the_line() -> None:
    async with playing(SCENES["chat"]) as now:
        now.app.obey(setting("keymap.me", "ctrl+w"))
        await now.settle()
        clash = [note.message for note in now.app._notifications][-1]
        assert "(me) and “Delete the word left” (delete-word-left): it does the first." in clash
        await now.type("hello")
        await now.press("ctrl+w")
        assert now.screen == "IdentityCard"
        await now.press("escape", "alt+backspace")
        assert now.app.screen.query_one("#composer", Composer).text == ""
        now.app.obey(setting("keymap.me", ""))
        await now.press("alt+i")
        assert now.screen == "IdentityCard"


async def test_enter_can_begin_a_line_and_another_key_send() -> None:
    async with playing(SCENES["chat"]) as now:
        now.app.obey(setting("keymap.send", "ctrl+s"))
        now.app.obey(setting("keymap.newline", "enter"))
        await now.burst(*"one", "enter", *"two", "ctrl+s")
        assert (await now.node.history("ada"))[-1].text == "one\ntwo"


# The help


@pytest.mark.parametrize(
    ("scene", "there", "not_there"),
    [
        ("chat", "Where you write", "Reply: "),
        ("chosen", "r                         Reply: your next message quotes it", "Sends"),
        ("main", "In a list", "/verify"),
        ("feed-wide", "Among the posts of a channel", "/verify"),
        ("outbox", "In the outbox", "/jump"),
        ("requests", "a                         Accept", "/jump"),
        ("jump", "Esc                       Back", "/jump"),
        ("connecting", "Continue offline", "/jump"),
    ],
)
async def test_help_knows_where_the_focus_is(scene: str, there: str, not_there: str) -> None:
    async with playing(SCENES[scene]) as now:
        await now.press("f1")
        assert now.screen == "Help"
        here = now.text().partition("Commands")[0]
        assert there in here
        assert not_there not in now.text()
        await now.press("f1", "escape")
        assert now.screen != "Help"


async def test_help_and_the_list_of_commands_say_the_keys_as_they_are_set() -> None:
    async def play(now: Stage) -> None:
        await now.press("f2")
        assert "/help  F2" in now.text()
        assert "Alt+J" in now.text()

    await play_with("vim", {"help": "f2", "jump": "alt+j"}, play)


async def test_a_page_key_of_the_window_is_not_taken_by_a_list() -> None:
    async with playing(SCENES["main"]) as now:
        await now.press("enter", "ctrl+pagedown", "escape", "ctrl+pagedown")
        assert now.app.view.open is not None
        assert now.app.view.open.name == "千代"


def test_in_a_real_terminal_keys_are_known_by_what_is_sent() -> None:
    with Terminal(["-c", LISTEN]) as terminal:
        terminal.read(b"ready")
        while terminal.echoes():
            terminal.rest(quiet=0.05)
        terminal.send(b"\x0b\x1bn\x1bkada\x1b[1;3A")
        said = terminal.read(b"alt+up").decode()
        terminal.send(b"\x03")
        terminal.read(b"done\r\n")
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "0b ctrl+k Ctrl+K Go to" in lines
    assert "1b 6e alt+n Alt+N Add a friend" in lines
    assert "1b 6b alt+k Alt+K Go to" in lines
    assert "61 a a Accept" in lines
    assert terminal.output.endswith(b"\x1b[<udone\r\n")


def test_letters_typed_right_behind_alt_and_a_letter_are_not_part_of_it() -> None:
    with Terminal(["-m", "tests.support.window", "harmless"]) as terminal:
        terminal.read(b"Friends")
        terminal.rest()
        terminal.send(b"\x1bkzoe")
        terminal.read(b"zoe")
        terminal.send(b"\x1b")
        terminal.rest()
        terminal.send(b"\x11")
        terminal.read(b"SENT")
