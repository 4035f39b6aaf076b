"""What the tmux around us says about itself. Run from a thread: a tmux that hangs must not hang anything of ours."""

import logging
import subprocess
from collections.abc import Mapping
from typing import Final

log: Final = logging.getLogger(__name__)
PATIENCE: Final = 2.0  # s


def tmux_passes(environment: Mapping[str, str]) -> bool:
    """Whether it hands sequences on to the terminal; it says so since 3.3."""
    pane = ["-t", environment["TMUX_PANE"]] if environment.get("TMUX_PANE") else []
    return _ask(["tmux", "show-options", "-A", "-p", "-v", *pane, "allow-passthrough"]) in ("on", "all")


def _ask(command: list[str]) -> str | None:
    """What it printed; None if it failed or was too slow."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=PATIENCE, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        log.info("tmux did not help: %s", type(error).__name__)
        return None
    return done.stdout.decode(errors="replace").strip()
