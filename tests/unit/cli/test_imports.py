"""What a verb and the daemon may load: start-up time is a promise (performance page)."""

import asyncio
import sys

import pytest

from tests.support.played import inhabited
from tests.support.shell import shell_with

_HEAVY = {"textual", "rich", "mcp", "stem", "cryptography", "nacl", "sqlcipher3", "segno", "pydantic", "websockets"}
_SLOW = {"asyncio", "hashlib", "logging", "tomllib", "tomlkit", "getpass"}
"""Not heavy, but a verb starts without them."""
_LOADED = "import sys; {}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}), file=sys.stderr)"


async def _loaded(code: str, environment: dict[str, str]) -> set[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _LOADED.format(code), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE, env=environment,
    )  # fmt: skip
    _, err = await process.communicate()
    assert process.returncode == 0, err
    return set(err.decode().split())


@pytest.mark.parametrize(
    "verb", ["status", "friends list", "agents list", "send bob hi", "history bob", "--help", "--version", "paths"]
)
async def test_a_verb_loads_neither_the_tui_nor_tor_nor_crypto_nor_an_event_loop(verb: str) -> None:
    async with shell_with(inhabited()) as shell:
        loaded = await _loaded(f"from chattor.cli.app import main; main({verb.split()!r})", shell.surroundings())
    assert "click" in loaded
    assert loaded & (_HEAVY | _SLOW) == set()


async def test_a_window_on_a_daemon_loads_neither_its_store_nor_tor_nor_crypto() -> None:
    code = (
        "import asyncio; from chattor.cli import host; from chattor.cli.options import Options;"
        "from chattor.gateway import ProfileGateway; from chattor.tui import app;"
        "gateway = ProfileGateway(Options().launchable()); asyncio.run(gateway.attach())"
    )
    async with shell_with(inhabited()) as shell:
        loaded = await _loaded(code, shell.surroundings())
    assert "textual" in loaded
    assert loaded & (_HEAVY - {"textual", "rich"}) == set()


async def test_a_window_loads_neither_dialogs_nor_what_changes_settings_before_they_are_wanted() -> None:
    code = "import sys, chattor.cli.host, chattor.gateway, chattor.tui.app, chattor.config.edit; print(*sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    loaded = set(out.decode().split())
    assert "chattor.tui.screens.main" in loaded
    assert not {name for name in loaded if name.startswith(("chattor.tui.modals", "tomlkit", "rich._emoji_codes"))}


async def test_the_line_mode_loads_no_tui() -> None:
    async with shell_with(inhabited()) as shell:
        loaded = await _loaded("from chattor.cli.app import main; main(['--plain'])", shell.surroundings())
    assert loaded & {"textual", "rich", "mcp"} == set()


async def test_the_daemon_s_own_modules_load_neither_the_tui_nor_stem() -> None:
    async with shell_with(inhabited()) as shell:
        loaded = await _loaded("import chattor.daemon.run, chattor.rpc.server, chattor.cli.host", shell.surroundings())
    assert loaded & _HEAVY == set()
