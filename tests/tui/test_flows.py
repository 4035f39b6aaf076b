"""What a person does, step by step, against a real node: keys in, words on the screen out."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Input

from chattor.handlers import outages
from chattor.model.friend import FriendState
from chattor.model.message import Direction
from chattor.model.status import TorPhase, TorStatus
from chattor.tui.app import STOPPED, ChattorApp
from chattor.tui.modals.details import Details
from chattor.tui.session import PAUSE
from chattor.tui.typeahead import PATIENCE, Typeahead
from chattor.tui.updates import Opened
from chattor.tui.widgets.composer import Composer
from chattor.tui.widgets.conversation import Conversation
from chattor.tui.widgets.plain import Field
from chattor.tui.widgets.progress import SLOW_AFTER, TorProgress
from chattor.tui.widgets.qr import Qr, half_blocks
from chattor.tui.widgets.rows import RowList
from tests.support.gateway import PlayedGateway
from tests.support.peers import code_of
from tests.support.played import PASSPHRASE, READY, inhabited
from tests.support.scenes import CONNECTING, SCENES, FrozenClock, Scene, Stage, options, playing, until

NEW = Scene(exists=False, running=False, empty=True)
LOCKED = Scene(running=False)


async def fill_in(now: Stage, name: str, passphrase: str, again: str) -> None:
    for text in (name, passphrase, again):
        await now.type(text)
        await now.press("enter")


# The first minute


async def test_the_first_minute_from_a_name_to_a_friend_request() -> None:
    async with playing(NEW) as now:
        assert now.screen == "Welcome"
        await fill_in(now, "mara", PASSPHRASE, PASSPHRASE)
        assert now.screen == "FirstCode"
        now.node.tor_moves(CONNECTING)
        await now.settle()
        assert "Tor is connecting 45 %" in now.text()
        assert "Loading relay descriptors" in now.text()
        await now.type(code_of("ada"))
        await now.press("enter")
        assert now.screen == "Main"
        assert [one.state for one in now.app.view.friends] == [FriendState.OUTGOING]
        assert "asked" in now.text()


@pytest.mark.parametrize(
    ("name", "passphrase", "again", "complaint"),
    [
        ("", PASSPHRASE, PASSPHRASE, "A name is needed"),
        ("mara", "short", "short", "at least 8 characters"),
        ("mara", PASSPHRASE, "something else", "are not the same"),
    ],
)
async def test_what_is_wrong_is_said_in_place(name: str, passphrase: str, again: str, complaint: str) -> None:
    async with playing(NEW) as now:
        await fill_in(now, name, passphrase, again)
        assert now.screen == "Welcome"
        assert complaint in now.text()


async def test_the_strength_is_shown_while_typing() -> None:
    async with playing(NEW) as now:
        await now.press("enter")
        await now.type("12345678")
        assert "weak" in now.text()
        await now.type(" and a horse battery")
        assert "strong" in now.text()


async def test_a_wrong_code_of_a_friend_says_what_is_wrong_and_what_to_do() -> None:
    async with playing(SCENES["first-code"]) as now:
        await now.type("ct1nonsense")
        await now.press("enter")
        assert now.screen == "FirstCode"
        assert "Character 5 is o, which no friend" in now.text()
        assert "your friend to send it again" in now.text()


async def test_the_code_can_be_copied_and_the_toast_names_the_route() -> None:
    async with playing(SCENES["first-code"]) as now:
        await now.press("f2")
        assert now.app.view.identity is not None
        assert now.app.clipboard == now.app.view.identity.friend_code
        assert [note.message for note in now.app._notifications][-1].count("OSC 52") == 1


# Unlocking and connecting


async def test_a_wrong_passphrase_is_said_in_place_and_can_be_corrected() -> None:
    async with playing(LOCKED) as now:
        await now.type("wrong horse")
        await now.press("enter")
        assert "Wrong passphrase. Try again" in now.text()
        assert now.app.screen.query_one(Input).value == ""
        await now.type(PASSPHRASE)
        await now.press("enter")
        assert now.screen == "Main"


async def test_nobody_has_to_wait_for_tor() -> None:
    async with playing(SCENES["connecting"]) as now:
        assert now.screen == "Connecting"
        await now.press("enter")
        assert now.screen == "Main"
        assert "Tor 45 %" in now.text()


async def test_the_main_screen_comes_by_itself_once_tor_is_ready() -> None:
    async with playing(SCENES["connecting"]) as now:
        now.node.tor_moves(READY)
        await until(now.pilot, lambda: now.screen == "Main")


async def test_when_tor_is_slow_the_screen_says_what_to_try() -> None:
    async with playing(SCENES["connecting"]) as now:
        clock = now.app.options.clock
        assert isinstance(clock, FrozenClock)
        clock.seconds = SLOW_AFTER + 1
        now.app.screen.query_one(TorProgress).show(now.app.view.tor)
        await now.settle()
        assert "No progress for 31 s" in now.text()
        assert "chattor paths" in now.text()
        now.node.tor_moves(TorStatus(phase=TorPhase.FAILED, percent=45, detail="exited with code 1"))
        await now.settle()
        assert "Tor has failed" in now.text()


# Talking


async def test_a_message_is_sent_and_its_state_follows() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.type("see you at nine")
        await now.press("enter")
        assert "see you at nine" in now.text()
        assert "delivered" in now.text()
        assert (await now.node.history("ada"))[-1].text == "see you at nine"
        now.node.peer_reads("ada")
        await now.settle()
        line = next(line for line in now.text().splitlines() if "see you at nine" in line)
        assert line.endswith("✓✓ read")


async def test_what_is_seen_is_read_and_what_is_not_is_not() -> None:
    async with playing(Scene()) as now:
        assert now.node.find("boris").unread == 3
        await now.press("enter")
        assert now.node.find("boris").unread == 0
        assert "3 new" in now.text()  # the divider stays
        now.node.peer_says("ada", "psst")
        await now.settle()
        assert now.node.find("ada").unread == 1


async def test_nothing_is_read_while_the_terminal_has_no_focus() -> None:
    async with playing(Scene()) as now:
        now.app.app_focus = False
        await now.press("ctrl+k")  # a key gives the focus back
        await now.type("boris")
        await now.press("enter")
        now.app.app_focus = False
        now.node.peer_says("boris", "are you there?")
        await now.settle()
        assert now.node.find("boris").unread == 1
        now.app.app_focus = True
        await now.settle()
        assert now.node.find("boris").unread == 0


async def test_nothing_is_read_behind_a_dialog() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.press("f1")
        now.node.peer_says("ada", "psst")
        await now.settle()
        assert now.node.find("ada").unread == 1
        await now.press("escape")
        assert now.node.find("ada").unread == 0


async def test_a_message_sent_from_elsewhere_appears() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.node.send("ada", "from the command line")
        await now.settle()
        assert "from the command line" in now.text()


async def test_what_cannot_be_sent_comes_back_with_the_reason() -> None:
    async with playing(SCENES["alarm"]) as now:
        await now.type("hello")
        await now.press("enter")
        assert now.app.screen.query_one("#composer", Composer).text == "hello"
        assert "acknowledge it first" in " ".join(now.text().split())


async def test_an_alarm_can_be_acknowledged_and_sending_works_again() -> None:
    async with playing(SCENES["alarm"]) as now:
        await now.type("/acknowledge")
        await now.press("enter")
        assert now.screen == "Confirm"
        await now.press("right", "enter")
        await now.type("hello")
        await now.press("enter")
        assert (await now.node.history("ada"))[-1].text == "hello"


# Drafts and recipients


async def test_a_draft_waits_where_it_was_begun() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.type("dear ada")
        await now.press("alt+a")
        assert now.app.view.open is not None
        assert now.app.view.open.name == "boris"
        assert now.app.screen.query_one("#composer", Composer).text == ""
        assert await now.node.draft("ada") == "dear ada"
        await now.press("alt+z")
        assert now.app.screen.query_one("#composer", Composer).text == "dear ada"


async def test_a_draft_of_an_earlier_day_is_there_again() -> None:
    async with playing(Scene()) as now:
        await now.node.draft("boris", "begun yesterday")
        await now.press("enter")
        assert now.app.screen.query_one("#composer", Composer).text == "begun yesterday"


async def test_leaving_saves_what_was_typed_last() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.type("half a sen")
        await now.press("ctrl+q")
        assert await now.node.draft("ada") == "half a sen"
        assert now.gateway.closed


async def test_a_name_typed_ahead_is_not_sent_to_whoever_was_open() -> None:
    async with playing(Scene()) as now:
        await now.press("enter")
        keys = ["h", "i", "ctrl+k", *"ada", "enter", *"for ada", "enter", *"more"]
        await now.burst(*keys)
        assert (await now.node.history("ada"))[-1].text == "for ada"
        assert (await now.node.history("boris"))[-1].text == "Call me!"
        assert await now.node.draft("boris") == "hi"
        assert now.app.screen.query_one("#composer", Composer).text == "more"


async def test_whoever_goes_where_he_is_already_writes_there() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.press("escape")
        assert now.app.focused is now.app.screen.query_one("#roster")
        await now.burst("ctrl+k", *"ada", "enter", *"hello")
        assert now.app.screen.query_one("#composer", Composer).text == "hello"


class SlowToOpen(ModalScreen[None]):
    """A dialog on a machine that has much else to do."""

    AUTO_FOCUS = ""

    def compose(self) -> ComposeResult:
        yield Field(id="slow")

    def on_mount(self) -> None:
        self.set_timer(2 * PATIENCE, self.query_one(Field).focus)


async def test_letters_wait_until_a_dialog_can_take_them() -> None:
    async with playing(SCENES["chat"]) as now:
        now.app.push_screen(SlowToOpen())
        await Typeahead(now.app).effect()
        assert now.app.focused is now.app.screen.query_one("#slow")


async def test_what_follows_the_key_that_locks_is_the_passphrase_and_nothing_else() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.burst("alt+l", *PASSPHRASE)
        assert now.screen == "LockedScreen"
        assert now.app.screen.query_one("#passphrase", Field).value == PASSPHRASE
        await now.press("enter")
        await until(now.pilot, lambda: now.screen == "Main")
        assert not now.app._notifications
        assert await now.node.draft("ada") == ""


@pytest.mark.parametrize("scene", ["chat", "feed"])
async def test_after_the_lock_the_same_is_open_as_before(scene: str) -> None:
    async with playing(SCENES[scene]) as now:
        here = now.app.view.here
        assert here
        await now.burst("alt+l", *PASSPHRASE)
        assert now.app.view.here is None
        await now.press("enter")
        await until(now.pilot, lambda: now.app.view.here == here)
        assert now.screen == "Main"


async def test_what_comes_right_behind_what_was_read_is_read_too() -> None:
    async with playing(replace(SCENES["chat"], pause=PAUSE)) as now:
        for text in ("one", "two", "three"):
            now.node.peer_says("ada", text)
            await until(now.pilot, lambda: now.node.find("ada").unread == 0)
        await now.settle()
        ada = now.app.view.open
        assert ada is not None
        assert ada.unread == 0


async def test_a_key_that_makes_no_sense_for_a_message_is_no_letter() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.press("up", "up", "up")
        shown = now.app.screen.query_one(Conversation)
        assert shown.chosen is not None
        assert shown.chosen.direction is Direction.IN
        await now.press("d", "e")
        assert now.app.screen.query_one(Composer).text == ""
        assert shown.has_focus
        await now.press("w")
        assert now.app.screen.query_one(Composer).text == "w"


async def test_whoever_goes_elsewhere_after_the_lock_stays_there() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.burst("alt+l", *PASSPHRASE)
        await now.press("enter")
        boris = now.node.find("boris").id
        now.app.apply([Opened(friend=boris)])
        await until(now.pilot, lambda: bool(now.app.view.friends))
        await now.settle()
        assert now.app.view.here == boris


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        ("welcome", "nobody can reset it"),
        ("unlock", "when this profile was made"),
        ("first-code", "Two people become friends"),
        ("connecting", "tor.bridges"),
    ],
)
async def test_help_before_the_window_says_what_the_screen_is_about(scene: str, words: str) -> None:
    async with playing(SCENES[scene]) as now:
        await now.press("f1")
        assert now.screen == "Help"
        await until(now.pilot, lambda: words in " ".join(now.text().split()))


async def test_two_messages_typed_in_one_breath_are_two_messages() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.burst(*"one", "enter", *"two", "enter")
        assert [message.text for message in (await now.node.history("ada"))[-2:]] == ["one", "two"]


# Commands


async def test_an_unknown_command_is_never_sent() -> None:
    async with playing(SCENES["refused"]) as now:
        assert "There is no command /dance" in " ".join(now.text().split())
        assert now.app.screen.query_one("#composer", Composer).text == "/dance with me"
        assert (await now.node.history("boris"))[-1].text == "Call me!"


async def test_two_slashes_send_one() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.type("//etc/hosts is the file")
        await now.press("enter")
        assert (await now.node.history("ada"))[-1].text == "/etc/hosts is the file"


@pytest.mark.parametrize(
    ("command", "screen"),
    [
        ("/help", "Help"), ("/requests", "Requests"), ("/me", "IdentityCard"), ("/outbox", "Outbox"),
        ("/verify", "Verify"), ("/add", "AddFriend"), ("/theme", "Previews"), ("/commands", "Picker"),
        ("/jump", "Picker"), ("/rename", "Ask"), ("/remove", "Confirm"), ("/block", "Confirm"),
    ],
)  # fmt: skip
async def test_slash_commands_open_what_they_name_and_esc_leads_back(command: str, screen: str) -> None:
    async with playing(SCENES["chat"]) as now:
        await now.type(command)
        await now.press("enter")
        assert now.screen == screen
        await now.press("escape")
        assert now.screen == "Main"


async def test_a_command_that_makes_no_sense_now_says_so() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.type("/unblock")
        await now.press("enter")
        assert "needs another conversation" in [note.message for note in now.app._notifications][-1]


async def test_the_palette_runs_what_it_offers() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.press("ctrl+p")
        await now.type("outb")
        await now.press("enter")
        assert now.screen == "Outbox"


@pytest.mark.parametrize(
    ("written", "title"), [("export", "Write down conversations"), ("qr", "Your friend code"), ("wipe", "Delete this")]
)
async def test_a_command_is_found_by_its_word_and_by_what_it_does(written: str, title: str) -> None:
    async with playing(SCENES["palette"]) as now:
        await now.type(written)
        assert title in now.text()
        assert "Nothing fits" not in now.text()


async def test_renaming_muting_blocking_and_removing() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.type("/rename countess")
        await now.press("enter")
        assert "countess" in now.text()
        await now.type("/mute")
        await now.press("enter")
        assert now.node.find("countess").muted
        await now.type("/block")
        await now.press("enter", "right", "enter")
        assert now.node.find("countess").state is FriendState.BLOCKED
        assert "Blocked" in now.text()
        await now.press("ctrl+k")
        await now.type("boris")
        await now.press("enter")
        await now.type("/remove")
        await now.press("enter", "right", "enter")
        assert now.app.view.thread is None
        assert "boris" not in now.text()


# Dialogs


async def test_the_list_names_who_asks_and_counts_them_if_they_are_more() -> None:
    async with playing(Scene()) as now:
        row = next(line for line in now.text().splitlines() if "asks you" in line)
        assert row.split()[:2] == ["•", "zoe"]
        now.node.peer_asks("yan", "It is me!")
        await until(now.pilot, lambda: "2 ask you" in now.text())


async def test_requests_are_answered_with_a_key() -> None:
    async with playing(SCENES["requests"]) as now:
        assert "We met at the congress" in now.text()
        await now.press("a")
        assert now.node.find("zoe").state is FriendState.FRIEND
        assert "has not answered yet" in now.text()
        await now.press("c")
        assert "theo" not in now.text()
        assert "Nobody is waiting" in now.text()


async def test_a_request_can_be_blocked() -> None:
    async with playing(SCENES["requests"]) as now:
        await now.press("b")
        assert [one.name for one in now.app.view.incoming] == []


async def test_a_request_is_rejected_after_a_question_since_nothing_brings_it_back() -> None:
    async with playing(SCENES["requests"]) as now:
        await now.press("r", "enter")
        assert [one.name for one in now.app.view.incoming] == ["zoe"]
        await now.press("r")
        assert "add their code" in now.text()
        await now.press("tab", "enter")
        assert now.screen == "Requests"
        assert [one.name for one in now.app.view.incoming] == []


async def test_what_is_typed_beside_the_composer_is_written_from_its_first_letter() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.press("escape")
        await now.type("this goes")
        assert now.app.screen.query_one("#composer", Composer).text == "this goes"


async def test_a_command_typed_among_the_messages_is_one() -> None:
    async with playing(SCENES["chosen"]) as now:
        await now.type("/ephemeral 1h")
        assert now.app.screen.query_one("#composer", Composer).text == "/ephemeral 1h"


async def test_letters_that_mean_something_in_a_list_do_that() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.press("escape", "j")
        assert now.app.screen.query_one("#composer", Composer).text == ""
        assert isinstance(now.app.screen.focused, RowList)


async def test_a_note_can_be_read_to_its_end_at_any_width() -> None:
    async with playing(SCENES["requests"]) as now:
        for at in range(6):  # too many for the list: it has a scroll bar
            now.node.peer_asks(f"yan{at}", " ".join("a" * (number % 9 + 1) for number in range(40)))
        await now.settle()
        rows = now.app.screen.query_one(RowList)
        for width in range(76, 81):
            await now.pilot.resize_terminal(width, 24)
            await now.settle()
            assert not [y for y in range(rows.virtual_size.height) if "…" in rows.render_line(y).text], width


async def test_enter_on_a_request_accepts_nobody() -> None:
    async with playing(SCENES["requests"]) as now:
        await now.press("enter")
        assert now.node.find("zoe").state is FriendState.INCOMING
        await now.press("enter")
        assert now.node.find("zoe").state is FriendState.FRIEND


async def test_a_friend_is_added_with_name_and_note() -> None:
    async with playing(SCENES["add-friend"]) as now:
        for text in (code_of("ulla"), "Ulla", "the one with the boat"):
            await now.type(text)
            await now.press("enter")
        assert now.screen == "Main"
        request = next(one for one in now.app.view.requests if one.name == "Ulla")
        assert request.note == "the one with the boat"


async def test_our_own_code_is_refused_in_place() -> None:
    async with playing(SCENES["add-friend"]) as now:
        await now.type(code_of("mara"))
        await now.press("enter", "enter", "enter")
        assert "This is your own friend code" in now.text()


async def test_the_note_is_counted() -> None:
    async with playing(SCENES["add-friend"]) as now:
        await now.press("tab", "tab")
        await now.type("hello")
        assert "5 of 280" in now.text()


async def test_what_waits_can_be_tried_again_or_taken_back() -> None:
    async with playing(SCENES["outbox"]) as now:
        assert "waiting for a link, 0 tries" in now.text()
        await now.press("r")
        now.node.dial_fails("千代", "the onion service was not found")
        await now.press("escape", "alt+o")
        assert "the onion service was not found, 1 try" in now.text()
        await now.press("c")
        assert "千代" not in "".join(line[4:] for line in now.text().splitlines())


async def test_what_was_written_to_a_link_cannot_be_taken_back_and_the_dialog_says_why() -> None:
    async with playing(SCENES["outbox"]) as now:
        entry = (await now.node.outbox_list())[0]
        now.node.link_opens(entry.id)
        await now.press("c")
        assert "may have arrived" in now.text()


async def test_a_friend_is_verified_in_three_steps() -> None:
    async with playing(SCENES["verify"]) as now:
        digits = (await now.node.friends_verify("boris")).digits.split()
        assert now.app.screen.query_one(Qr)._rows == half_blocks("".join(digits))
        assert all(group in now.text() for group in digits)
        await now.press("right", "enter")
        assert now.node.find("boris").verified
        assert "✓ verified" in now.text()


async def test_a_theme_is_picked_and_a_bad_one_changes_nothing() -> None:
    async with playing(SCENES["themes"]) as now:
        await now.type("light")
        await now.press("enter")
        assert now.app.theme == "light"
        await now.press("enter")
        await now.type("/theme nonsense")
        await now.press("enter")
        assert now.app.theme == "light"
        assert "there is no theme" in [note.message for note in now.app._notifications][-1].lower()


async def test_an_edited_theme_is_worn_at_once_and_a_broken_one_is_one_toast(tmp_path: Path) -> None:
    gateway = PlayedGateway(inhabited(), running=True)
    app = ChattorApp(gateway, replace(options(), config=tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1)
        (tmp_path / "theme.toml").write_text("[colors]\ntext = '#ffeeaa'\n")
        app.wear_again()
        await until(pilot, lambda: app.theme_variables["ink-text"] == "#ffeeaa")
        (tmp_path / "theme.toml").write_text("[colors]\ntext = 'nonsense'\n")
        for _ in range(3):
            app.wear_again()
        await until(pilot, lambda: bool(app._notifications))
        said = [note.message for note in app._notifications]
        assert [words.partition(".")[0] for words in said] == ["Theme theme"]
        assert app.theme_variables["ink-text"] == "#ffeeaa"


# Leaving and being left


async def test_a_window_that_hosts_asks_before_it_takes_the_node_along() -> None:
    async with playing(SCENES["quit"]) as now:
        assert "2 messages wait" in now.text()
        await now.press("escape")
        after_escape = now.gateway.closed
        await now.press("ctrl+q", "right", "enter")
        assert (after_escape, now.gateway.closed) == (False, True)
        assert now.app.return_code == 0


async def test_a_window_whose_node_is_asked_to_stop_leaves_and_says_why() -> None:
    async with playing(Scene(running=False)) as now:
        await now.type(PASSPHRASE)
        await now.press("enter", "enter")
        await now.type("half a dr")
        await now.node.door.stop()
        await until(now.pilot, lambda: now.gateway.closed)
        assert now.app.return_code == 0
        assert [str(line) for line in now.app._exit_renderables] == [STOPPED]
        assert "half a dr" in [await now.node.draft(one.id) for one in await now.node.friends_list()]


async def test_a_window_nobody_touches_locks_the_profile() -> None:
    async with playing(Scene(keys=("enter",))) as now:
        clock = now.app.options.clock
        assert isinstance(clock, FrozenClock)
        for after, idle, locked in (("never", 9_000, False), ("10m", 599, False), ("10m", 600, True)):
            await now.node.settings_set("lock.after", after)
            await now.press("left")
            clock.seconds += idle
            now.app.look_at_idle()
            await until(now.pilot, lambda: not now.app.session.has_news)
            await now.settle()
            assert (await now.node.door.status()).locked is locked
        await until(now.pilot, lambda: now.screen == "LockedScreen")
        assert "ada" not in now.text()


async def test_a_daemon_that_stops_is_told_plainly() -> None:
    async with playing(SCENES["lost"]) as now:
        assert "has stopped" in now.text()
        assert "chattor --daemon" in " ".join(now.text().split())
        await now.type("still here")
        assert now.app.screen.query_one("#composer", Composer).text == "still here"


async def test_a_new_request_and_a_new_friend_are_announced() -> None:
    async with playing(Scene()) as now:
        now.node.peer_asks("ursel")
        now.node.peer_accepts(now.node.find("theo").id)
        await now.settle()
        said = [note.message for note in now.app._notifications]
        assert "ursel wants to be friends. Alt+R shows the request." in said
        assert "You and theo are friends now." in said


async def test_an_outage_stands_above_all_while_it_lasts_and_is_told_when_it_is_over() -> None:
    async with playing(Scene()) as now:
        began = now.node.clock.wall()
        now.node.act(outages.begin, began, "tor was not connected")
        await now.settle()
        assert "Nobody has been able to reach you since" in now.text()
        now.node.act(outages.end, began + 300_000)
        await now.settle()
        assert "Nobody has been able to reach you" not in now.text()
        said = [note.message for note in now.app._notifications]
        assert any("Nobody could reach you from" in words and "tor was not connected." in words for words in said)


async def test_the_details_of_a_message_tell_its_life() -> None:
    async with playing(SCENES["chat-wide"]) as now:
        ours = now.node.leave_waiting("boris", "on its way")
        await now.settle()
        now.app.push_screen(Details(ours, "boris"))
        await now.settle()
        assert "queued" in now.text()


# Sizes


async def test_in_a_narrow_terminal_one_pane_is_shown_at_a_time() -> None:
    async with playing(Scene(size=(40, 12))) as now:
        assert "boris" in now.text()
        await now.press("enter")
        assert "Have you seen" in now.text()
        assert "ada" not in now.text()
        await now.press("escape")
        assert "ada" in now.text()
        assert now.app.view.thread is None


async def test_a_window_may_become_narrow_and_wide_again() -> None:
    async with playing(SCENES["chat-wide"]) as now:
        for size in ((40, 12), (61, 20), (20, 6), (130, 45)):
            await now.pilot.resize_terminal(*size)
            await now.settle()
        assert "boris" in now.text()
        assert "moment you are back" in now.text()


async def test_a_window_that_becomes_narrow_keeps_the_keys_in_what_is_still_shown() -> None:
    async with playing(SCENES["chat-wide"]) as now:
        await now.press("escape")
        await now.pilot.resize_terminal(40, 12)
        await now.settle()
        await now.type("hello")
        assert now.app.screen.query_one("#composer", Composer).text == "hello"


async def test_help_stands_below_its_keys_where_there_is_no_room_beside_them() -> None:
    async with playing(SCENES["chat-small"]) as now:
        await now.press("f1")
        lines = [line.strip() for line in now.text().splitlines()]
        assert lines[lines.index("Enter") + 1] == "Send"


async def test_without_colours_every_screen_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("chat", "requests", "my-code", "jump", "welcome", "lost"):
        async with playing(replace(SCENES[name], size=(60, 20))) as now:
            assert now.text().strip()


async def test_a_pasted_code_shows_what_is_hidden_in_it() -> None:
    async with playing(SCENES["add-friend"]) as now:
        now.app.post_message(events.Paste("ct1\u202eabc"))
        await now.settle()
        assert now.app.screen.query_one("#code", Field).value == "ct1⟨U+202E⟩abc"
