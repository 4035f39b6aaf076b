"""Theme files: what ships is readable, what is broken changes nothing and says so in one line."""

import os
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from chattor.config.toml_file import FILE_MAX, LINE_MAX
from chattor.errors import BadTheme
from chattor.tui.palette import CONTRAST_MIN, Palette, contrast, read_palette, unreadable, weakest, with_alarms
from chattor.tui.theme import to_textual
from chattor.tui.theme_shelf import ThemeShelf
from tests.support.scenes import SCENES, playing

SHIPPED = ThemeShelf().names()
UNCOLOURED = (
    "welcome", "unlock", "connecting", "chat", "chosen", "feed", "help", "settings", "search", "outbox", "verify",
)  # fmt: skip
ROOT = Path(__file__).parents[2]


def dark() -> Palette:
    return ThemeShelf().load("dark")


def test_the_promised_themes_ship() -> None:
    assert SHIPPED == [
        "ansi-dark", "ansi-light", "colour-blind", "cyberpunk", "dark", "high-contrast", "light", "minimal",
        "rose-pine", "rose-pine-dawn", "rose-pine-moon",
    ]  # fmt: skip


def test_the_data_package_is_the_top_level_folder() -> None:
    here = {path.name for path in (ROOT / "themes").glob("*.toml")}
    assert {entry.name for entry in files("chattor.themes").iterdir() if entry.name.endswith(".toml")} == here


@pytest.mark.parametrize("name", SHIPPED)
def test_every_ink_can_be_read_on_every_ground(name: str) -> None:
    palette = ThemeShelf().load(name)
    found = weakest(palette)
    assert palette.ansi if found is None else found.ratio >= CONTRAST_MIN, found


def test_contrast_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("name", SHIPPED)
def test_textual_gets_every_ink(name: str) -> None:
    theme = to_textual(ThemeShelf().load(name))
    assert theme.variables["ink-bad"] == theme.error
    assert theme.dark is (name not in {"light", "rose-pine-dawn", "ansi-light"})


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        pytest.param(b"dark = true\n#" + b"x" * LINE_MAX, f"longer than {LINE_MAX} bytes", id="input_91_long_line"),
        pytest.param(b"# x\n" * FILE_MAX, "larger than 32,768 bytes", id="input_91_large_file"),
        pytest.param(b"\xff\xfe", "not UTF-8", id="input_92_not_utf8"),
        pytest.param(b"[" * 10_000, f"longer than {LINE_MAX} bytes", id="input_92_brackets"),
        pytest.param(b"dark = [\n" + b"[\n" * 10_000, "nested too deep|theme mine", id="input_92_nested"),
        pytest.param(b"dark = [[[[", "theme mine", id="not_toml"),
        (b"dark = 1", "dark must be"),
        pytest.param(b"dark = true\nrun = 'x'", "no option run", id="input_93_unknown_option"),
        (b"dark = true\ncolors = 3", "must be a table"),
        pytest.param(b"dark = true\n[colors]\nblink = '#ffffff'", "no colour blink", id="input_93_unknown_colour"),
        pytest.param(b"dark = true\n[colors]\ntext = '#ggg'", "text must look like", id="input_93_no_colour"),
        (b"dark = true\n[colors]\ntext = 'red'", "text must look like"),
        (b"dark = true\n[colors]\ntext = '#fffffff'", "text must look like"),
        (b"dark = true", "background is missing"),
    ],
)
def test_a_bad_file_is_one_line_of_complaint(raw: bytes, complaint: str) -> None:
    with pytest.raises(BadTheme, match=complaint) as caught:
        read_palette("mine", raw)
    assert "\n" not in str(caught.value)


def test_what_a_user_theme_leaves_out_comes_from_dark(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "mine.toml").write_text("dark = true\n[colors]\naccent = '#00ff00'\n")
    shelf = ThemeShelf(config=tmp_path)
    assert "mine" in shelf.names()
    assert shelf.load("mine").colors == {**dark().colors, "accent": "#00ff00"}


def test_a_user_theme_may_stand_in_for_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "light.toml").write_text("dark = false\n[colors]\ntext = '#111111'\n")
    assert ThemeShelf(config=tmp_path).load("light").colors["text"] == "#111111"
    assert ThemeShelf(config=tmp_path).names() == SHIPPED


