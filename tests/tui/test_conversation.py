"""The history on a real screen: pages, the reader's place, the pill, the wheel, marking and copying."""

from dataclasses import replace
from datetime import UTC, date

import pytest
from textual import events

from chattor.tui.bubbles import Look
from chattor.tui.glyphs import UNICODE
from chattor.tui.modals.add_friend import AddFriend
from chattor.tui.screens.main import Main
from chattor.tui.session import PAGE
from chattor.tui.widgets.composer import Composer
from chattor.tui.widgets.conversation import Conversation
from chattor.tui.widgets.inked import Inked
from chattor.tui.widgets.keybar import KeyBar
from tests.support.played import PlayedNode
from tests.support.scenes import SCENES, Scene, Stage, playing

MANY = 3 * PAGE + 50
LOOK = Look(glyphs=UNICODE, zone=UTC, today=date(2026, 3, 14), me="mara", friend="ada")


def talkative(node: PlayedNode, count: int = MANY) -> None:
    """Ada has said a lot; every eleventh message is long."""
    node.peer_says(
        "ada", *(f"line {number} " + "and more of it " * (12 if number % 11 == 0 else 0) for number in range(count))
    )


async def reading(now: Stage) -> Conversation:
    talkative(now.node)
    await now.node.read("ada")
    await now.settle()
    await now.press("ctrl+k")
    await now.type("ada")
    await now.press("enter")
    return now.app.screen.query_one(Conversation)


def top_line(now: Stage) -> str:
    """The first row of the conversation, without the sidebar."""
    line = now.text().splitlines()[1]
    return line[29:].strip()


async def test_a_long_conversation_opens_at_its_end_with_one_page() -> None:
    async with playing(Scene()) as now:
        view = await reading(now)
        assert view.at_end
        assert f"line {MANY - 1}" in now.text()
        assert now.app.view.thread is not None
        assert len(now.app.view.thread.messages) < MANY


async def test_scrolling_up_brings_page_after_page_down_to_the_first_message() -> None:
    async with playing(Scene()) as now:
        view = await reading(now)
        for _ in range(60):
            await now.press(*["pageup"] * 10)
            if now.app.view.thread and now.app.view.thread.complete and not view.scroll_offset.y:
                break
        assert "Good morning! Did the parcel arrive?" in now.text()
        assert now.app.view.thread is not None
        assert len(now.app.view.thread.messages) == MANY + 6


async def test_a_page_up_skips_nothing_even_where_heights_were_guessed() -> None:
    async with playing(Scene()) as now:
        await reading(now)
        before = top_line(now)
        await now.press("pageup")
        rows = [line[29:].strip() for line in now.text().splitlines()]
        assert before in rows[-8:]  # what stood on top stands at the bottom now


async def test_what_arrives_does_not_move_a_reader_and_a_pill_counts_it() -> None:
    async with playing(Scene()) as now:
        await reading(now)
        await now.press("pageup", "pageup")
        place = top_line(now)
        now.node.peer_says("ada", *(f"news {number}" for number in range(4)))
        await now.settle()
        assert top_line(now) == place
        assert "↓ 4 new" in now.text()
        assert now.node.find("ada").unread == 4
        await now.press("shift+tab", "end")
        assert "news 3" in now.text()
        assert "↓" not in now.text()
        assert now.node.find("ada").unread == 0
        assert "4 new" in now.text()  # the divider


async def test_the_pill_can_be_clicked() -> None:
    async with playing(Scene()) as now:
        view = await reading(now)
        await now.press("pageup", "pageup")
        now.node.peer_says("ada", "news")
        await now.settle()
        await now.pilot.click(view, offset=(10, view.size.height - 1))
        await now.settle()
        assert view.at_end


async def test_at_the_end_what_arrives_is_followed() -> None:
    async with playing(Scene()) as now:
        await reading(now)
        now.node.peer_says("ada", "the very last")
        await now.settle()
        assert "the very last" in now.text()
        assert now.node.find("ada").unread == 0


async def test_the_reader_keeps_his_message_when_the_window_changes() -> None:
    async with playing(replace(SCENES["main-wide"])) as now:
        await reading(now)
        await now.press("pageup", "pageup", "pageup")
        first = next(line for line in now.text().splitlines() if "line " in line).split("line ")[1].split()[0]
        await now.pilot.resize_terminal(70, 30)
        await now.settle()
        rows = [line for line in now.text().splitlines() if "line " in line]
        assert rows[0].split("line ")[1].split()[0] == first


async def test_the_reader_keeps_his_place_while_the_composer_grows() -> None:
    async with playing(Scene()) as now:
        await reading(now)
        await now.press("pageup", "pageup")
        place = top_line(now)
        await now.press(*["ctrl+j"] * 5)
        assert now.app.screen.query_one("#composer", Composer).size.height == 6
        assert top_line(now) == place


async def test_the_composer_grows_to_eight_rows_and_no_further() -> None:
    async with playing(SCENES["chat-wide"]) as now:
        await now.press(*["ctrl+j"] * 14)
        assert now.app.screen.query_one("#composer", Composer).size.height == 8


