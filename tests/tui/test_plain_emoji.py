"""Emoji of several parts where the terminal counts their cells otherwise than we do."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from chattor.tui.app import ChattorApp
from chattor.tui.plain_emoji import counts_otherwise, plain
from tests.support.gateway import PlayedGateway
from tests.support.played import inhabited
from tests.support.scenes import Stage, options, until

COUNTED_OTHERWISE = {"❤️": "❤ ", "⚠️": "⚠ ", "1️⃣": "1 ", "👍🏽": "👍", "🏳️‍🌈": "🏳 ", "🧑🏽‍🚀": "🧑", "™️": "™ "}
"""As tmux 3.3a does; and what is drawn instead."""
COUNTED_ALIKE = ("👍", "🇩🇪", "日本", "e\u0301", "क्\u200dष", "فارسی\u200cها", "☺", "a1#")


@pytest.mark.parametrize(("emoji", "drawn"), COUNTED_OTHERWISE.items())
def test_the_first_part_is_as_wide_as_the_whole(emoji: str, drawn: str) -> None:
    assert plain(f"a {emoji} b") == f"a {drawn} b"
    assert cell_len(drawn) == cell_len(emoji)


def test_a_row_of_them_is_a_row() -> None:
    assert plain("👩‍👩‍👧‍👦👩‍👩‍👧‍👦❤️❤️") == "👩👩❤ ❤ "


@pytest.mark.parametrize("text", COUNTED_ALIKE)
def test_what_is_counted_alike_stays(text: str) -> None:
    assert plain(text) == text


def test_a_terminal_in_a_terminal_is_known_by_its_name() -> None:
    assert counts_otherwise({"TERM": "tmux-256color"})
    assert counts_otherwise({"TERM": "screen"})
    assert not counts_otherwise({"TERM": "xterm-256color"})
    assert not counts_otherwise({})


@pytest.mark.parametrize("simple", [False, True])
async def test_what_is_drawn_is_plain_if_that_is_asked_for_and_what_is_copied_is_whole(simple: bool) -> None:
    gateway = PlayedGateway(inhabited(), running=True)
    gateway.node.peer_says("bob", "with ❤️ from 👩‍👩‍👧‍👦 home")
    app = ChattorApp(gateway, replace(options(), plain_emoji=simple))
    async with app.run_test(size=(80, 24)) as pilot:
        now = Stage(app=app, pilot=pilot, gateway=gateway)
        await until(pilot, lambda: len(app.screen_stack) > 1)
        await now.press("ctrl+k")
        await now.type("bob")
        await now.press("enter")
        drawn = "with ❤  from 👩 home" if simple else "with ❤️ from 👩‍👩‍👧‍👦 home"
        await until(pilot, lambda: drawn in now.text())
        await now.press("up", "y")
        assert app.clipboard == "with ❤️ from 👩‍👩‍👧‍👦 home"
