"""What goes with a bug report: enough to help, and nothing that tells who somebody is.

No name of ours or of a friend, no address, code or key, no path but its last part, no address of a
bridge, and none of the words of settings.
"""

import getpass
import platform
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from chattor import __version__
from chattor.api import Api
from chattor.cli.options import Options
from chattor.cli.outage import outage
from chattor.cli.output import cell
from chattor.cli.session import connected
from chattor.cli.show import Page
from chattor.cli.tail import Reader, last
from chattor.config import catalogue
from chattor.errors import BadSettings, Locked, NoDaemon
from chattor.log import redact
from chattor.model.doctor import Diagnosis

_LOOKED_AT: Final = 2_000  # lines of the log
_TOLD: Final = 30
_GRAVE: Final = re.compile(r"\S+ (?:warning|error|critical) ")
_PATH: Final = re.compile(r"(?<![\w.])~?(?:/[^\s/:'\"”]+)*/([^\s/:'\"”]+)")
_BRIDGE: Final = re.compile(r"\b[\d.]{7,15}:\d+\b|\[[\da-fA-F:.]+\]:\d+")
_WORDS: Final = {True: "ok, ", False: "FAILED, ", None: ""}


class Report(Struct, frozen=True, kw_only=True):
    """`settings` are the keys of what was changed; `log` its last complaints, if a node runs that knows all names."""

    version: str
    python: str
    system: str
    settings: list[str]
    doctor: Diagnosis
    log: list[str]


class Cleaner:
    """Takes out of a line what tells who somebody is."""

    def __init__(self, names: Sequence[str], places: Sequence[Path]) -> None:
        self._places = sorted({str(place) for place in places}, key=len, reverse=True)
        known = sorted({name for name in names if len(name) > 1}, key=len, reverse=True)
        self._names = re.compile(
            "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known) or r"(?!)", re.IGNORECASE
        )

    def __call__(self, line: str) -> str:
        for place in self._places:  # whose names may hold anything
            line = line.replace(place, "~")
        line = _BRIDGE.sub("⟨address⟩", redact(line))
        return self._names.sub("⟨name⟩", _PATH.sub(r"…/\1", line))


def written(options: Options, diagnosis: Diagnosis) -> Report:
    """All of it, clean."""
    names = _names(options)
    places = options.paths
    clean = Cleaner(
        [getpass.getuser(), *(names or ())], [Path.home(), places.data, places.config, places.logs, places.runtime]
    )
    complaints = [] if names is None else [line for line in _log(options.paths.log) if _GRAVE.match(line)]
    rungs = [replace(rung, detail=clean(rung.detail)) for rung in diagnosis.rungs]
    outages = [replace(one, reason=clean(one.reason)) for one in diagnosis.outages]
    return Report(
        version=__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        settings=_changed(options),
        doctor=replace(diagnosis, rungs=rungs, outages=outages),
        log=[clean(line) for line in complaints[-_TOLD:]],
    )


def shown(value: Report, _: Page) -> Iterator[str]:
    """As it may be pasted."""
    yield f"chattor {value.version}, Python {value.python}, {value.system}"
    yield f"changed settings: {', '.join(value.settings) or 'none'}"
    for rung in value.doctor.rungs:
        yield f"{cell(rung.name)}: {_WORDS[rung.ok]}{cell(rung.detail, 400)}"
    yield from (f"unreachable {outage(one)}" for one in value.doctor.outages)
    yield from (cell(line, 1_000) for line in value.log)


def _names(options: Options) -> list[str] | None:
    """All that are to be taken out; None if there is no node to tell them."""

    async def ask(api: Api) -> list[str]:
        mine = await api.identity()
        return [mine.name, *(one.name for one in await api.friends_list())]

    try:
        return connected(options, ask, reading=False)
    except (NoDaemon, Locked):
        return None


def _changed(options: Options) -> list[str]:
    try:
        settings = options.settings_file.load().settings
    except BadSettings:
        return ["(settings.toml cannot be read)"]
    return [one.key for one in catalogue.listed(settings) if one.value != one.default]


def _log(log: Path) -> list[str]:
    reader = Reader(log)
    try:
        return last(log, reader.lines(), _LOOKED_AT)
    finally:
        reader.close()
