"""Text is text: nowhere in the interface can what somebody wrote become markup, a link, an action or a picture."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import chattor.tui
from chattor.tui.app import ChattorApp

SOURCES = sorted(Path(chattor.tui.__file__).parent.rglob("*.py"))
# Widgets of Textual that read markup, unless told not to; only widgets/plain.py may name them.
READ_MARKUP = {
    "Static",
    "Label",
    "OptionList",
    "Markdown",
    "Log",
    "RichLog",
    "Button",
    "Input",
    "Collapsible",
    "Tooltip",
}
# Names that turn text into markup, links, pictures or a browser.
FORBIDDEN = {
    "from_markup", "from_text", "console_markup", "open_url", "webbrowser", "save_screenshot", "export_screenshot",
    "deliver_screenshot", "CommandPalette", "border_title", "border_subtitle", "tooltip", "link", "on_click_action",
}  # fmt: skip


def names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.alias):
            yield from node.name.split(".")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_source_turns_text_into_more_than_text(path: Path) -> None:
    tree = ast.parse(path.read_text())
    used = set(names(tree))
    assert not used & FORBIDDEN
    if path.name != "plain.py":
        assert not used & READ_MARKUP
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "markup":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert "@click" not in node.value


def test_there_is_no_palette_that_offers_a_screenshot() -> None:
    assert ChattorApp.ENABLE_COMMAND_PALETTE is False
