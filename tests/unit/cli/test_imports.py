"""What a verb and the daemon may load: start-up time is a promise (performance page)."""

import asyncio
import sys

import pytest

from tests.support.api import inhabited
from tests.support.shell import shell_with

_HEAVY = {"textual", "rich", "mcp", "stem", "cryptography", "nacl", "sqlcipher3", "segno", "pydantic"}
_LOADED = "import sys; {}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}), file=sys.stderr)"


async def _loaded(code: str, environment: dict[str, str]) -> set[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _LOADED.format(code), stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE, env=environment,
    )  # fmt: skip
    _, err = await process.communicate()
    assert process.returncode == 0, err
    return set(err.decode().split())


@pytest.mark.parametrize("verb", ["status", "friends list", "send bob hi", "history bob", "--help", "paths"])
async def test_a_verb_loads_neither_the_tui_nor_tor_nor_crypto_nor_an_event_loop(verb: str) -> None:
    async with shell_with(inhabited()) as shell:
        loaded = await _loaded(f"from chattor.cli.app import main; main({verb.split()!r})", shell.surroundings())
    assert "click" in loaded
    assert loaded & (_HEAVY | {"asyncio"}) == set()


async def test_the_daemon_s_own_modules_load_neither_the_tui_nor_stem() -> None:
    async with shell_with(inhabited()) as shell:
        loaded = await _loaded("import chattor.daemon.run, chattor.rpc.server, chattor.cli.host", shell.surroundings())
    assert loaded & _HEAVY == set()
