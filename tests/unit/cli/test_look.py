"""Keys and themes told without a window."""

import json
from pathlib import Path

import pytest

from tests.support.played import inhabited
from tests.support.shell import Shell, home, shell_with

UNREADABLE = "dark = true\n[colors]\nmuted = '#333333'\n"


def theme_file(home: Path, text: str) -> str:
    path = home / "mine.toml"
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


async def set_keys(shell: Shell, key: str, value: str) -> str:
    said = await shell.chattor("settings", "set", key, value)
    assert said.code == 0, said.err
    return said.err


async def test_keys_are_listed_as_they_are_set_and_a_clash_names_both() -> None:
    with home() as shell:
        said = await set_keys(shell, "keymap.add", "ctrl+f")
        assert "“Add a friend” (add) and “Search in this conversation” (find)" in said
        listed = {row["id"]: row for row in json.loads((await shell.chattor("keys", "--json")).out)}
        assert (listed["add"]["keys"], listed["find"]["keys"]) == (["ctrl+f"], [])
        assert listed["message-reply"]["place"] == "messages"
        table = (await shell.chattor("keys")).out
        assert "Everywhere in the main window" in table
        assert "Ctrl+F" in table
        assert await set_keys(shell, "keymap.add", "") == ""


@pytest.mark.parametrize(
    ("key", "value", "why"), [("keymap.ad", "f2", "did you mean add"), ("keymap.add", "ctrl+i", "Tab")]
)
async def test_what_is_no_key_is_not_written(key: str, value: str, why: str) -> None:
    async with shell_with(inhabited()) as shell:
        said = await shell.chattor("settings", "set", key, value)
        assert (said.code, said.out) == (1, "")
        assert why in said.err
        assert not shell.paths.settings.exists() or "keymap" not in shell.paths.settings.read_text()


async def test_listening_needs_a_terminal() -> None:
    async with shell_with(inhabited()) as shell:
        said = await shell.chattor("keys", "--listen")
        assert (said.code, said.out) == (2, "")
        assert "needs a terminal" in said.err


async def test_a_theme_that_is_not_there_is_code_6_and_where_themes_are_listed() -> None:
    with home() as shell:
        said = await shell.chattor("theme", "show", "nowhere")
        assert (said.code, said.out) == (6, "")
        assert said.err == "chattor: there is no theme 'nowhere'. `chattor theme list` shows the themes.\n"


async def test_a_theme_that_cannot_be_read_is_code_1() -> None:
    async with shell_with(inhabited()) as shell:
        said = await shell.chattor("theme", "check", "--json", theme_file(shell.home, UNREADABLE))
        worst = json.loads(said.out)["pairs"][0]
        assert (said.code, worst["ink"], worst["readable"]) == (1, "muted", False)
        said = await shell.chattor("theme", "check", theme_file(shell.home, "dark = true\n"))
        assert (said.code, said.out.splitlines()[-1]) == (0, "mine: everything can be read")
        said = await shell.chattor("theme", "check", theme_file(shell.home, "dark = 1"))
        assert (said.code, said.out) == (1, "")
        assert "dark must be true or false" in said.err


async def test_themes_are_listed_with_one_s_own_and_a_broken_one_is_told() -> None:
    async with shell_with(inhabited()) as shell:
        folder = shell.paths.config / "themes"
        folder.mkdir(parents=True)
        (folder / "mine.toml").write_text(UNREADABLE)
        (folder / "broken.toml").write_text("[")
        said = await shell.chattor("theme", "list", "--json")
        themes = {row["name"]: row for row in json.loads(said.out)}
        assert (themes["mine"]["own"], themes["mine"]["contrast"]) == (True, 1.0)
        assert themes["ansi-dark"]["contrast"] is None
        assert "broken" not in themes
        assert "theme broken" in said.err


async def test_a_theme_is_shown_as_the_file_one_of_one_s_own_begins_with() -> None:
    async with shell_with(inhabited()) as shell:
        shown = await shell.chattor("theme", "show", "rose-pine")
        assert shown.code == 0
        folder = shell.paths.config / "themes"
        folder.mkdir(parents=True)
        (folder / "mine.toml").write_text(shown.out)
        as_json = [
            json.loads((await shell.chattor("theme", "show", name, "--json")).out) for name in ("mine", "rose-pine")
        ]
        assert as_json[0] == as_json[1]
        in_use = json.loads((await shell.chattor("theme", "show", "--json")).out)
        assert in_use == json.loads((await shell.chattor("theme", "show", "dark", "--json")).out)
