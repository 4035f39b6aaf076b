"""The files for service managers start what exists."""

import plistlib
import shlex
from pathlib import Path

import click

import chattor.cli.pages  # noqa: F401  adds the verbs to root
from chattor.cli.root import root
from chattor.daemon.passphrase import CREDENTIAL
from chattor.errors import UsageError, WrongPassphrase

PACKAGING = Path(__file__).parents[2] / "packaging"


def _unit() -> dict[str, str]:
    lines = (PACKAGING / "systemd/chattor.service").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _options(command: str) -> dict[str, object]:
    """What chattor makes of the words behind its name."""
    words = shlex.split(command.partition("chattor ")[2])
    return click.Context(root).command.make_context("chattor", words, resilient_parsing=True).params


def test_systemd_starts_the_daemon_and_is_told_when_it_is_there() -> None:
    unit = _unit()
    assert unit["Type"] == "notify"
    assert _options(unit["ExecStart"])["daemon"] is True
    assert unit["LoadCredential"].partition(":")[0] == CREDENTIAL
    never_again = {UsageError.exit_code, WrongPassphrase.exit_code}
    assert {int(code) for code in unit["RestartPreventExitStatus"].split()} == never_again


def test_launchd_starts_the_daemon_with_a_passphrase_file() -> None:
    with (PACKAGING / "launchd/chattor.plist").open("rb") as file:
        job = plistlib.load(file)
    options = _options(job["ProgramArguments"][-1])
    assert options["daemon"] is True
    assert str(options["passphrase_file"]).endswith("passphrase")
    assert job["Umask"] == 0o077
