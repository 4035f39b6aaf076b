"""Runs the command line and turns whatever happens into one line and an exit code.

The voice: lower-case sentences, what is wrong and then what to do, one line on stderr; with --json the same as an
object. stdout stays data. Never a traceback, never half a terminal.
"""

import io
import os
import sys
from collections.abc import Sequence

import click

from chattor.cli import completion, output
from chattor.cli.root import root
from chattor.errors import ChattorError, Internal, LocalError, UsageError
from chattor.text import safe_text

INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run `chattor ARGUMENTS`; the exit code of the process."""
    _set_streams()
    if completion.asked():
        return completion.answer()
    as_json = "--json" in arguments
    try:
        return _run(arguments)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        return _nobody_reads()
    except click.ClickException as misuse:
        return _misused(misuse, as_json)
    except ChattorError as error:
        return _failed(error, as_json)
    except OSError as refusal:
        return _failed(LocalError(f"the system refused: {refusal.strerror}"), as_json)
    except Exception as defect:  # noqa: BLE001  the root of a face: a defect is one line too
        return _failed(Internal(f"{type(defect).__name__} in {_place(defect)}"), as_json)


def _run(arguments: Sequence[str]) -> int:
    for number, argument in enumerate(arguments, start=1):
        if not argument.isascii() and any("\ud800" <= char <= "\udfff" for char in argument):
            raise UsageError(f"argument {number} is not UTF-8")
    try:
        with root.make_context("chattor", list(arguments)) as context:
            root.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    finally:
        sys.stdout.flush()
    return 0


def _set_streams() -> None:
    """UTF-8 whatever the locale. A closed stdin is empty, a closed stdout or stderr swallows.

    Opened in this order each takes its own descriptor, so that no file of ours becomes one that others write to.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  lives as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _misused(misuse: click.ClickException, as_json: bool) -> int:
    if isinstance(misuse, click.exceptions.NoArgsIsHelpError) and not as_json:
        output.note(misuse.format_message())
        return UsageError.exit_code
    context = misuse.ctx if isinstance(misuse, click.UsageError) else None
    said = " ".join(misuse.format_message().split()).rstrip(".")
    if not said[:2].isupper():  # click's own begin like sentences, and TEXT is a word of the help
        said = said[:1].lower() + said[1:]
    error = UsageError(said)
    return _failed(error, as_json, f"See `{context.command_path if context else 'chattor'} --help`.")


def _failed(error: ChattorError, as_json: bool, hint: str | None = None) -> int:
    hint = hint or error.hint
    if as_json:
        output.note(output.to_json({"error": {"code": error.code, "message": str(error), "hint": hint}}))
    else:
        said = str(error) if str(error).endswith("?") else f"{error}."
        output.note(safe_text(f"chattor: {said} {hint}", multiline=False))
    return error.exit_code


def _nobody_reads() -> int:
    """`| head` has seen enough: leave quietly, and keep the interpreter from flushing into nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _place(defect: Exception) -> str:
    import traceback

    last = traceback.extract_tb(defect.__traceback__)[-1]
    return f"{os.path.basename(last.filename)}, line {last.lineno}"
