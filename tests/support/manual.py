"""The manual pages, written from the table of verbs and from the settings: `python -m tests.support.manual DIRECTORY`.

chattor(1) and chattor.toml(5), in the man macros that groff and mandoc both read (man(7), groff_man(7)).
"""

import re
import sys
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from itertools import groupby
from pathlib import Path
from typing import Final

import click

import chattor
import chattor.cli.pages  # adds the verbs to root
from chattor.cli.root import root
from chattor.config import catalogue, settings, settings_file
from chattor.config.settings import Settings
from chattor.errors import ChattorError
from chattor.rpc import contract

_ENVIRONMENT: Final = {
    "CHATTOR_PROFILE": "The profile, as --profile.",
    "CHATTOR_DATA_DIR": "As --data-dir.",
    "CHATTOR_CONFIG_DIR": "As --config-dir.",
    "CHATTOR_THEME, CHATTOR_COLOR, CHATTOR_LOG_LEVEL": "As the options of these names, which come before them.",
    "NO_COLOR": "If set and not empty, no styles.",
    "XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR": "Where the usual places are.",
    "CREDENTIALS_DIRECTORY": "From systemd: its credential chattor-passphrase, if no option says more.",
    "VISUAL, EDITOR": "What writes a long text in the TUI.",
}
_EXIT: Final = {
    0: "Done.",
    1: "Refused, or it failed.",
    2: "The command line was wrong.",
    3: "No node runs, or it cannot be reached.",
    4: "Timed out; what was queued stays queued.",
    5: "Locked, a wrong passphrase, or the profile is in use.",
    6: "What was named is not there.",
    130: "Interrupted.",
}
_EXAMPLES: Final = {
    "A profile without a prompt, and its node in the background of a script:": (
        "chattor --passphrase-file ~/.chattor-pass init --name Alice\n"
        "chattor --passphrase-file ~/.chattor-pass --daemon &"
    ),
    "A message from a pipe, sent once however often this is tried, and its delivery awaited:": (
        "df -h | chattor send bob - --key disk-2026-03-01 --wait delivered --timeout 600"
    ),
    "What arrives, as it arrives:": ("chattor listen | jq -r 'select(.event == \"message_received\") | .message.text'"),
}


def pages() -> Mapping[str, str]:
    """Every page by the name of its file."""
    return {"chattor.1": _joined(_program()), "chattor.toml.5": _joined(_settings())}


def _joined(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _program() -> Iterator[str]:
    yield from _head("CHATTOR", 1)
    yield from _section("NAME", f"chattor - {_sentence(root)[0].lower()}{_sentence(root)[1:].rstrip('.')}")
    yield ".SH SYNOPSIS"
    yield ".B chattor"
    yield roff("[OPTIONS] [VERB [ARGUMENTS]]")
    with click.Context(root, info_name="chattor") as context:
        yield ".SH DESCRIPTION"
        yield from _paragraphs(root)
        yield ".SH OPTIONS"
        yield roff("They stand before the verb; --json is taken after it too, and --help everywhere.")
        yield from _options(root, context)
        yield ".SH VERBS"
        yield from _verbs(root, context)
    yield from _table("ENVIRONMENT", _ENVIRONMENT)
    yield from _section("FILES", "`chattor paths` tells where settings, data, log and socket of a profile are.")
    yield from _table("EXIT STATUS", {str(code): meaning for code, meaning in _EXIT.items()})
    yield from _section("DIAGNOSTICS", _DIAGNOSTICS)
    yield ".SH EXAMPLES"
    for what, command in _EXAMPLES.items():
        yield from (".TP", roff(what), ".nf", *map(roff, command.splitlines()), ".fi")
    yield from (".SH SEE ALSO", ".BR chattor.toml (5),", ".BR tor (1)")


_DIAGNOSTICS: Final = (
    "An error is one line on stderr: what is wrong, and what to do. With --json it is an object with code, message and "
    "hint, where code is one of " + ", ".join(sorted(set(contract.errors()) - {ChattorError.code})) + "."
)


def _settings() -> Iterator[str]:
    yield from _head("CHATTOR.TOML", 5)
    yield from _section("NAME", "chattor.toml - the settings of chattor")
    yield ".SH DESCRIPTION"
    yield roff("settings.toml, in the directory that `chattor paths` tells, holds what the user set for a profile.")
    yield roff("`chattor settings set KEY VALUE` changes one setting and keeps the comments.")
    yield roff("Without the file, or without a key in it, the default counts. An unknown key is warned of.")
    yield from (".PP", ".nf", roff("[privacy]"), roff('receipts = "off"'), ".fi")
    yield ".SH SETTINGS"
    for section, listed in groupby(catalogue.listed(Settings()), key=lambda one: one.key.partition(".")[0]):
        yield f".SS {roff(f'[{section}]')}"
        for one in listed:
            yield from (".TP", f".B {roff(one.key.partition('.')[2])}", roff(one.help))
            yield roff(f"Value: {settings_file.words(settings.keys()[one.key])}. Default: {one.default or 'none'}.")
            if one.restart:
                yield roff("A node that runs notices at its next start.")
    yield from (f".SS {roff('[keymap]')}", roff(_KEYMAP))
    yield from (".SH SEE ALSO", ".BR chattor (1)")


_KEYMAP: Final = 'Other keys for the commands of the TUI, such as quit = "ctrl+x"; `chattor keys` lists both.'


def _verbs(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.commands[name]
        with click.Context(command, info_name=name, parent=context) as inner:
            if isinstance(command, click.Group):
                yield from _verbs(command, inner)
                continue
            yield f".SS {roff(_usage(inner))}"
            yield from _paragraphs(command)
            yield from _options(command, inner)


def _usage(context: click.Context) -> str:
    pieces = [piece for piece in context.command.collect_usage_pieces(context) if piece != "[OPTIONS]"]
    return " ".join([context.command_path, *pieces])


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    everywhere = {"--help", "--json"} if context.parent else {"--help"}
    for one in command.get_params(context):
        record = one.get_help_record(context)
        if isinstance(one, click.Option) and record and not everywhere.intersection(one.opts):
            yield from (".TP", f".B {roff(record[0])}", roff(record[1]))


def _paragraphs(command: click.Command) -> Iterator[str]:
    for number, paragraph in enumerate(cleandoc(command.help or "").split("\n\n")):
        yield from [".PP"] * bool(number)
        yield from map(roff, paragraph.splitlines())


def _sentence(command: click.Command) -> str:
    return (command.help or "").splitlines()[0]


def _head(name: str, section: int) -> Iterator[str]:
    yield '.\\" Written by `make man`; do not edit.'
    yield f'.TH {name} {section} "" "chattor {chattor.__version__}" "chattor manual"'


def _section(title: str, text: str) -> Iterator[str]:
    yield f".SH {title}"
    yield roff(text)


def _table(title: str, rows: Mapping[str, str]) -> Iterator[str]:
    yield f".SH {title}"
    for name, meaning in rows.items():
        yield from (".TP", f".B {roff(name)}", roff(meaning))


def roff(text: str) -> str:
    """Text as roff has it: nothing in it is a request or an escape, and all of it is ASCII."""
    escaped = text.strip().replace("\\", "\\e").replace("-", "\\-")
    escaped = re.sub("[^\x20-\x7e]", lambda char: f"\\[u{ord(char[0]):04X}]", escaped)
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for file, page in pages().items():
        (directory / file).write_text(page, encoding="ascii")
