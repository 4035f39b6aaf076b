"""Programs that keep a record of how they were called, to be found before the real ones."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROGRAM: Final = """#!{python}
import json, sys, time
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
{more}
"""


@dataclass(frozen=True, slots=True)
class Recorder:
    """A directory for PATH."""

    directory: Path

    def install(self, name: str, more: str = "") -> None:
        """A program of that name; `more` is what it does besides, in Python."""
        path = self.directory / name
        path.write_text(_PROGRAM.format(python=sys.executable, log=str(self._log(name)), more=more))
        path.chmod(0o755)

    def calls(self, name: str) -> list[list[str]]:
        """The arguments of each call."""
        log = self._log(name)
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def _log(self, name: str) -> Path:
        return self.directory / f"{name}.log"
