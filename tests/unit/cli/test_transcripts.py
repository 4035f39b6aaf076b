"""Every verb as a person meets it: the real program against a real node, compared with what it should print.

A transcript is a text file: `$ chattor …` is what is typed, `< …` its stdin, then stdout as it is, stderr behind `! `,
and the exit code in brackets unless it is 0. Each file begins with the same node (`tests.support.played.inhabited`).
"""

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.support.played import inhabited
from tests.support.shell import Said, Shell, shell_with

TRANSCRIPTS = {path.stem: path.read_text() for path in sorted(Path(__file__).with_name("transcripts").glob("*.txt"))}
_COMMAND = re.compile(r"^\$ chattor (?P<line>.*)\n(?:< (?P<stdin>.*)\n)?", re.MULTILINE)


def _written(line: str, stdin: str | None, said: Said, shell: Shell) -> str:
    """What happened, in the notation of a transcript."""
    notes = "".join(f"! {note}\n" for note in said.err.splitlines())
    code = f"[{said.code}]\n" if said.code else ""
    fed = "" if stdin is None else f"< {stdin}\n"
    out = said.out.replace(str(shell.home), "HOME").replace(f"process {os.getpid()}", "process PID")
    return f"$ chattor {line}\n{fed}{out}{notes}{code}\n".replace(f'"pid":{os.getpid()}', '"pid":PID')


@pytest.mark.parametrize("expected", TRANSCRIPTS.values(), ids=TRANSCRIPTS)
async def test_the_program_says_what_the_transcript_says(expected: str) -> None:
    async with shell_with(inhabited()) as shell:
        happened = [
            _written(
                typed["line"],
                typed["stdin"],
                await shell.chattor(*shlex.split(typed["line"]), stdin=(typed["stdin"] or "").encode()),
                shell,
            )
            for typed in _COMMAND.finditer(expected)
        ]
    assert "".join(happened) == expected


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 4
