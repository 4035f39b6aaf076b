"""The line mode in a real terminal and on a pipe: whole lines, each once, nothing a terminal would obey."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chattor.plain.commands import BY_NAME
from tests.support.terminal import Terminal

END = b"\x04"
COMMANDS = (
    b"/help\r/who\r/open f1\r/history\r/unread\r/reply so\r/requests\r/reject\r/accept\r/add ct1\r"
    b"/search before\r/outbox\r/where\r/me\r"
)
LEFT_OUT = {"close", "quit"}  # the one says nothing, the other ends it
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
EDITING = re.compile(rb"\x1b\[\?2004[hl]|\x1b\[[0-9]*[CDKPG@]|\x1b\[[01]?m")
"""What readline itself writes while a line is typed: paste brackets, moves within that line."""


@contextmanager
def plain(mood: str, friend: str = "", term: str = "xterm-256color") -> Iterator[Terminal]:
    with Terminal(["-m", "tests.support.plain", mood, *([friend] if friend else [])], term=term) as terminal:
        yield terminal


def piped(mood: str, typed: str, friend: str = "") -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "tests.support.plain", mood, *([friend] if friend else [])]
    return subprocess.run(argv, input=typed, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_a_talk_from_the_greeting_to_the_end(term: str) -> None:
    with plain("attached", "bob", term) as terminal:
        terminal.meet(b"m2 09:00 bob: are you there?")
        terminal.meet(b"to bob> ")
        terminal.send(b"hello bob\r")
        terminal.meet(b"Delivered to bob: hello bob")
        terminal.send(b"/open carol\r")
        terminal.meet(b"to carol> ")
        terminal.send(b"/frobnicate\r")
        terminal.meet(b"nothing was sent")
        terminal.rest()
        terminal.send(END)
        assert terminal.ended() == 0
        assert terminal.output.count(b"are you there?") == 1
        if term == "dumb":
            assert b"\x1b" not in terminal.output


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_what_comes_is_below_what_is_typed_and_the_prompt_is_said_again(term: str) -> None:
    with plain("attached", "carol", term) as terminal:
        terminal.meet(b"to carol> ")
        terminal.signal(signal.SIGUSR1)
        said = terminal.meet(b"and a second line\r\nto carol> ")
        assert re.search(rb"\r\n[0-9:]+ bob: something new\r\n  \| 10:00 bob: and a second line\r\n", said)


def test_what_was_typed_is_kept_and_sent_whole() -> None:
    """News waits for a pause, and what was typed stands below it again."""
    with plain("attached", "carol") as terminal:
        terminal.meet(b"to carol> ")
        terminal.rest()
        terminal.send(b"half a sen")
        terminal.meet(b"half a sen")
        terminal.signal(signal.SIGUSR1)
        terminal.meet(b"second line\r\nto carol> half a sen")
        terminal.send(b"tence\r/history\r")
        terminal.meet(b"you: half a sentence (queued)")


def test_a_pasted_text_of_several_lines_is_one_message() -> None:
    with plain("attached", "carol") as terminal:
        terminal.meet(b"to carol> ")
        terminal.rest()
        terminal.send(b"\x1b[200~one\n/quit\nthree\x1b[201~")
        terminal.rest()
        terminal.send(b"\r/history\r")
        terminal.meet(b"you: one\r\n  | /quit\r\n  | three (queued)")


def test_leaving_asks_where_the_node_ends_too() -> None:
    with plain("hosting") as terminal:
        terminal.meet(b"passphrase: ")
        terminal.send(b"correct horse\r")
        terminal.meet(b"to nobody> ")
        assert b"correct horse" not in terminal.output
        terminal.send(END)
        terminal.meet(b"One message waits; it stays on disk and goes out next time.")
        terminal.meet(b"Type y to quit: ")
        terminal.send(b"n\r")
        terminal.meet(b"to nobody> ")
        terminal.send(b"/quit\r")
        terminal.meet(b"Type y to quit: ")
        terminal.send(b"y\r")
        assert terminal.ended() == 0


def test_the_passphrase_is_asked_for_without_echo_also_of_a_locked_node_and_a_new_user() -> None:
    with plain("locked") as terminal:
        terminal.meet(b"passphrase: ")
        terminal.send(b"correct horse\r")
        terminal.meet(b"to nobody> ")
        assert b"horse" not in terminal.output
    with plain("new") as terminal:
        terminal.meet(b"name: ")
        terminal.send(b"nora\r")
        terminal.meet(b"new passphrase: ")
        terminal.send(b"correct horse\r")
        terminal.meet(b"to nobody> ")
        terminal.send(b"/me\r")
        terminal.meet(b"You are nora.")
        assert b"horse" not in terminal.output


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_signal_leaves_and_gives_the_terminal_back(number: signal.Signals, code: int) -> None:
    with plain("attached") as terminal:
        terminal.meet(b"to nobody> ")
        before = terminal.echoes()
        terminal.signal(number)
        assert terminal.ended() == code
        assert before is False or terminal.echoes()


def test_a_pipe_is_answered_line_by_line_without_prompts() -> None:
    said = piped("attached", "hello\n/nonsense\n//slash\n/history 2\n", "bob")
    lines = said.stdout.splitlines()
    assert lines[0] == "You write to bob: online, not verified, 2 unread."
    assert lines[-2:] == ["m4 09:00 you: hello (delivered)", "m5 09:00 you: /slash (delivered)"]
    assert "> " not in said.stdout
    assert "\x1b" not in said.stdout
    assert (said.returncode, said.stderr) == (2, "")


@pytest.mark.parametrize(
    ("typed", "friend", "code"),
    [
        ("", "", 0),
        ("/who", "", 0),
        ("hello", "", 1),
        ("", "nobody", 6),
        ("/open x\n/who\n", "", 6),
        ("x" * 70_000, "bob", 1),
    ],
)
def test_exit_codes_are_those_of_the_command_line(typed: str, friend: str, code: int) -> None:
    assert piped("attached", typed, friend).returncode == code


@pytest.mark.parametrize(
    "payload", ["input_106", "input_107", "input_108", "input_109", "input_110", "everything", "fuzzed"]
)
def test_nothing_a_terminal_obeys_is_said(payload: str) -> None:
    with plain(payload) as terminal:
        terminal.meet(b"> ")
        terminal.send(COMMANDS)
        terminal.meet(b"ct1")
        terminal.rest()
        terminal.signal(signal.SIGUSR1)
        terminal.meet(b"Alarm")
        terminal.rest()
        said = EDITING.sub(b"", terminal.output).decode()
        assert not set(
            re.findall("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", said)
        ) - set("\r\n\b")


def test_no_command_is_forgotten() -> None:
    assert {name.decode() for name in re.findall(rb"/(\w+)", COMMANDS)} == set(BY_NAME) - LEFT_OUT


def test_no_name_completes_to_what_a_terminal_obeys() -> None:
    with plain("input_106") as terminal:
        terminal.meet(b"> ")
        terminal.rest()
        terminal.send(b"/open \t\t")
        said = EDITING.sub(b"", terminal.rest())
        assert b"\x1b" not in said
        assert b"\x9d" not in said.decode().encode("latin-1", "ignore")


def test_no_color_unless_it_is_asked_for() -> None:
    assert os.environ.get("NO_COLOR") is None
    with plain("attached", "bob") as terminal:
        terminal.meet(b"to bob> ")
        assert not re.search(rb"\x1b\[[0-9;]*m", terminal.output)