async def test_many_unread_messages_open_at_the_first_of_them() -> None:
    async with playing(Scene()) as now:
        talkative(now.node, 60)
        await now.settle()
        await now.press("ctrl+k")
        await now.type("ada")
        await now.press("enter")
        assert "60 new" in now.text()
        assert "line 0" in now.text()
        assert now.node.find("ada").unread == 60
        await now.press("shift+tab", "end")
        assert now.node.find("ada").unread == 0


async def test_the_wheel_scrolls() -> None:
    async with playing(Scene()) as now:
        view = await reading(now)
        for _ in range(3):
            view.post_message(events.MouseScrollUp(view, 5, 5, 0, -1, 0, False, False, False))
        await now.settle()
        assert not view.at_end


async def test_marked_text_is_copied_without_bars() -> None:
    async with playing(SCENES["chat-wide"]) as now:
        text = now.text().splitlines()
        row = next(at for at, line in enumerate(text) if "Good morning" in line)
        start = text[row].index("Good")
        await now.pilot.mouse_down(offset=(start, row))
        await now.pilot.hover(offset=(start + 12, row))
        await now.pilot.mouse_up(offset=(start + 12, row))
        await now.press("ctrl+c")
        assert now.app.clipboard.startswith("Good morning")


async def test_five_thousand_messages_in_a_breath_drop_no_key() -> None:
    async with playing(SCENES["chat"]) as now:
        now.node.peer_says("boris", *(f"flood {number}" for number in range(5000)))
        await now.type("typed during the flood")
        assert now.app.screen.query_one("#composer", Composer).text == "typed during the flood"


async def test_a_day_is_jumped_to_and_shown_below_what_came_before() -> None:
    async with playing(SCENES["chat"]) as now:
        for _ in range(4):
            now.node.later(86_400)
            talkative(now.node, 40)
        await now.node.read("ada")
        await now.type("/date 2026-03-16")
        await now.press("enter")
        assert "line 39" in now.text()
        assert "16 March" in now.text()
        view = now.app.screen.query_one(Conversation)
        assert view.chosen is not None
        assert view.chosen.text == "line 0 " + "and more of it " * 12


async def test_what_is_no_day_is_told() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.press("ctrl+p")
        await now.type("go to a day")
        await now.press("enter")
        await now.type("soon")
        await now.press("enter")
        assert any("Soon is no day" in toast.message for toast in now.app._notifications)


async def answered(now: Stage) -> Conversation:
    """A long talk that ends with an answer to its beginning."""
    original = (await now.node.history("ada"))[0]
    talkative(now.node)
    now.node.peer_says("ada", "about that parcel", reply_to=original.id)
    await now.settle()
    return now.app.screen.query_one(Conversation)


async def test_from_an_answer_to_what_it_answers_by_key_and_again() -> None:
    async with playing(SCENES["chat"]) as now:
        view = await answered(now)
        for _ in range(2):
            await now.press("up", "o")
            assert view.chosen is not None
            assert view.chosen.text == "Good morning! Did the parcel arrive?"
            assert "Did the parcel arrive?" in now.text()
            await now.press("end", "escape")
            assert "about that parcel" in now.text()


async def test_a_click_on_a_quote_leads_to_the_original() -> None:
    async with playing(SCENES["chat"]) as now:
        view = await answered(now)
        row = next(at for at, line in enumerate(now.text().splitlines()) if "↪" in line)
        await now.pilot.click(offset=(40, row))
        await now.settle()
        assert view.chosen is not None
        assert view.chosen.text == "Good morning! Did the parcel arrive?"


def counts_down(view: Conversation) -> bool:
    return view._aging is not None


async def test_what_vanishes_says_when_and_a_quiet_clock_draws_nothing() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.node.ephemeral("ada", 7200)
        view = now.app.screen.query_one(Conversation)
        assert not counts_down(view)
        await now.type("for two hours")
        await now.press("enter")
        assert "vanishes in 2 h" in now.text()
        assert counts_down(view)
        talkative(now.node)
        await now.settle()
        assert "for two hours" not in now.text()
        assert not counts_down(view), "a clock runs for what nobody sees"


async def test_a_key_below_can_be_clicked() -> None:
    async with playing(Scene(play=SCENES["chat"].play)) as now:
        line = now.text().splitlines()[-1]
        await now.pilot.click(KeyBar, offset=(line.index("Add"), 0))
        await now.settle()
        assert isinstance(now.app.screen, AddFriend)


async def test_a_look_at_the_clock_draws_nothing_that_is_on_the_screen_already(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    async with playing(Scene(play=SCENES["chat"].play)) as now:
        for widget in now.app.screen.query(Inked):
            monkeypatch.setattr(widget, "refresh", lambda *_, name=widget.id, **__: drawn.append(name))
        main = now.app.screen
        assert isinstance(main, Main)
        main.on_view(now.app.view)
        assert drawn == []


async def test_after_a_channel_a_conversation_is_as_wide_as_ever() -> None:
    """It was laid out while it was not in sight."""
    async with playing(SCENES["chat"]) as now:
        before = now.text()
        for place in ("public", "ada"):
            await now.press("ctrl+k")
            await now.type(place)
            await now.press("enter")
        assert now.text() == before
