"""A profile for real: init, reading verbs while no node runs, and a daemon that is refused (inputs 75 and 81)."""

import json

import pytest

from chattor.store.lock import ProfileLock
from tests.support.shell import Said, Shell, home


async def _with_passphrase(shell: Shell, *arguments: str, passphrase: str = "correct horse\n") -> Said:
    path = shell.home / "passphrase"
    path.write_text(passphrase)
    path.chmod(0o600)
    return await shell.chattor("--passphrase-file", str(path), *arguments)


async def test_a_profile_is_made_once_and_can_be_read_without_a_node() -> None:
    with home() as shell:
        made = await _with_passphrase(shell, "init", "--name", "alice", "--json")
        assert (made.code, made.err) == (0, "")
        assert json.loads(made.out)["name"] == "alice"
        read = await _with_passphrase(shell, "identity", "--json")
        assert json.loads(read.out) == json.loads(made.out)
        listed = await _with_passphrase(shell, "friends", "list")
        assert (listed.code, listed.out, listed.err) == (0, "", "nothing to show\n")
        again = await _with_passphrase(shell, "init", "--name", "bob")
        assert again.code == 1
        assert "already" in again.err
        wrong = await _with_passphrase(shell, "identity", passphrase="wrong horse\n")
        assert (wrong.code, wrong.out) == (5, "")
        assert wrong.err.startswith("chattor: the passphrase is wrong. ")
        refused = await _with_passphrase(shell, "send", "bob", "hi")
        assert refused.code == 3


async def test_input_100_a_profile_without_its_keyfile_is_damaged_and_not_begun_anew() -> None:
    with home() as shell:
        assert (await _with_passphrase(shell, "init", "--name", "alice")).code == 0
        shell.paths.keyfile.unlink()
        for verb in (["identity"], ["--daemon"]):
            said = await _with_passphrase(shell, *verb)
            assert (said.code, said.out) == (1, "")
            assert "the keyfile is missing" in said.err
            assert "init" not in said.err
        assert (await _with_passphrase(shell, "init", "--name", "alice")).code == 1
        assert not shell.paths.keyfile.exists()


async def test_a_profile_whose_making_was_cut_short_can_be_made_again() -> None:
    with home() as shell:
        assert (await _with_passphrase(shell, "init", "--name", "alice")).code == 0
        shell.paths.database.unlink()
        assert (await _with_passphrase(shell, "init", "--name", "alice")).code == 0
        assert (await _with_passphrase(shell, "identity")).code == 0


async def test_input_75_a_profile_somebody_holds_is_refused_before_its_store_is_opened() -> None:
    with home() as shell:
        assert (await _with_passphrase(shell, "init", "--name", "alice")).code == 0
        before = shell.paths.database.stat()
        with ProfileLock.take(shell.paths.data, "other"):
            reading = await _with_passphrase(shell, "identity")
            hosting = await _with_passphrase(shell, "--daemon")
        assert (reading.code, hosting.code) == (5, 5)
        assert "already holds this profile" in hosting.err
        assert shell.paths.database.stat() == before


@pytest.mark.parametrize(
    "passphrase",
    ["", "\n", "short\n", "two\nlines\n", "tab\tbed horse\n", "x" * (1 << 20)],
    ids=["nothing", "newline", "short", "lines", "tab", "mebibyte"],
)
async def test_input_81_a_bad_passphrase_makes_no_profile(passphrase: str) -> None:
    with home() as shell:
        said = await _with_passphrase(shell, "init", "--name", "alice", passphrase=passphrase)
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith("chattor: ")
        assert not shell.paths.keyfile.exists()
        assert not shell.paths.database.exists()


async def test_input_81_a_passphrase_is_no_argument() -> None:
    with home() as shell:
        for arguments in (["--passphrase", "correct horse"], ["--passphrase=correct horse"]):
            assert (await shell.chattor(*arguments, "init", "--name", "alice")).code == 2


@pytest.mark.parametrize("verb", [["identity"], ["friends", "list"], ["--daemon"], ["history", "bob"]])
async def test_without_a_profile_the_way_to_one_is_told(verb: list[str]) -> None:
    with home() as shell:
        said = await _with_passphrase(shell, *verb)
        assert (said.code, said.out) == (1, "")
        assert "`chattor init --name NAME`" in said.err


@pytest.mark.parametrize("verb", [["status"], ["send", "bob", "hi"], ["listen"], ["recv"], ["stop"], ["read", "bob"]])
async def test_what_needs_a_node_says_how_to_start_one(verb: list[str]) -> None:
    with home() as shell:
        said = await shell.chattor(*verb)
        assert (said.code, said.out) == (3, "")
        assert "`chattor --daemon`" in said.err


async def test_settings_that_cannot_be_read_are_named() -> None:
    with home() as shell:
        shell.paths.config.mkdir()
        shell.paths.settings.write_text('[log]\nlevel = "loud"\n')
        said = await _with_passphrase(shell, "init", "--name", "alice")
        assert (said.code, said.out) == (1, "")
        assert "settings.toml, line 2" in said.err
