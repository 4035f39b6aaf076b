"""In a real terminal: what the tests of Textual cannot see."""

import json
import re
from collections import Counter

import pytest

from tests.support.terminal import Terminal
from tests.support.window import MARK

ESCAPE = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P_^X][^\x1b]*\x1b\\|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-Z\\^-~]"
)
DIALOGS = (b"\x1bv", b"\x1br", b"\x1bo", b"\x1bi", b"\x0b", b"\x10", b"\x1bOP")
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LEAVE = b"\x11"


def window(payload: str) -> Terminal:
    return Terminal(["-m", "tests.support.window", payload])


def drawn(payload: str) -> bytes:
    """All that reaches the terminal on a walk through sidebar, conversation and dialogs."""
    with window(payload) as terminal:
        terminal.read(b"Friends")
        terminal.rest()
        for keys in (b"\r", *(key for dialog in DIALOGS for key in (dialog, b"\x1b"))):
            terminal.send(keys)
            terminal.rest()
        terminal.send(LEAVE)
        terminal.read(MARK.encode())
        return terminal.output.partition(MARK.encode())[0]


def kinds(output: bytes) -> Counter[bytes]:
    """Escape sequences by what they do: their letters and, for those with text in them, the text too."""
    found: Counter[bytes] = Counter()
    for sequence in ESCAPE.findall(output):
        is_csi = sequence.startswith(b"\x1b[")
        found[(re.sub(rb"[0-9;:]+", b"#", sequence) if is_csi else sequence)] += 1
    return found


@pytest.fixture(scope="module")
def harmless() -> bytes:
    return drawn("harmless")


@pytest.mark.parametrize("number", ["input_106", "input_107", "everything"])
def test_a_terminal_gets_no_sequence_a_harmless_peer_would_not_cause(number: str, harmless: bytes) -> None:
    output = drawn(number)
    assert set(kinds(output)) <= set(kinds(harmless))
    text = ESCAPE.sub(b"", output).decode()
    benign = set(ESCAPE.sub(b"", harmless).decode())
    control = {
        char for char in text if char < " " or "\x7f" <= char <= "\x9f" or char in "\u2028\u2029\u202e\u2066\u061c"
    }
    assert control <= {char for char in benign if char < " "}


def last_words(terminal: Terminal) -> dict[str, list[str]]:
    terminal.send(LEAVE)
    terminal.read(MARK.encode())
    terminal.rest()
    words: dict[str, list[str]] = json.loads(terminal.output.partition(MARK.encode())[2])
    return words


def open_chat(terminal: Terminal) -> None:
    terminal.read(b"Friends")
    terminal.rest()
    terminal.send(b"\r")
    terminal.rest(quiet=1.0)  # the draft comes after the conversation; a busy machine takes its time
    terminal.send(b"\x15")
    terminal.rest()


@pytest.mark.parametrize(
    ("keys", "name"),
    [(b"\n", "ctrl+j"), (b"\x1b\r", "alt+enter"), (b"\x1b[13;2u", "shift+enter"), (b"\x1b[27;2;13~", "tmux")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_way_to_ask_for_a_new_line_gives_one_and_enter_sends(keys: bytes, name: str) -> None:
    with window("harmless") as terminal:
        open_chat(terminal)
        terminal.send(b"one" + keys + b"two\r")
        terminal.rest()
        assert last_words(terminal)["sent"] == ["one\ntwo"], name


def test_a_paste_never_sends_and_is_cleaned() -> None:
    with window("harmless") as terminal:
        open_chat(terminal)
        terminal.send(b"\x1b[200~rm -rf /\r\nsecond line\x1b]52;c;eA==\x07\r\x1b[201~")
        terminal.rest()
        said = last_words(terminal)
        assert said["sent"] == []
        assert said["drafts"][0].startswith("rm -rf /\nsecond line")
        assert "\x1b" not in said["drafts"][0]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"], ids=["cr", "lf", "crlf"])
def test_the_lines_of_a_paste_stay_lines_however_the_terminal_ends_them(end: str) -> None:
    with window("harmless") as terminal:
        open_chat(terminal)
        terminal.send(b"\x1b[200~" + end.join(("one", "two", "", "four")).encode() + b"\x1b[201~\r")
        terminal.rest()
        assert last_words(terminal)["sent"] == ["one\ntwo\n\nfour"]


def test_leaving_gives_the_terminal_back() -> None:
    with window("harmless") as terminal:
        terminal.read(b"Friends")
        assert b"\x1b[?1049h" in terminal.output
        last_words(terminal)
        assert terminal.output.rstrip().endswith(b"}")
        for mode in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?1000l"):
            assert mode in terminal.output


def test_an_idle_window_writes_nothing() -> None:
    with window("harmless") as terminal:
        open_chat(terminal)
        terminal.rest(quiet=1.0)
        assert terminal.rest(quiet=2.0) == b""
        last_words(terminal)
