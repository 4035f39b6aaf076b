"""Bridges as the user was given them, turned into lines for tor, with the programs that disguise what goes to them.

Tor notices a program that is missing only once it runs, and then only in its log; here it is noticed before.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chattor.config.settings import TorSettings
from chattor.errors import PluginMissing, TorMissing, TorRefused
from chattor.transport.tor import process

_LONGEST: Final = 1_000  # characters
_NOT_IN_A_LINE: Final = frozenset('#"\\')
_SHOWN: Final = 60  # characters


@dataclass(frozen=True, slots=True)
class Plugin:
    """A program that disguises: what it may be called, and what it can."""

    programs: tuple[str, ...]
    transports: tuple[str, ...]


PLUGINS: Final[Mapping[str, Plugin]] = {
    "obfs4": Plugin(("lyrebird", "obfs4proxy"), ("obfs4", "meek_lite")),
    "snowflake": Plugin(("snowflake-client",), ("snowflake",)),
}
"""By the setting that names the program."""


def lines(settings: TorSettings) -> list[str]:
    """Lines of a torrc for the bridges that are set; none without. Raises TorRefused, PluginMissing."""
    bridges = [_bridge(number, text) for number, text in enumerate(settings.bridges, 1)]
    if not bridges:
        return []
    used = {name for number, line in enumerate(bridges, 1) if (name := _plugin(number, line)) is not None}
    return ["UseBridges 1", *_plugins(settings, sorted(used)), *(f"Bridge {line}" for line in bridges)]


def _bridge(number: int, text: str) -> str:
    """The line without the word that begins it in a torrc."""
    words = text.split()
    if words and words[0].lower() == "bridge":
        words = words[1:]
    line = " ".join(words)
    if not line or len(line) > _LONGEST or not (line.isascii() and line.isprintable()) or _NOT_IN_A_LINE & set(line):
        raise TorRefused(f"bridge {number}, “{text.strip()[:_SHOWN]}”, is not the line of a bridge")
    return line


def _plugin(number: int, line: str) -> str | None:
    """Which plugin a bridge needs; None for one without disguise, whose line begins with its address."""
    transport = line.split()[0]
    if ":" in transport or "." in transport:
        return None
    for name, plugin in PLUGINS.items():
        if transport in plugin.transports:
            return name
    known = ", ".join(known for plugin in PLUGINS.values() for known in plugin.transports)
    raise TorRefused(f"bridge {number} is of the kind “{transport[:_SHOWN]}”; chattor knows {known}")


def _plugins(settings: TorSettings, used: Sequence[str]) -> Iterator[str]:
    given = {"obfs4": settings.obfs4, "snowflake": settings.snowflake}
    for name in used:
        plugin = PLUGINS[name]
        program = str(_program(plugin, given[name]))
        if any(char.isspace() for char in program) or _NOT_IN_A_LINE & set(program):
            raise TorRefused(f"tor cannot start a program with blanks, quotes or # in its path: {program}")
        yield f"ClientTransportPlugin {','.join(plugin.transports)} exec {program}"


def _program(plugin: Plugin, given: Path | None) -> Path:
    for name in plugin.programs:
        with suppress(TorMissing):
            return process.find(name, given)
    raise PluginMissing(f"{given or ' or '.join(plugin.programs)} was not found")
