"""The history on a real screen: pages, the reader's place, the pill, the wheel, marking and copying."""

import time
from dataclasses import replace
from datetime import UTC, date

from msgspec import structs
from textual import events

from chattor.model.ids import MessageId
from chattor.tui.bubbles import Look
from chattor.tui.glyphs import UNICODE
from chattor.tui.session import PAGE
from chattor.tui.widgets.composer import Composer
from chattor.tui.widgets.conversation import Conversation
from tests.support.api import ToyNode
from tests.support.scenes import SCENES, Scene, Stage, playing

MANY = 3 * PAGE + 50
LOOK = Look(glyphs=UNICODE, zone=UTC, today=date(2026, 3, 14), me="mara", friend="ada")


def talkative(node: ToyNode, count: int = MANY) -> None:
    """Ada has said a lot; every eleventh message is long."""
    for number in range(count):
        node.peer_says("ada", f"line {number} " + "and more of it " * (12 if number % 11 == 0 else 0))


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
        for number in range(4):
            now.node.peer_says("ada", f"news {number}")
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
        assert now.app.screen.query_one(Composer).size.height == 6
        assert top_line(now) == place


async def test_the_composer_grows_to_eight_rows_and_no_further() -> None:
    async with playing(SCENES["chat-wide"]) as now:
        await now.press(*["ctrl+j"] * 14)
        assert now.app.screen.query_one(Composer).size.height == 8


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
        for number in range(5000):
            now.node.peer_says("boris", f"flood {number}")
        began = time.monotonic()
        await now.type("typed during the flood")
        assert now.app.screen.query_one(Composer).text == "typed during the flood"
        assert time.monotonic() - began < 10


async def test_ten_thousand_loaded_messages_take_one_more_quickly() -> None:
    async with playing(SCENES["chat"]) as now:
        view = await reading(now)
        thread = now.app.view.thread
        assert thread is not None
        one = thread.messages[-1]
        crowd = [structs.replace(one, id=MessageId(f"x{number}")) for number in range(10_020)]
        view.show(replace(thread, messages=tuple(crowd[:10_000])), LOOK, 0)
        began = time.perf_counter()
        for count in range(10_001, 10_021):
            view.show(replace(thread, messages=tuple(crowd[:count])), LOOK, 0)
        assert (time.perf_counter() - began) / 20 < 0.05  # measured: 0.0012
