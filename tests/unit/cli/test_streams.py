"""stdin, stdout, signals and terminals: what surrounds a verb (security §4, inputs 76, 77, 78, 79, 82)."""

import json
import os
import re
import signal

import pytest

from chattor.model.events import MessageStateChanged
from tests.support.played import PlayedNode, inhabited
from tests.support.shell import Terminal, home, shell_with

_HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x9b2J\x1b[2J\rfake\x08\x0b\u202egnp.exe\u2066\u200f\u061c\x7f\u2028x\U000e0041"
_OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e0fff]")
_VERBS = ["friends list", "friends requests", "history f4", "recv --since 0", "friends mute f4", "read f4", "status"]


def _hostile() -> PlayedNode:
    """f4 is a friend whose name, texts and alarm are an attack, and so is a request; nothing cleaned them before."""
    node = inhabited()
    friend = node.friend("bad")
    node.peer_alarms(friend.id, f"alarm{_HOSTILE}")
    node.peer_says(friend.id, "text")
    node.peer_asks("mallory", "note")
    node.rewrite("UPDATE friends SET name = name || ?, note = note || ?, notice = ?", *[_HOSTILE] * 3)
    node.rewrite(
        "UPDATE messages SET text = text || ? WHERE text = 'text'",
        f"{_HOSTILE}\nm9  2026-03-14 09:00  you  delivered  I owe you",
    )
    return node


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for one in inner for text in _texts(one)]


@pytest.mark.parametrize("verb", _VERBS)
async def test_input_79_no_verb_lets_a_peer_speak_to_the_terminal(verb: str) -> None:
    async with shell_with(_hostile()) as shell:
        said = await shell.chattor(*verb.split())
        assert (said.code, _OBEYED.findall(said.out + said.err)) == (0, [])
        exact = await shell.chattor(*verb.split(), "--json")
        assert _OBEYED.findall(exact.out) == []
        kept = [text for text in _texts(json.loads(exact.out)) if _HOSTILE in text]
        assert bool(kept) == (verb != "status")


async def test_input_79_an_error_cannot_carry_it_either() -> None:
    async with shell_with(_hostile()) as shell:
        for arguments in (["history", _HOSTILE.replace("\0", "")], [_HOSTILE], ["--profile", _HOSTILE, "paths"]):
            said = await shell.chattor(*arguments)
            assert said.code in (1, 2, 6)
            assert _OBEYED.findall(said.err) == []
            assert _OBEYED.findall((await shell.chattor(*arguments, "--json")).err) == []


async def test_a_friend_cannot_write_rows_of_ours() -> None:
    async with shell_with(_hostile()) as shell:
        rows = (await shell.chattor("history", "f4")).out.splitlines()
    assert [row[0] for row in rows[1:]] == ["m", " "]
    assert rows[2].index("m9") == rows[0].index("TEXT")


async def test_input_76_an_argument_that_is_not_utf_8_is_a_usage_error() -> None:
    async with shell_with(inhabited()) as shell:
        said = await shell.chattor("send", "bob", b"caf\xe9")
        assert (said.code, said.out) == (2, "")
        assert said.err == "chattor: argument 3 is not UTF-8. See `chattor --help`.\n"


@pytest.mark.parametrize(
    ("stdin", "problem"),
    [
        (b"a\0b", "stdin holds a NUL byte"),
        (b"\xff\xfe", "stdin is not UTF-8"),
        (b"x" * 16_001, "stdin holds more than 16,000 bytes"),
        (b"", "the text is empty"),
    ],
    ids=["nul", "not-utf-8", "too-long", "empty"],
)
async def test_input_77_what_is_no_message_is_refused(stdin: bytes, problem: str) -> None:
    node = inhabited()
    async with shell_with(node) as shell:
        said = await shell.chattor("send", "bob", "-", stdin=stdin)
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith(f"chattor: {problem}. ")
    assert len(await node.history("bob")) == 2


async def test_input_77_endless_stdin_is_refused_at_the_limit() -> None:
    async with shell_with(inhabited()) as shell:
        zeros = os.open("/dev/zero", os.O_RDONLY)
        process = await shell.start("send", "bob", "-", stdin=zeros)
        os.close(zeros)
        _, err = await process.communicate()
        assert process.returncode == 1
        assert err.startswith(b"chattor: stdin holds more than 16,000 bytes")


async def test_a_message_of_exactly_the_limit_comes_through_without_its_last_newline() -> None:
    node = inhabited()
    async with shell_with(node) as shell:
        assert (await shell.chattor("send", "carol", "-", stdin=b"x" * 16_000 + b"\n")).code == 0
        assert (await shell.chattor("send", "carol", stdin=b"line\n\n")).code == 0
    assert [message.text for message in await node.history("carol")][1:] == ["x" * 16_000, "line\n"]


async def test_input_78_a_reader_who_left_is_no_error() -> None:
    node = inhabited()
    node.peer_says("bob", *["x" * 300] * 900)
    async with shell_with(node) as shell:
        for arguments in (["history", "bob", "--limit", "900"], ["--help"], ["friends", "list", "--json"]):
            read, write = os.pipe()
            os.close(read)
            process = await shell.start(*arguments, stdout=write)
            os.close(write)
            _, err = await process.communicate()
            assert (process.returncode, err) == (0, b"")


