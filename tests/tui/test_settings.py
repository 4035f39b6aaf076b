"""The list of settings: found by a word, changed at once, put back by leaving the line empty."""

from chattor.tui.widgets.rows import RowList
from tests.support.scenes import SCENES, playing


async def test_a_setting_is_found_by_a_word_of_its_meaning_and_changed() -> None:
    async with playing(SCENES["settings"]) as now:
        await now.type("each other type")
        assert "privacy.typing" in now.text()
        assert "privacy.receipts" not in now.text()
        await now.press("enter", "down", "enter")
        assert (await now.node.settings_get("privacy.typing")).value == "off"
        assert "Default: on." in now.text()


async def test_every_meaning_can_be_read_to_its_end_at_any_width() -> None:
    async with playing(SCENES["settings"]) as now:
        rows = now.app.screen.query_one(RowList)
        for width in range(76, 81):
            await now.pilot.resize_terminal(width, 24)
            await now.settle()
            lines = [rows.render_line(y).text for y in range(rows.virtual_size.height)]
            assert len(lines) > 2 * len(await now.node.settings_list())
            assert not [line for line in lines if "…" in line], width


async def test_an_empty_line_puts_the_default_back_and_a_wrong_value_is_told_in_place() -> None:
    async with playing(SCENES["settings"]) as now:
        await now.type("retention")
        await now.press("enter", "ctrl+u")
        await now.type("soon")
        await now.press("enter")
        assert "must be never or a duration" in " ".join(now.text().split()).lower()
        await now.press("enter", "ctrl+u")
        await now.type("7d")
        await now.press("enter")
        assert (await now.node.settings_get("history.retention")).value == "7d"
        await now.press("enter", "ctrl+u")
        assert "Left empty: never." in now.text()
        await now.press("enter")
        assert (await now.node.settings_get("history.retention")).value == "never"


async def test_a_theme_is_chosen_from_those_there_are() -> None:
    async with playing(SCENES["settings"]) as now:
        await now.type("terminal.theme")
        await now.press("enter")
        assert "rose-pine-moon" in now.text()
        await now.type("nonsense")
        await now.press("enter", "escape")
        assert (await now.node.settings_get("terminal.theme")).value == "dark"
        await now.press("enter")
        await now.type("light")
        await now.press("enter")
        assert (await now.node.settings_get("terminal.theme")).value == "light"
        assert now.app.theme == "light"


async def test_a_key_is_found_by_what_it_does_and_holds_at_once() -> None:
    async with playing(SCENES["settings"]) as now:
        await now.type("keymap friends channels requests name")
        await now.press("enter", "ctrl+u")
        await now.type("alt+y")
        await now.press("enter", "escape", "ctrl+k")
        assert now.screen == "Main"
        await now.press("alt+y")
        assert "Go to…" in now.text()
        assert (await now.node.settings_get("keymap.jump")).value == "alt+y"
        await now.press("escape", "alt+s")
        await now.type("keymap.jump")
        await now.press("enter", "ctrl+u", "enter")
        assert "ctrl+k, alt+k" in now.text()
        assert (await now.node.settings_get("keymap.jump")).value == ""


async def test_a_key_that_is_none_is_told_and_changes_nothing() -> None:
    async with playing(SCENES["settings"]) as now:
        await now.type("keymap.jump")
        await now.press("enter", "ctrl+u")
        await now.type("ctrl+hyper")
        await now.press("enter")
        assert "there is no key 'hyper'" in now.text()
        assert (await now.node.settings_get("keymap.jump")).value == ""


async def test_what_fits_nothing_is_told_and_changes_nothing() -> None:
    async with playing(SCENES["settings"]) as now:
        await now.type("zebra")
        assert "Nothing fits." in now.text()
        await now.press("enter")
        assert now.screen == "SettingsList"


async def test_entries_of_a_list_are_added_one_by_one_and_taken_out_by_choosing_them() -> None:
    async with playing(SCENES["settings"]) as now:
        await now.type("bridges")
        for line in ("1.2.3.4:5", "5.6.7.8:9"):
            await now.press("enter", "enter")
            await now.type(line)
            await now.press("enter")
        assert (await now.node.settings_get("tor.bridges")).value == "1.2.3.4:5\n5.6.7.8:9"
        await now.press("enter", "down", "enter")
        assert (await now.node.settings_get("tor.bridges")).value == "5.6.7.8:9"
        assert now.screen == "SettingsList"


async def test_the_friend_code_says_when_it_is_of_no_use_to_anybody_new() -> None:
    async with playing(SCENES["settings"]) as now:
        await now.node.settings_set("tor.friends_only", "on")
        await now.press("escape", "alt+i")
        assert "Only friends reach you now" in " ".join(now.text().split())
