"""A text in the user's own editor: `$VISUAL` or `$EDITOR` on a file nobody else can read, gone when the editor is.

The file has a directory of its own, so that what an editor leaves beside it (swap files, backups) goes with it. One
that a killed process left is removed the next time. While the editor runs the text stands there in clear, so the place
is one in memory where the system has such (`config.paths.scratch`).
"""

import asyncio
import os
import re
import shlex
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from chattor.config.files import private_directory, read_regular, reason
from chattor.config.paths import EDIT
from chattor.errors import EditorFailed

FILE: Final = "message.txt"
READ_MAX: Final = 1 << 20  # bytes of what was saved
_LEFT: Final = re.compile(rf"{EDIT}([0-9]+)-.*")
_TYPED_AT_THE_EDITOR: Final = (signal.SIGINT, signal.SIGQUIT)


def editor(environment: Mapping[str, str]) -> list[str]:
    """The words of the command. Raises EditorFailed if there is none."""
    said = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        words = shlex.split(said)
    except ValueError as error:
        raise EditorFailed(f"the name of your editor cannot be read: {str(error).lower()}") from error
    if not words:
        raise EditorFailed("no editor is set")
    return words


async def write(text: str, words: Sequence[str], place: Path) -> str:
    """The text as the editor left it, without the last line end. Raises EditorFailed, BadDirectory."""
    try:
        sweep(place)
        with private_file(place, text) as file:
            await _run([*words, str(file)], words[0])
            return read_regular(file, READ_MAX).decode(errors="replace").removesuffix("\n")
    except OSError as error:
        raise EditorFailed(f"nothing came back from the editor: {reason(error)}") from error


@contextmanager
def private_file(place: Path, text: str) -> Iterator[Path]:
    """A file with this text, 0600 in a directory 0700, while the block runs."""
    private_directory(place)
    directory = Path(tempfile.mkdtemp(prefix=f"{EDIT}{os.getpid()}-", dir=place))
    try:
        file = directory / FILE
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(text.encode(errors="replace"))
        yield file
    finally:
        shutil.rmtree(directory)


def sweep(place: Path) -> None:
    """Remove what processes left that are no more."""
    for path in place.glob(f"{EDIT}*"):
        match = _LEFT.fullmatch(path.name)
        if match and not _lives(int(match[1])):
            shutil.rmtree(path)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def _run(command: Sequence[str], name: str) -> None:
    """Until it ends; should we be cancelled, it ends too."""
    with _deaf():
        try:
            process = await asyncio.create_subprocess_exec(*command)
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else str(error)
            raise EditorFailed(f"{name[:48]} cannot be started: {why}") from error
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
    if code:
        raise EditorFailed(f"{name[:48]} ended with {f'signal {-code}' if code < 0 else f'code {code}'}")


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl+C is the editor's: the terminal sends it to all of us. A handler, unlike ignoring, is not inherited."""
    before = {number: signal.signal(number, lambda *_: None) for number in _TYPED_AT_THE_EDITOR}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
