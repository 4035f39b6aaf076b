"""Backups, passphrases, profiles and their end, with real programs."""

import json
import os
import stat

import pytest

from tests.support.shell import Said, Shell, home

OLD, NEW = "correct horse", "battery staple"


def _secret(shell: Shell, passphrase: str) -> str:
    path = shell.home / f"secret of {len(passphrase)}"
    path.write_text(f"{passphrase}\n")
    path.chmod(0o600)
    return str(path)


async def _run(shell: Shell, *arguments: str, passphrase: str = OLD) -> Said:
    return await shell.chattor("--passphrase-file", _secret(shell, passphrase), *arguments)


async def test_a_backup_travels_to_another_machine() -> None:
    with home() as here, home() as there:
        made = json.loads((await _run(here, "init", "--name", "Ann", "--json")).out)
        file = str(there.home / "ann.backup")
        told = json.loads((await _run(here, "backup", "create", file, "--json")).out)
        assert (told["file"], told["onion"], told["name"]) == (file, made["onion"], "Ann")
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
        assert json.loads((await _run(there, "backup", "verify", file, "--json")).out) == told
        again = await _run(here, "backup", "create", file)
        assert (again.code, again.out) == (1, "")
        assert "--force" in again.err
        wrong = await _run(there, "backup", "verify", file, passphrase=NEW)
        assert (wrong.code, wrong.out) == (5, "")
        assert (await _run(there, "backup", "restore", file)).code == 0
        assert json.loads((await _run(there, "identity", "--json")).out) == made
        refused = await _run(there, "backup", "restore", file)
        assert refused.code == 1
        assert "--force" in refused.err


@pytest.mark.parametrize("form", ["jsonl", "md"])
async def test_an_export_is_a_private_file_and_replaces_nothing(form: str) -> None:
    with home() as shell:
        await _run(shell, "init", "--name", "Ann")
        said = await _run(shell, "export", "--format", form)
        assert (said.code, said.out) == (0, "")
        file = str(shell.home / "said")
        for code, force in ((0, []), (1, []), (0, ["--force"])):
            assert (await _run(shell, "export", "--format", form, "-o", file, *force)).code == code
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
        assert (await _run(shell, "export", "--friend", "nobody", "-o", f"{file}.2")).code == 6
        assert sorted(os.listdir(shell.home)) == ["data", "said", "secret of 13"]


@pytest.mark.parametrize("part", ["chattor.db", "keyfile", "lock"])
async def test_not_even_force_exports_into_the_place_of_a_profile(part: str) -> None:
    with home() as shell:
        made = await _run(shell, "init", "--name", "Ann", "--json")
        said = await _run(shell, "export", "-o", str(shell.paths.data / part), "--force")
        assert said.code == 1
        assert "part of a profile" in said.err
        assert (await _run(shell, "identity", "--json")).out == made.out


async def test_a_passphrase_is_changed_only_by_whoever_knows_it() -> None:
    with home() as shell:
        await _run(shell, "init", "--name", "Ann")
        new = ("--new-passphrase-file", _secret(shell, NEW))
        before = shell.paths.keyfile.read_bytes()
        wrong = await _run(shell, "passphrase", *new, passphrase="not this one")
        assert (wrong.code, wrong.out) == (5, "")
        assert shell.paths.keyfile.read_bytes() == before
        changed = await _run(shell, "passphrase", *new)
        assert (changed.code, changed.out, changed.err) == (0, "", "")
        assert (await _run(shell, "identity")).code == 5
        assert (await _run(shell, "identity", passphrase=NEW)).code == 0


async def test_a_profile_is_wiped_by_its_name_only() -> None:
    with home() as shell:
        await _run(shell, "init", "--name", "Ann")
        refused = await shell.chattor("wipe", "--yes", "Ann")
        assert refused.code == 1
        assert "not the name" in refused.err
        assert (await shell.chattor("wipe", stdin=b"no\n")).code == 1
        assert shell.paths.keyfile.exists()
        wiped = await shell.chattor("wipe", stdin=b"default\n")
        assert (wiped.code, wiped.out) == (0, "")
        assert "SSD" in wiped.err
        assert not shell.paths.data.exists()
        assert (await shell.chattor("wipe", "--yes", "default")).code == 1


@pytest.fixture
def usual() -> dict[str, str]:
    """What a shell's environment lacks when nothing is overridden."""
    return {"CHATTOR_DATA_DIR": "", "CHATTOR_CONFIG_DIR": ""}


async def test_two_profiles_share_nothing_and_one_is_chosen(usual: dict[str, str]) -> None:
    with home() as empty:
        shell = Shell(empty.home, usual)
        assert (await shell.chattor("profiles", "list", "--json")).out == "[]\n"
        codes = {}
        for name, passphrase in (("default", OLD), ("work", NEW)):
            said = await _run(shell, "--profile", name, "init", "--name", name, "--json", passphrase=passphrase)
            codes[name] = json.loads(said.out)["friend_code"]
        assert codes["default"] != codes["work"]
        assert (await shell.chattor("profiles", "switch", "nobody")).code == 6
        assert (await shell.chattor("profiles", "switch", "../work")).code == 1
        switched = await shell.chattor("profiles", "switch", "work", "--json")
        assert json.loads(switched.out)["name"] == "work"
        listed = json.loads((await shell.chattor("profiles", "list", "--json")).out)
        assert listed == [
            {"name": "default", "current": False, "running": False, "locked": False},
            {"name": "work", "current": True, "running": False, "locked": False},
        ]
        assert json.loads((await _run(shell, "identity", "--json", passphrase=NEW)).out)["friend_code"] == codes["work"]
        wrong = await _run(shell, "--profile", "default", "identity", passphrase=NEW)
        assert wrong.code == 5
        wiped = await shell.chattor("wipe", "--yes", "work")
        assert (wiped.code, "from now on default is meant again" in wiped.err) == (0, True)
        still = await _run(shell, "identity", "--json")
        assert json.loads(still.out)["friend_code"] == codes["default"]
