"""`chattor doctor` with a node and without one, and the report."""

import getpass
import json
import logging
import sys
from pathlib import Path

import pytest

from chattor.cli.report import Cleaner
from chattor.errors import TorRefused
from chattor.handlers import outages
from chattor.log import logging_to
from chattor.node.watch import ASLEEP
from chattor.transport.tor import checkup
from tests.support.peers import code_of
from tests.support.played import inhabited
from tests.support.shell import Shell, home, shell_with

PASSPHRASE = "correct horse"


def _rungs(out: str) -> dict[str, bool | None]:
    return {rung["name"]: rung["ok"] for rung in json.loads(out)["rungs"]}


async def _founded(shell: Shell) -> None:
    secret = shell.home / "secret"
    secret.write_text(PASSPHRASE)
    secret.chmod(0o600)
    assert (await shell.chattor("--passphrase-file", str(secret), "init", "--name", "alice")).code == 0


async def test_without_a_node_it_goes_as_far_as_it_can_and_asks_for_no_passphrase() -> None:
    with home() as shell:
        await _founded(shell)
        said = await shell.chattor("doctor", "bob", "--json")
        assert (said.code, said.err) == (1, "")
        found = _rungs(said.out)
        assert {name: ok for name, ok in found.items() if ok is not None} == {
            "clock": True, "profile": True, "tor": True, "node": False,
        }  # fmt: skip
        assert [*found][-1] == "handshake"
        shown = await shell.chattor("doctor")
        assert "! node: Start it with `chattor --daemon`" in shown.out
        assert "proof of work" in shown.out


async def test_what_is_wrong_on_this_machine_is_named() -> None:
    with home() as shell:
        assert _rungs((await shell.chattor("doctor", "--json")).out)["profile"] is False
        await _founded(shell)
        settings = shell.paths.settings
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("[privacy]\nrequest = 'open'\n")
        assert "request" in (await shell.chattor("doctor")).out
        settings.write_text("[tor]\nbinary = '/nowhere/tor'\n")
        said = await shell.chattor("doctor")
        assert (said.code, "/nowhere/tor was not found" in said.out, "apt install tor" in said.out) == (1, True, True)
        settings.write_text("[tor]\ntorrc = 'mine'\n")
        settings.with_name("mine").write_text("ExitPolicyy reject *:*\n")
        assert "ExitPolicyy" in (await shell.chattor("doctor")).out
        settings.write_text("nonsense")
        assert _rungs((await shell.chattor("doctor", "--json")).out)["profile"] is False


async def test_it_asks_the_node_and_says_by_its_exit_code_what_came_of_it() -> None:
    async with shell_with(inhabited()) as shell:
        said = await shell.chattor("doctor")
        assert (said.code, said.err) == (1, "")
        assert [line.split()[:2] for line in said.out.splitlines()[1:4]] == [
            ["ok", "clock"], ["ok", "profile"], ["FAILED", "tor"],
        ]  # fmt: skip
        assert (await shell.chattor("doctor", "nobody")).code == 6
        assert (await shell.chattor("lock")).code == 0
        assert (await shell.chattor("doctor")).code == 5


async def test_the_report_tells_nobody_who_we_are() -> None:
    node = inhabited()
    mine = await node.identity()
    async with shell_with(node) as shell:
        shell.paths.settings.parent.mkdir(parents=True)
        shell.paths.settings.write_text(f"[tor]\ntorrc = '{shell.home}/carol/secret'\n")
        with logging_to(shell.paths.log, "info"):
            log = logging.getLogger("chattor.test")
            log.info("nothing of interest")
            log.warning(
                "carol called %s from %s as %s by 192.0.2.1:443", mine.onion, shell.paths.data / "x", getpass.getuser()
            )
            log.warning("code %s of Bob's", code_of("erin"))
        plain, exact = await shell.chattor("doctor", "--report"), await shell.chattor("doctor", "--report", "--json")
    assert (plain.code, plain.err, exact.code) == (0, "", 0)
    told = plain.out + exact.out
    for secret in (
        mine.name,
        "carol",
        "Bob",
        mine.onion[:20],
        mine.friend_code,
        "ct1",
        str(shell.home),
        getpass.getuser(),
    ):
        assert secret not in told
    assert "⟨name⟩ called ⟨onion⟩ from …/x as ⟨name⟩ by ⟨address⟩" in plain.out
    assert "nothing of interest" not in told
    assert json.loads(exact.out)["settings"] == ["tor.torrc"]
    assert f"Python {sys.version.split()[0]}" in plain.out


async def test_without_a_node_no_names_are_known_and_no_log_is_told() -> None:
    with home() as shell:
        with logging_to(shell.paths.log, "info"):
            logging.getLogger("chattor.test").warning("carol called")
        said = await shell.chattor("doctor", "--report")
        assert (said.code, "carol" in said.out) == (0, False)


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("cannot write /srv/ann/x/store.db: full", "cannot write …/store.db: full"),
        ("~/.config/chattor is not yours", "…/chattor is not yours"),
        ("100 % and/or 3 relays", "100 % and/or 3 relays"),
        ("ANN is not a friend; annoyed", "⟨name⟩ is not a friend; annoyed"),
        ("in /home/two words/deep/er", "in …/er"),
    ],
)
def test_a_line_of_a_report_is_cleaned(line: str, clean: str) -> None:
    assert Cleaner(["ann", "x"], [Path("/home/two words"), Path("/home/two words/deep")])(line) == clean


async def test_a_program_that_is_no_tor_is_found_out() -> None:
    with pytest.raises(TorRefused):
        await checkup.version(Path("/bin/true"))


async def test_when_nobody_could_reach_us_is_shown() -> None:
    node, minute = inhabited(), 60_000
    began = node.clock.wall()
    for hours, minutes in ((0, 22), (10, 600)):
        start = began + hours * 60 * minute
        node.act(outages.begin, start, "tor was not connected")
        node.act(outages.end, start + minutes * minute)
    node.later(72_000)
    node.act(outages.begin, node.clock.wall() + 2 * minute, ASLEEP)
    expected = [
        "2026-03-15 05:02 until now: the machine was asleep, or its clock was set",
        "2026-03-14 19:00 until 2026-03-15 05:00: tor was not connected",
        "2026-03-14 09:00 until 09:22: tor was not connected",
    ]
    async with shell_with(node) as shell:
        for verb in (["status"], ["doctor"], ["doctor", "--report"]):
            lines = (await shell.chattor(*verb)).out.splitlines()
            assert [line.split(maxsplit=1)[1] for line in lines if line.startswith("unreachable")] == expected
