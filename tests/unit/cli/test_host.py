"""A profile for real: init, reading verbs while no node runs, and a daemon that is refused (inputs 75 and 81)."""

import json
import subprocess
import sys

import pytest

from chattor.cli.host import FRAMES
from chattor.store.lock import ProfileLock
from tests.support.shell import Said, Shell, home
from tests.support.terminal import Terminal


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


async def test_an_unknown_setting_is_warned_of_with_a_guess() -> None:
    with home() as shell:
        shell.paths.config.mkdir()
        shell.paths.settings.write_text('[log]\nlevle = "debug"\n')
        for verb in (["list"], ["get", "log.level"]):
            said = await shell.chattor("settings", *verb)
            assert (said.code, "log.level" in said.out) == (0, True)
            assert said.err == "chattor: settings.toml, line 2: there is no “log.levle”; did you mean level?\n"


async def test_settings_are_read_and_changed_without_a_node_and_without_a_passphrase() -> None:
    with home() as shell:
        assert (await shell.chattor("settings", "set", "privacy.requests", "closed")).code == 0
        shown = json.loads((await shell.chattor("settings", "get", "privacy.requests", "--json")).out)
        refused = await shell.chattor("settings", "set", "privacy.requests", "ajar")
        assert shown["value"] == "closed"
        assert (refused.code, refused.out) == (1, "")
        assert "privacy.requests must be open or closed" in refused.err
        assert shell.paths.settings.read_text() == '[privacy]\nrequests = "closed"\n'


async def test_notifications_are_switched_without_a_node_and_without_a_passphrase() -> None:
    with home() as shell:
        said = await shell.chattor("notifications", "off", "--json")
        assert (said.code, json.loads(said.out)["value"]) == (0, "off")
        assert shell.paths.settings.read_text() == "[notifications]\nenabled = false\n"
        assert (await shell.chattor("notifications", "on")).code == 0
        assert shell.paths.settings.read_text() == "[notifications]\nenabled = true\n"
        assert (await shell.chattor("notifications", "maybe")).code == 2


async def test_bridges_are_a_list_that_tor_looks_at_before_it_is_written() -> None:
    plain = f"192.0.2.1:443 {'A' * 40}"
    with home() as shell:
        assert (await shell.chattor("settings", "set", "tor.bridges", plain, f"Bridge {plain}")).code == 0
        written = f'[tor]\nbridges = [\n    "{plain}",\n    "Bridge {plain}",\n]\n'
        assert shell.paths.settings.read_text() == written
        said = await shell.chattor("settings", "set", "tor.bridges", "192.0.2.1:99999")
        assert (said.code, said.out) == (1, "")
        assert "Error parsing Bridge address '192.0.2.1:99999'" in said.err
        said = await shell.chattor("settings", "set", "tor.obfs4", "/nowhere/lyrebird")
        assert said.code == 0, "no bridge needs it"
        said = await shell.chattor("settings", "set", "tor.bridges", f"obfs4 {plain}")
        assert (said.code, "/nowhere/lyrebird was not found" in said.err) == (1, True)
        said = await shell.chattor("settings", "set", "log.level", "debug", "info")
        assert (said.code, "log.level takes one value" in said.err) == (1, True)
        assert shell.paths.settings.read_text() == written.rstrip("\n") + '\nobfs4 = "/nowhere/lyrebird"\n'
        one = await shell.chattor("settings", "set", "tor.bridges", "-", stdin=f"\n{plain}\n \n".encode())
        shown = json.loads((await shell.chattor("settings", "get", "tor.bridges", "--json")).out)
        assert (one.code, shown["value"], shown["many"]) == (0, plain, True)
        assert (await shell.chattor("settings", "set", "tor.bridges", "")).code == 0
        assert "bridges" not in shell.paths.settings.read_text()


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ((), "the window needs a terminal; `chattor --plain` does with less"),
        (("demo",), "the demo opens the TUI and needs a terminal; `chattor demo --check` does not"),
    ],
    ids=["window", "demo"],
)
async def test_the_window_is_not_opened_where_nobody_could_see_it(verb: tuple[str, ...], words: str) -> None:
    with home() as shell:
        said = await shell.chattor(*verb)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(f"chattor: {words}")
        assert said.err.count("\n") == 1


def test_the_window_is_not_opened_on_a_dumb_terminal() -> None:
    with home() as shell:
        argv = ["-m", "chattor", "--data-dir", str(shell.home / "data"), "--config-dir", str(shell.home / "config")]
        with Terminal(argv, term="dumb") as terminal:
            said = terminal.read(b"\n")
            assert terminal.ended() == 2
        assert said.startswith(b"chattor: the window needs a terminal")


def test_keys_are_drawn_soon_and_no_other_program_hears_of_it() -> None:
    ask = "from chattor.cli import host; import os; host.draw_soon(); import textual.constants as c; "
    ask += "print(c.MAX_FPS, 'TEXTUAL_FPS' in os.environ)"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert told.stdout.split() == [FRAMES, "False"]