def test_theme_toml_overrides_single_colours_of_any_theme(tmp_path: Path) -> None:
    (tmp_path / "theme.toml").write_text("[colors]\ntext = '#010203'\n")
    merged = ThemeShelf(config=tmp_path).load("light")
    assert (merged.name, merged.colors["text"]) == ("light", "#010203")
    assert merged.colors["accent"] == ThemeShelf().load("light").colors["accent"]


@pytest.mark.parametrize("name", ["nothing", "../dark", "a/b"])
def test_an_unknown_theme_is_refused(name: str) -> None:
    with pytest.raises(BadTheme, match="there is no theme"):
        ThemeShelf().load(name)


def make_directory(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [make_directory, make_pipe, make_device, make_loop])
def test_input_92_what_is_no_file_is_refused_at_once(make: Callable[[Path], None], tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    make(tmp_path / "themes" / "mine.toml")
    with pytest.raises(BadTheme, match=r"mine\.toml (cannot be read|is ignored)"):
        ThemeShelf(config=tmp_path).load("mine")


def test_input_95_a_file_others_can_write_is_ignored(tmp_path: Path) -> None:
    override = tmp_path / "theme.toml"
    override.write_text("[colors]\ntext = '#010203'\n")
    override.chmod(0o666)
    with pytest.raises(BadTheme, match=r"theme\.toml is ignored"):
        ThemeShelf(config=tmp_path).load("dark")


def test_input_94_text_of_the_colour_of_its_ground_is_warned_of_and_alarms_stay_readable(tmp_path: Path) -> None:
    lines = [f"{ink} = '#14151b'" for ink in ("text", "muted", "bad")]
    (tmp_path / "theme.toml").write_text("\n".join(["[colors]", *lines]))
    palette = ThemeShelf(config=tmp_path).load("dark")
    assert "can be read" in unreadable(palette)
    assert palette.colors["bad"] == "#ffffff"
    assert unreadable(dark()) == ""


def test_every_package_is_listed_for_the_wheel() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    packages = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "chattor").rglob("__init__.py")}
    assert [name for name in sorted(packages) if f'"{name}",' not in text] == []


def test_the_terminal_s_own_colours_are_taken_and_their_contrast_is_its_business() -> None:
    lines = "\n".join(f"{name} = 'ansi_default'" for name in dark().colors if name != "bad")
    palette = read_palette("mine", f"dark = true\n[colors]\n{lines}\nbad = 'ansi_bright_red'".encode())
    assert (palette.ansi, weakest(palette), unreadable(palette)) == (True, None, "")
    assert with_alarms(palette) == palette
    assert to_textual(palette).ansi
    with pytest.raises(BadTheme, match="text must look like"):
        read_palette("mine", b"dark = true\n[colors]\ntext = 'ansi_pink'", base=dark())


def test_the_same_colour_of_the_terminal_twice_cannot_be_read() -> None:
    palette = read_palette("mine", b"dark = true\n[colors]\nbad = 'ansi_red'\npanel = 'ansi_red'", base=dark())
    assert "bad on panel has a contrast of 1.0" in unreadable(palette)
    assert with_alarms(palette).colors["bad"] == "#ffffff"


async def test_a_theme_is_shown_while_the_list_is_walked_and_esc_goes_back() -> None:
    async with playing(SCENES["themes"]) as now:
        await now.press("down")
        assert now.app.theme == "high-contrast"
        await now.press("escape")
        assert now.app.theme == "dark"
        await now.press("f9")
        await now.type("rose dawn")
        assert now.app.theme == "rose-pine-dawn"
        await now.press("enter")
        assert now.app.theme == "rose-pine-dawn"
        assert (await now.node.settings_get("terminal.theme")).value == "rose-pine-dawn"


@pytest.mark.parametrize(("name", "theme"), [*((name, "dark") for name in UNCOLOURED), ("chat", "ansi-light")])
async def test_without_colours_every_screen_is_drawn(name: str, theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with playing(replace(SCENES[name], theme=theme)) as now:
        strips = now.app.screen._compositor.render_strips(now.app.size)
    for segment in (segment for strip in strips for segment in strip):
        assert segment.style is not None
        assert segment.control is None
        color = segment.style.color
        assert color is None or color.is_default or len(set(color.get_truecolor())) == 1, segment
