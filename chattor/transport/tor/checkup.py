"""What can be said of a tor that does not run: which one it is, what it can, whether it takes the user's lines."""

import asyncio
import re
import tempfile
from pathlib import Path
from typing import Final

from chattor.config.settings import TorSettings
from chattor.errors import TorRefused
from chattor.transport.tor import bridges, process, torrc
from chattor.transport.tor.host import SystemTor
from chattor.transport.tor.places import write_private

_VERSION: Final = re.compile(r"^Tor version (\S+?)\.?(?: |$)", re.MULTILINE)
_PROOF_OF_WORK: Final = re.compile(r"^pow: yes$", re.MULTILINE)


async def version(tor: Path) -> str:
    """The version of a tor. Raises TorRefused for a program that is none."""
    found = _VERSION.search(await _said(tor, "--version"))
    if found is None:
        raise TorRefused(f"{tor} is not tor")
    return found[1]


async def has_proof_of_work(tor: Path) -> bool:
    """Whether it can protect an onion from floods."""
    return _PROOF_OF_WORK.search(await _said(tor, "--list-modules")) is not None


async def takes(settings: TorSettings, extra: str) -> None:
    """Have the tor that is set look at what the user wants of it, and do nothing else; one that runs is not asked.

    Raises TorMissing, PluginMissing, TorRefused with its own words.
    """
    if settings.control:
        await SystemTor(settings, extra).prepare()
        return
    tor, through = process.find("tor", settings.binary), bridges.lines(settings)
    torrc.refuse_ours(extra)
    with tempfile.TemporaryDirectory(prefix="chattor-") as directory:
        file = Path(directory) / "torrc"
        write_private(file, "\n".join([torrc.line("DataDirectory", Path(directory) / "data"), *through, extra, ""]))
        await process.verify(tor, file)


async def answers(settings: TorSettings, extra: str) -> str:
    """The version of a tor that runs already, if it lets us in. Raises TorRefused, TorDown."""
    host = SystemTor(settings, extra)
    await host.prepare()
    control = await host.attach(lambda _: None)
    try:
        return (await control.info("version"))[0]
    finally:
        await control.close()


async def _said(tor: Path, option: str) -> str:
    asked = await asyncio.create_subprocess_exec(
        tor, option, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    output, _ = await asked.communicate()
    return output.decode(errors="replace")
