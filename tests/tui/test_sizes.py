"""Every screen in every size, with names and texts of every width, in Unicode and in ASCII: no border breaks.

One run of the application for each screen: it is resized from size to size, as a terminal would be.
"""

from dataclasses import replace
from typing import Final

import pytest
from rich.cells import cell_len
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from chattor.tui.ascii_only import SIGNS
from chattor.tui.glyphs import UNICODE
from tests.support.scenes import SCENES, Scene, Stage, perform, playing, stage

SIZES: Final = ((40, 12), (59, 15), (80, 24), (300, 50), (40, 12))
NAMES: Final = {"ada": "👩‍👩‍👧‍👦 עדה 家族の名前はとても長い", "boris": "Борис é́́ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪 ⚠️"}
TEXTS: Final = (
    "日本語の長い文章。" * 12,
    "👩‍👩‍👧‍👦👍🏽🏴󠁧󠁢󠁥󠁮󠁧󠁿❤️⚠️" * 12,
    "שלום mixed العربية and\u200fmarks " * 6,
    "e\u0301\u0327\u0323" * 60,
    "नमस्ते ক্ষ ကြည့် ไทยไม่มีช่องว่าง" * 5,
    "x" * 700,
    "\n".join("👨‍👩‍👧" * width for width in range(1, 20)),
)
_OURS: Final = {
    *SIGNS, *"".join(getattr(UNICODE, name) for name in ("online", "away", "asked", "blocked", "typing", "verified")),
    *"".join((UNICODE.alarm, UNICODE.bar, UNICODE.down, UNICODE.reply, *UNICODE.states.values())),
}  # fmt: skip
SCREENS: Final = (
    "chat", "chosen", "feed", "requests", "my-code", "outbox", "verify", "help", "palette", "jump", "search", "themes",
    "settings", "add-friend", "subscribe", "channels", "alarm", "lost", "welcome", "first-code", "unlock", "connecting",
    "quit", "friend", "rotate", "backup", "passphrase", "profiles", "wipe",
)  # fmt: skip

PAGES: Final = {"welcome", "first-code", "unlock", "connecting"}  # without a frame


async def widen(now: Stage) -> None:
    """Names and texts of every width."""
    for name, other in NAMES.items():
        if any(one.name == name for one in await now.node.friends_list()):
            now.node.peer_says(name, *TEXTS)
            await now.node.friends_rename(name, other)
    await now.settle()


def drawn(now: Stage) -> list[Strip]:
    """The rows of the screen."""
    return now.app.screen._compositor.render_strips(Size(*now.app.size))


def cell(strip: Strip, x: int) -> str:
    """What stands in one cell."""
    return strip.crop(x, x + 1).text


def has_frame(widget: Widget) -> bool:
    return all(edge in ("round", "ascii") for edge, _ in widget.styles.border)


def check_frames(now: Stage, sides: set[str]) -> int:
    """Every frame in sight stands where it should, in all of its rows; how many there are."""
    seen = 0
    strips, screen = drawn(now), now.app.screen
    for widget in screen.query(".dialog, .picker, Composer"):
        region = widget.region
        if not (widget.display and has_frame(widget) and region.area and screen.region.contains_region(region)):
            continue
        if screen.get_widget_at(region.x, region.y)[0] is not widget:
            continue
        seen += 1
        for y in range(region.y, region.bottom):
            assert cell(strips[y], region.x) in sides, (now.app.size, y)
            assert cell(strips[y], region.right - 1) in sides, (now.app.size, y)
    return seen


def check_widths(now: Stage) -> None:
    """Every row is as wide as the terminal."""
    width, height = now.app.size
    strips = drawn(now)
    assert [strip.cell_length for strip in strips] == [width] * height
    for strip in strips:
        assert sum(cell_len(segment.text) for segment in strip) == width


@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_fits_every_size_and_ascii_is_all_it_needs(name: str) -> None:
    async with playing(replace(SCENES[name], ascii_only=True)) as now:
        if SCENES[name].running:
            await widen(now)
        frames = 0
        for size in SIZES:
            await now.pilot.resize_terminal(*size)
            await now.settle()
            check_widths(now)
            frames += check_frames(now, set("+|-"))
            assert not _OURS & set(now.text()), size
        assert frames or name in PAGES


@pytest.mark.parametrize("name", ["chat", "requests", "jump", "feed"])
async def test_wide_and_joined_characters_break_no_border(name: str) -> None:
    async with playing(SCENES[name]) as now:
        await widen(now)
        for size in SIZES:
            await now.pilot.resize_terminal(*size)
            await now.settle()
            check_widths(now)
            assert check_frames(now, set("╭╮╰╯│─")) or size[1] < 16


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_toasts_stand_above_what_is_read_and_not_upon_what_is_written(size: tuple[int, int]) -> None:
    scene = replace(SCENES["chat"], size=size)
    app, gateway = stage(scene)
    async with app.run_test(size=size, notifications=True) as pilot:
        await perform(scene, pilot, gateway)
        now = Stage(app=app, pilot=pilot, gateway=gateway)
        app.notify("Ada is a friend.")
        app.notify("Theo asks to be one.")
        await now.type("what I write meanwhile")
        for words in ("what I write meanwhile", "Ada is a friend.", "Theo asks", " ada · "):
            assert words in now.text(), words


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_what_an_empty_place_says_can_be_read_to_its_end(size: tuple[int, int]) -> None:
    async with playing(Scene(size=size, empty=True)) as now:
        for key, words in (("alt+r", "or add theirs."), ("alt+o", "been delivered."), ("f3", "after:2026-01-01")):
            await now.press(key)
            assert words in " ".join(now.text().split())
            await now.press("escape")
        await now.press("alt+c", "enter")
        assert "this channel." in now.text()