async def test_input_78_a_closed_stdout_and_a_full_disk_are_no_tracebacks() -> None:
    async with shell_with(inhabited()) as shell:
        full = os.open("/dev/full", os.O_WRONLY)
        process = await shell.start("friends", "list", stdout=full)
        os.close(full)
        _, err = await process.communicate()
        assert process.returncode == 1
        assert err.startswith(b"chattor: the system refused: No space left on device. ")
        closed = await shell.start("friends", "list", through=("sh", "-c", 'exec "$@" >&-', "sh"))
        assert await closed.communicate() == (b"", b"")
        assert closed.returncode == 0


async def test_input_78_a_closed_stdin_is_empty_and_what_a_closed_stderr_misses_is_not_among_the_data() -> None:
    with home() as shell:
        shell.paths.config.mkdir(mode=0o700)
        shell.paths.settings.write_text("[nonsense]\n")
        dumb = await shell.start("--plain", through=("sh", "-c", 'exec "$@" <&-', "sh"))
        out, err = await dumb.communicate()
        assert out == b""
        assert [line.partition(b". ")[0] for line in err.splitlines()] == [
            "chattor: settings.toml, line 1: there is no “nonsense”".encode(),
            f"chattor: there is no profile in {shell.paths.data}".encode(),
        ]
        unheard = await shell.start("--plain", through=("sh", "-c", 'exec "$@" 2>&-', "sh"))
        assert await unheard.communicate() == (b"", b"")


async def test_input_82_ctrl_c_while_following_is_130_and_silent() -> None:
    async with shell_with(inhabited()) as shell:
        process = await shell.start("listen", "--since", "0")
        assert process.stdout
        await process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
        assert (process.returncode, err) == (130, b"")


async def test_input_82_ctrl_c_while_waiting_leaves_the_message_queued() -> None:
    node = inhabited()
    async with shell_with(node) as shell:
        process = await shell.start("send", "carol", "hi", "--wait", "delivered")
        async for event in node.events((await node.recv("0")).cursor):
            if isinstance(event, MessageStateChanged):
                break
        process.send_signal(signal.SIGINT)
        assert await process.communicate() == (b"", b"")
        assert process.returncode == 130
    assert [entry.text for entry in await node.outbox_list()][-1] == "hi"


async def test_input_82_ctrl_c_at_the_prompt_gives_the_terminal_back() -> None:
    async with shell_with(PlayedNode()) as shell, Terminal(shell, "init", "--name", "alice") as terminal:
        await terminal.until("passphrase: ")
        assert not terminal.echoes()
        terminal.type("\x03")
        assert await terminal.ended() == 130
        assert terminal.echoes()
        assert "Traceback" not in terminal.seen


async def test_a_new_passphrase_is_asked_for_twice_and_never_shown() -> None:
    async with shell_with(PlayedNode()) as shell, Terminal(shell, "init", "--name", "alice") as terminal:
        await terminal.until("passphrase: ")
        terminal.type("correct horse\n")
        await terminal.until("the same again: ")
        terminal.type("correct hose\n")
        assert await terminal.ended() == 1
        assert "the two passphrases differ" in terminal.seen
        assert "correct" not in terminal.seen.replace("Correct the input", "")


@pytest.mark.parametrize(
    ("arguments", "environment", "styled"),
    [
        ([], {"TERM": "xterm"}, True),
        ([], {"TERM": "dumb"}, False),
        ([], {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (["--color", "never"], {"TERM": "xterm"}, False),
        ([], {"TERM": "xterm", "CHATTOR_COLOR": "never"}, False),
        (["--color", "auto"], {"TERM": "xterm", "CHATTOR_COLOR": "never"}, True),
        (["--color", "always"], {"TERM": "dumb", "NO_COLOR": "1"}, True),
    ],
)
async def test_styles_only_where_they_are_wanted(
    arguments: list[str], environment: dict[str, str], styled: bool
) -> None:
    async with shell_with(inhabited()) as shell:
        shell.environment.update(environment)
        async with Terminal(shell, *arguments, "friends", "list") as terminal:
            assert await terminal.ended() == 0
        assert ("\x1b[" in terminal.seen) == styled
        assert "carol" in terminal.seen


async def test_input_82_a_terminal_of_one_column_and_none_at_all() -> None:
    async with shell_with(inhabited()) as shell:
        shell.environment.update({"COLUMNS": "1", "LINES": "1", "TERM": "dumb"})
        assert (await shell.chattor("--help")).code == 0
        shell.environment.pop("COLUMNS")
        nobody = await shell.start("init", "--name", "alice", through=("setsid", "--wait"))
        out, err = await nobody.communicate()
        assert (nobody.returncode, out) == (5, b"")
        assert err.startswith(b"chattor: no passphrase was given, and there is no terminal to ask on. ")


async def test_what_nobody_could_read_is_not_acknowledged() -> None:
    node = inhabited()
    async with shell_with(node) as shell:
        read, write = os.pipe()
        os.close(read)
        process = await shell.start("recv", "--ack", "--consumer", "bot", stdout=write)
        os.close(write)
        await process.wait()
        assert await node.consumers_list() == []
        assert (await shell.chattor("recv", "--ack", "--consumer", "bot")).code == 0
        assert [one.waiting for one in await node.consumers_list()] == [0]


async def test_who_listens_as_a_consumer_begins_after_what_he_is_done_with() -> None:
    node = inhabited()
    async with shell_with(node) as shell:
        assert (await shell.chattor("consumers", "ack", "lamp", "5")).code == 0
        process = await shell.start("listen", "--consumer", "lamp")
        assert process.stdout
        assert json.loads(await process.stdout.readline())["cursor"] == "6"
        process.kill()
        await process.communicate()
        again = await shell.chattor("recv", "--consumer", "lamp", "--limit", "1", "--json")
        assert json.loads(again.out)["cursor"] == "6"
