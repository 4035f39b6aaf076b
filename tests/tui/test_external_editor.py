"""The user's own editor: what it gets, what comes back, and that nothing is left of it."""

import asyncio
import os
import stat
import sys
from pathlib import Path

import pytest

from chattor.errors import EditorFailed
from chattor.tui import external_editor
from chattor.tui.input_history import KEPT, InputHistory
from chattor.tui.widgets.composer import Composer
from tests.support.scenes import SCENES, playing
from tests.support.terminal import Terminal
from tests.tui.test_terminal import last_words, open_chat


def script(directory: Path, body: str) -> Path:
    """An editor: Python that finds its file in `path`."""
    file = directory / "an editor.py"
    file.write_text(f"import os, pathlib, signal, sys, time\npath = pathlib.Path(sys.argv[-1])\n{body}\n")
    return file


def command(file: Path) -> str:
    return f"{sys.executable} '{file}' --flag"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"EDITOR": "nano"}, ["nano"]),
        ({"EDITOR": "nano", "VISUAL": "code --wait"}, ["code", "--wait"]),
        ({"VISUAL": "", "EDITOR": "'/my editor/ed' -x"}, ["/my editor/ed", "-x"]),
        ({"EDITOR": "vi; rm -rf /"}, ["vi;", "rm", "-rf", "/"]),
    ],
)
def test_the_editor_is_named_by_the_environment_and_no_shell_reads_it(
    environment: dict[str, str], words: list[str]
) -> None:
    assert external_editor.editor(environment) == words


@pytest.mark.parametrize("environment", [{}, {"EDITOR": "  "}, {"EDITOR": "vi 'x"}])
def test_without_an_editor_that_is_said(environment: dict[str, str]) -> None:
    with pytest.raises(EditorFailed, match="editor"):
        external_editor.editor(environment)


async def test_only_we_can_read_the_file_and_nothing_is_left(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    body = f"""
modes = [oct(one.stat().st_mode & 0o777) for one in (path, path.parent)]
pathlib.Path({str(notes)!r}).write_text(" ".join([*modes, path.read_text()]))
(path.parent / ".message.txt.swp").write_text("left by a bad editor")
path.write_text("changed\\n")
"""
    place = tmp_path / "run"
    words = external_editor.editor({"EDITOR": command(script(tmp_path, body))})
    assert await external_editor.write("secret", words, place) == "changed"
    assert notes.read_text() == "0o600 0o700 secret"
    assert list(place.iterdir()) == []
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("sys.exit(3)", "code 3"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "signal 9"),
        ("path.unlink()", "nothing came back"),
        ("path.unlink(); os.mkfifo(path)", "nothing came back"),
    ],
)
async def test_an_editor_that_fails_changes_nothing_and_leaves_nothing(tmp_path: Path, body: str, why: str) -> None:
    words = external_editor.editor({"EDITOR": command(script(tmp_path, body))})
    with pytest.raises(EditorFailed, match=why):
        await external_editor.write("secret", words, tmp_path / "run")
    assert list((tmp_path / "run").iterdir()) == []


async def test_an_editor_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EditorFailed, match="nonesuch cannot be started"):
        await external_editor.write("secret", ["nonesuch"], tmp_path / "run")
    assert list((tmp_path / "run").iterdir()) == []


async def test_whoever_is_cancelled_takes_the_editor_along(tmp_path: Path) -> None:
    started = tmp_path / "started"
    body = f"pathlib.Path({str(started)!r}).write_text(str(os.getpid()))\nsignal.pause()"
    words = external_editor.editor({"EDITOR": command(script(tmp_path, body))})
    work = asyncio.create_task(external_editor.write("secret", words, tmp_path / "run"))
    while not (started.exists() and started.read_text()):  # noqa: ASYNC110  another process
        await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert list((tmp_path / "run").iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_is_not(tmp_path: Path) -> None:
    dead, alive = tmp_path / f"edit-{2**22 + 1}-x", tmp_path / f"edit-{os.getpid()}-x"
    other = tmp_path / "edit-me"
    for directory in (dead, alive, other):
        directory.mkdir()
        (directory / external_editor.FILE).write_text("secret")
    external_editor.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([alive.name, other.name])


def test_in_a_real_terminal_the_text_goes_out_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        'print("THE EDITOR HAS", path.read_text(), flush=True)\nsys.stdin.readline()\npath.write_text("two\\nlines\\n")'
    )
    monkeypatch.setenv("EDITOR", command(script(tmp_path, body)))
    monkeypatch.delenv("VISUAL", raising=False)
    with Terminal(["-m", "tests.support.window", "harmless", str(tmp_path / "run")]) as terminal:
        open_chat(terminal)
        terminal.rest(quiet=1.0)
        terminal.send(b"\x15begun")
        terminal.rest()
        terminal.send(b"\x1bOS")  # F4
        assert b"\x1b[?1049l" in terminal.read(b"THE EDITOR HAS begun")
        assert terminal.rest(quiet=1.0).count(b"\x1b") == 0, "nothing is drawn over an editor"
        terminal.send(b"\r")
        terminal.read(b"lines")
        terminal.rest()
        terminal.send(b"\r")
        terminal.rest()
        assert last_words(terminal)["sent"] == ["two\nlines"]
    assert list((tmp_path / "run").iterdir()) == []


async def test_a_terminal_that_cannot_be_given_away_is_told(tmp_path: Path) -> None:
    async with playing(SCENES["chat"]) as now:
        await now.type("begun")
        await now.press("f4")
        assert now.app.screen.query_one("#composer", Composer).text == "begun"
        assert any("editor" in toast.message for toast in now.app._notifications)


# What was sent


def test_one_walks_through_what_was_sent_and_back_to_what_was_begun() -> None:
    sent = InputHistory()
    for text in ("one", "two", "two"):
        sent.add("f1", text)
    assert sent.step("f1", -1, "begun") == "two"
    assert sent.step("f1", -1, "two") == "one"
    assert sent.step("f1", -1, "one") is None
    assert sent.step("f1", 1, "one") == "two"
    assert sent.step("f1", 1, "two") == "begun"
    assert sent.step("f1", 1, "begun") is None


def test_a_changed_text_begins_another_walk_and_conversations_are_apart() -> None:
    sent = InputHistory()
    for number in range(2 * KEPT):
        sent.add("f1", str(number))
    sent.add("f2", "for another")
    assert sent.step("f1", -1, "") == str(2 * KEPT - 1)
    assert sent.step("f1", -1, "changed") == str(2 * KEPT - 1)
    assert sent.step("f1", 1, str(2 * KEPT - 1)) == "changed"
    assert sent.step("f2", -1, "") == "for another"
    sent.forget()
    assert sent.step("f2", -1, "for another") is None


async def test_what_was_sent_comes_back_by_key_and_is_gone_with_a_lock() -> None:
    async with playing(SCENES["chat"]) as now:
        composer = now.app.screen.query_one("#composer", Composer)
        for text in ("first", "second"):
            await now.type(text)
            await now.press("enter")
        await now.type("begun")
        await now.press("ctrl+up", "ctrl+up")
        assert composer.text == "first"
        await now.press("ctrl+down", "ctrl+down")
        assert composer.text == "begun"
        composer.forget()
        await now.press("ctrl+up")
        assert composer.text == "begun"
