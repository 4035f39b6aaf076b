"""What a verb costs before it does anything: `python -m tests.bench.startup [ROUNDS]`, 20 unless told.

Each round starts, one after the other so that all meet the same machine, the interpreter with nothing to do, the
interpreter that imports click, msgspec and socket, and verbs against a node that runs in this process's neighbour.
The figures are medians; the promise is 120 ms for a verb on an idle machine.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

_BARE: Final = ("-c", "pass")
_LIBRARIES: Final = ("-c", "import click, msgspec, socket")
_VERBS: Final = ("--version", "paths", "status", "friends list", "send bob hi")


def _milliseconds(command: Sequence[str], environment: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * 1000


def main(rounds: int = 20) -> None:
    """Measure and print."""
    with TemporaryDirectory(prefix="ct") as home:
        environment = os.environ | {"CHATTOR_DATA_DIR": home, "CHATTOR_CONFIG_DIR": home}
        node = subprocess.Popen([sys.executable, "-m", "tests.support.played_daemon", home, "fine"])
        try:
            while not (Path(home) / "run" / "rpc.sock").exists() and node.poll() is None:
                time.sleep(0.05)
            commands: dict[str, tuple[str, ...]] = {"python -c pass": _BARE, "python -c 'import click, …'": _LIBRARIES}
            commands |= {f"chattor {verb}": ("-m", "chattor", *verb.split()) for verb in _VERBS}
            taken: dict[str, list[float]] = {name: [] for name in commands}
            for _ in range(rounds):
                for name, command in commands.items():
                    taken[name].append(_milliseconds(command, environment))
        finally:
            node.terminate()
            node.wait()
    bare = statistics.median(taken["python -c pass"])
    for name, figures in taken.items():
        middle = statistics.median(figures)
        figure = f"{middle:6.0f} ms  {middle - bare:+6.0f} ms  least {min(figures):.0f} ms"
        sys.stdout.write(f"{name:28} {figure}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
