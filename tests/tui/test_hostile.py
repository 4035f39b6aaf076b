"""Whatever a peer writes: no control character reaches a line of the screen, nothing is run, nothing falls over."""

import re
from collections.abc import Sequence

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from chattor.tui.app import ChattorApp
from chattor.tui.guard import Guard
from chattor.tui.shell import Shell
from chattor.tui.wrap import wrap
from tests.support.hostile import BY_NUMBER, EVERYTHING, FLOOD, HOSTILE, WickedGateway, harm
from tests.support.scenes import Stage, options, until

OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
FEED = ("alt+c", "down", "down", "enter")
WALK = (("enter",), ("alt+v",), ("alt+r",), ("alt+o",), ("alt+i",), ("ctrl+k",), ("ctrl+p",), ("f1",), FEED)


class Unguarded(ChattorApp):
    """Without the last guard: every widget must have cleaned its own text."""

    def get_line_filters(self) -> Sequence[LineFilter]:
        return Shell.get_line_filters(self)


async def walk(payload: str, size: tuple[int, int]) -> list[str]:
    """All screens and dialogs that show what others wrote, as text."""
    gateway = WickedGateway(payload)
    app = Unguarded(gateway, options())
    pages: list[str] = []
    async with app.run_test(size=size) as pilot:
        now = Stage(app=app, pilot=pilot, gateway=gateway)
        await until(pilot, lambda: now.screen == "Main")
        await now.settle()
        for keys in WALK:
            await now.press(*keys)
            pages.append(now.text())
            if now.screen != "Main":
                await now.press("escape")
        harm(gateway.node, payload)
        await now.settle()
        pages.append(now.text())
        assert app.return_code is None, "nothing a peer wrote ends the program"
    return pages


@pytest.mark.parametrize("number", BY_NUMBER)
async def test_no_widget_shows_what_a_terminal_obeys(number: str) -> None:
    for page in await walk(BY_NUMBER[number], (100, 30)):
        assert not OBEYED.search(page)


@pytest.mark.parametrize("size", [(40, 12), (61, 16), (200, 50)])
async def test_input_115_no_width_breaks_the_screen(size: tuple[int, int]) -> None:
    for page in await walk(EVERYTHING, size):
        assert not OBEYED.search(page)


async def test_input_112_markup_is_shown_as_it_was_written() -> None:
    pages = await walk(HOSTILE["input_112_action"], (100, 30))
    assert all("[@click=app.leave]press[/]" in page for page in pages[:1])


async def test_input_117_a_message_cannot_pretend_to_be_another_one() -> None:
    pages = await walk(HOSTILE["input_117_fake"], (100, 30))
    chat = [line[35:] for line in pages[0].splitlines()]
    fakes = [line for line in chat if "▎ I owe you everything" in line and "␊" not in line and "│" not in line]
    assert len(fakes) >= 3
    assert all(line.startswith("▎ ▎ I owe you everything") for line in fakes)


async def test_input_108_a_flood_of_lines_is_folded() -> None:
    pages = await walk(FLOOD, (100, 300))  # high enough for the end of a folded text
    assert any("more lines⟩" in page for page in pages)


def test_input_116_one_long_word_is_wrapped_at_once() -> None:
    rows = wrap("x" * 1_000_000, 80)
    assert len(rows) == 12_500


def test_the_guard_cleans_what_every_widget_missed() -> None:
    guard, ground = Guard(), Color.parse("#000000")
    clean = [Segment("hello", Style())]
    assert guard.apply(clean, ground) is clean
    for payload in HOSTILE.values():
        drawn = guard.apply([Segment("a", Style()), Segment(payload, Style(bold=True))], ground)
        assert not OBEYED.search("".join(segment.text for segment in drawn).replace("\n", ""))
        assert all(segment.style is not None for segment in drawn)


def test_the_guard_stands_before_all_other_filters() -> None:
    app = ChattorApp(WickedGateway(""), options())
    assert isinstance(app.get_line_filters()[0], Guard)
