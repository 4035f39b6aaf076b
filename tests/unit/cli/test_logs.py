"""`chattor logs`: the end of the log, and what follows through a rotation."""

import json
import logging
import os
import signal
from pathlib import Path

import pytest

from chattor.cli.tail import Reader, last
from chattor.log import logging_to
from tests.support.shell import home

log = logging.getLogger("chattor.test")


def test_the_last_lines_may_begin_in_older_files(tmp_path: Path) -> None:
    file = tmp_path / "log"
    (tmp_path / "log.2").write_text("1\n2\n")
    (tmp_path / "log.1").write_text("3\n4\n")
    assert last(file, iter(["5", "6"]), 1) == ["6"]
    assert last(file, iter(["5", "6"]), 3) == ["4", "5", "6"]
    assert last(file, iter(["5", "6"]), 9) == ["1", "2", "3", "4", "5", "6"]
    assert last(file, iter(["5", "6"]), 0) == []


def test_a_reader_follows_a_rotation_and_waits_for_the_end_of_a_line(tmp_path: Path) -> None:
    file = tmp_path / "log"
    reader = Reader(file)
    assert [*reader.lines()] == []
    with file.open("a") as first:
        first.write("one\ntw")
        first.flush()
        assert [*reader.lines()] == ["one"]
        os.rename(file, tmp_path / "log.1")
        first.write("o\n")
    assert [*reader.lines()] == ["two"]
    file.write_text("three\n")
    assert [*reader.lines()] == ["three"]
    file.write_text("")
    assert [*reader.lines()] == []
    file.write_text("four\n")
    assert [*reader.lines()] == ["four"]
    reader.close()


async def test_the_verb_shows_what_was_logged_and_follows() -> None:
    with home() as shell:
        assert (await shell.chattor("logs")).err == "nothing to show\n"
        with logging_to(shell.paths.log, "info"):
            log.info("first")
            log.warning("second")
            said = await shell.chattor("logs", "-n", "1")
            assert (said.out.endswith("warning chattor.test: second\n"), said.out.count("\n")) == (True, 1)
            process = await shell.start("logs", "-f", "-n", "1", "--json")
            assert process.stdout
            assert json.loads(await process.stdout.readline())["message"] == "second"
            os.rename(shell.paths.log, shell.paths.log.with_name("moved"))
        with logging_to(shell.paths.log, "info"):
            try:
                raise ValueError("bad")
            except ValueError:
                log.exception("third")
        line = json.loads(await process.stdout.readline())
        assert (line["level"], line["logger"], line["message"]) == ("error", "chattor.test", "third")
        assert json.loads(await process.stdout.readline()) == {
            **line,
            "message": "    Traceback (most recent call last):",
        }
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 130


@pytest.mark.parametrize("arguments", [("logs",), ("logs", "--json")])
async def test_a_log_somebody_else_wrote_cannot_speak_to_the_terminal(arguments: tuple[str, ...]) -> None:
    with home() as shell:
        shell.paths.log.parent.mkdir(parents=True)
        shell.paths.log.write_bytes(b"2026-01-01T00:00:00.000 info chattor.x: \x1b]52;c;ZXZpbA==\x07 \xc2\x9b2J\xff\n")
        said = await shell.chattor(*arguments)
        assert (said.code, said.err) == (0, "")
        assert not any(char in said.out for char in "\x1b\x07\x9b")
