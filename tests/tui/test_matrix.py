"""What stands in each cell and how it is drawn: states by sizes by looks.

Kept as text, so that a change can be read in a diff: the rows of the screen, and for each look the styles along every
row as runs of letters. One run of the application serves all sizes and themes; `--snapshot-update` accepts a change.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import pytest
from rich.segment import Segment
from rich.style import Style
from syrupy.assertion import SnapshotAssertion
from textual.geometry import Size
from textual.strip import Strip

from tests.support.scenes import Scene, Stage, playing

SIZES: Final = ((40, 12), (80, 24), (120, 40))
THEMES: Final = ("dark", "light", "high-contrast")
LONG: Final = ("Bartholomew of the Seven Kingdoms", "Wilhelmina Konstantinopolitanska")


async def _long_names(now: Stage) -> None:
    now.node.peer_says("ada", f"https://example.org/{'a-path-without-any-blank/' * 6}")
    for friend, name in zip(("boris", "ada"), LONG, strict=True):
        await now.node.friends_rename(friend, name[:32])
    now.node.peer_asks("Maximiliana Oberammergauerin", "a note that is long enough to be cut or wrapped " * 4)
    await _open(now, "wilhelmina")


async def _open(now: Stage, name: str) -> None:
    await now.settle()
    await now.press("ctrl+k")
    await now.type(name)
    await now.press("enter")


async def _emoji(now: Stage) -> None:
    now.node.peer_says("ada", "👍🏽 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪", "日本語と한국어 and עברית", "e\u0301\u0327 ok", "👨‍👩‍👧" * 30)
    message = (await now.node.history("ada"))[-1]
    await now.node.react(message.id, "🎉")
    await now.node.friends_rename("ada", "👩‍👩‍👧‍👦 家族")
    await _open(now, "家族")


async def _modal(now: Stage) -> None:
    await now.press("enter", "alt+r")


STATES: Final[dict[str, Scene]] = {
    "empty": Scene(empty=True),
    "unread": Scene(keys=("enter",)),
    "long-names": Scene(play=_long_names),
    "emoji": Scene(play=_emoji),
    "modal": Scene(play=_modal),
}


def strips(now: Stage) -> list[Strip]:
    return now.app.screen._compositor.render_strips(Size(*now.app.size))


def words(style: Style | None) -> str:
    """`#ffffff on #000000 bold`."""
    if style is None:
        return "none"
    inks = [color.name if color else "default" for color in (style.color, style.bgcolor)]
    marks = [mark for mark in ("bold", "reverse", "underline", "italic") if getattr(style, mark)]
    return " ".join([inks[0], "on", inks[1], *marks])


def painted(rows: Sequence[Strip]) -> str:
    """The styles of every row as runs, `a28 b52`, below what each letter means; equal rows in a row once."""
    names: dict[str, str] = {}

    def runs(row: Strip) -> str:
        cells = ((names.setdefault(words(one.style), _letter(len(names))), one.cell_length) for one in row)
        return " ".join(
            f"{letter}{sum(length for _, length in found)}" for letter, found in groupby(cells, lambda cell: cell[0])
        )

    lines = [f"{len(list(same))} x {line}" for line, same in groupby(map(runs, rows))]
    return "\n".join([*(f"{letter} = {meaning}" for meaning, letter in names.items()), *lines])


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else chr(ord("A") + number - 26)


async def _resize(now: Stage, size: tuple[int, int]) -> None:
    await now.pilot.resize_terminal(*size)
    await now.settle()


@pytest.mark.parametrize("name", STATES)
async def test_state(name: str, snapshot: SnapshotAssertion) -> None:
    async with playing(STATES[name]) as now:
        for size in SIZES:
            await _resize(now, size)
            where = f"{size[0]}x{size[1]}"
            assert now.text() == snapshot(name=where)
            for theme in THEMES:
                now.app.wear(theme)
                await now.settle()
                assert painted(strips(now)) == snapshot(name=f"{where} {theme}")


@pytest.mark.parametrize("name", STATES)
async def test_state_without_colour(name: str, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with playing(STATES[name]) as now:
        for size in SIZES:
            await _resize(now, size)
            assert painted(strips(now)) == snapshot(name=f"{size[0]}x{size[1]}")


def test_a_style_that_changes_is_told() -> None:
    plain, bold = Style(color="#ffffff", bgcolor="#000000"), Style(color="#ffffff", bgcolor="#000000", bold=True)
    row = Strip([Segment("ab", plain), Segment("c", plain), Segment("日", bold)])
    assert painted([row, row]) == "a = #ffffff on #000000\nb = #ffffff on #000000 bold\n2 x a3 b2"
