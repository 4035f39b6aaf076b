"""What the composer offers while one writes, and what the keys do then."""

import pytest

from chattor.tui import emoji
from chattor.tui.commands import BY_NAME, COMMANDS
from chattor.tui.suggesting import Suggesting, suggest
from chattor.tui.widgets.composer import Composer
from chattor.tui.widgets.offered import Offered
from tests.support.scenes import SCENES, Stage, playing

NAMES = ("ada", "boris", "千代", "Ada Lovelace")


def offered(line: str, row: int = 0) -> list[str]:
    found = suggest(line, row, COMMANDS, NAMES)
    return [offer.text for offer in found.offers] if found else []


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("/ou", "/outbox"),
        ("/re", "/requests"),
        ("/me", "/me"),
        ("/rename", "/rename "),
        ("@bo", "@boris "),
        ("ask @lovel", "@Ada Lovelace "),
        ("ask @", "@ada "),
        ("so :tad", "🎉 "),
        (":tada:", "🎉 "),
        (":+1", "👍 "),
        (":thumbs_u", "👍 "),
    ],
)
def test_what_fits_comes_first(line: str, first: str) -> None:
    assert offered(line)[0] == first


@pytest.mark.parametrize(
    "line",
    ["", "hello", "//etc", "/nothing", "either /or", "a@b.org", "10:30", "at :00", ":-)", ":-p", ":p", "x :zzzq"],
)
def test_what_is_only_text_offers_nothing(line: str) -> None:
    assert offered(line) == []


def test_a_slash_is_a_command_on_the_first_line_only() -> None:
    assert offered("/ou", row=1) == []


def test_an_argument_is_hinted_at() -> None:
    found = suggest("/rename ", 0, COMMANDS, NAMES)
    assert found is not None
    assert not found.offers
    assert "".join(text for text, _ in found.hint) == "/rename [NAME]  The name is only yours"
    assert suggest("/outbox ", 0, COMMANDS, NAMES) is None


def test_the_table_of_emoji_is_where_it_was_and_holds_what_people_use() -> None:
    assert emoji.find("joy")[0] == ("joy", "😂")
    assert len(emoji._known()) > 1500
    assert not any("🏽" in one for _, one in emoji.find("wave"))
    for name in ("heart", "fire", "thumbsup", "party_popper", "eyes", "white_check_mark"):
        assert emoji.find(name)[0][0] == name


def test_enter_takes_only_what_is_not_written_yet() -> None:
    now = Suggesting(lambda line, row: suggest(line, row, COMMANDS, NAMES))
    for line, takes in (
        ("/", False),
        ("/out", True),
        ("/outbox", False),
        ("@", False),
        ("@bo", True),
        ("@boris", False),
    ):
        now.look(line, 0)
        assert now.enter_takes is takes, line
    now.look("@", 0)
    now.move(1)
    assert now.enter_takes


def test_waved_away_is_the_word_not_the_next_one() -> None:
    now = Suggesting(lambda line, row: suggest(line, row, COMMANDS, NAMES))
    now.look("hi @a", 0)
    now.wave_away()
    now.look("hi @ad", 0)
    assert now.now is None
    now.look("hi @ad ", 0)
    now.look("hi @ad @b", 0)
    assert now.chosen is not None


def composer(now: Stage) -> Composer:
    return now.app.screen.query_one("#composer", Composer)


async def test_tab_takes_and_enter_runs_in_one_burst_over_a_slow_line() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.burst(*"/outb", "tab", "enter")
        assert now.screen == "Outbox"


async def test_enter_takes_what_was_chosen_and_sends_nothing() -> None:
    async with playing(SCENES["chat"]) as now:
        before = len(await now.node.history("ada"))
        await now.type("so :hea")
        assert ":heart:" in now.text()
        await now.press("down", "enter")
        assert composer(now).text == "so ♥ "
        assert ":heart:" not in now.text()
        assert len(await now.node.history("ada")) == before
        await now.press("enter")
        assert (await now.node.history("ada"))[-1].text == "so ♥ "


async def test_escape_waves_the_offers_away_and_then_enter_sends() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.type("literally :tada")
        await now.press("escape")
        assert now.app.screen.focused is composer(now)
        assert "🎉" not in now.text()
        await now.press("enter")
        assert (await now.node.history("ada"))[-1].text == "literally :tada"


async def test_the_list_goes_with_the_focus_and_a_click_takes() -> None:
    async with playing(SCENES["chat"]) as now:
        await now.type("/re")
        offered = now.app.screen.query_one("#desk").query_one(Offered)
        assert "/remove" in now.text()
        await now.press("shift+tab")
        assert "/remove" not in now.text()
        await now.press("tab")
        await now.pilot.click(offered, offset=(5, 1))
        await now.settle()
        assert composer(now).text == "/rename "
        assert BY_NAME["rename"].help in now.text()


async def test_a_post_can_be_written_with_it_too() -> None:
    async with playing(SCENES["feed"]) as now:
        await now.type("hurray :tad")
        await now.press("tab")
        assert now.app.screen.query_one("#post-composer", Composer).text == "hurray 🎉 "
