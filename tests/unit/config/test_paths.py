"""Where a profile keeps what, whatever the environment looks like."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chattor.config.paths import SOCKET_NAME_MAX, SOCKET_PATH_MAX, choose, locate, of_profile, profiles
from chattor.errors import BadDirectory, BadInput, BadSettings, NotFound


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of our own and nothing else set."""
    for variable in [name for name in os.environ if name.startswith(("XDG_", "CHATTOR_"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_the_default_profile_lives_in_the_usual_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    paths = locate()
    assert paths.profile == "default"
    assert paths.data == tmp_path / "d" / "chattor"
    assert paths.settings == tmp_path / "c" / "chattor" / "settings.toml"
    assert paths.log == tmp_path / "s" / "chattor" / "log" / "chattor.log"
    assert paths.database == paths.data / "chattor.db"
    assert paths.keyfile == paths.data / "keyfile"
    assert paths.tor == paths.data / "tor"


def test_looking_makes_nothing(tmp_path: Path) -> None:
    locate()
    locate("work")
    assert list(tmp_path.iterdir()) == []


def test_profiles_share_no_directory() -> None:
    one, other = locate("work"), locate("home")
    places = [
        place for paths in (one, other) for place in (paths.config, paths.data, paths.logs, paths.runtime, paths.socket)
    ]
    assert len(set(places)) == len(places)
    assert one.data.parts[-2:] == ("profiles", "work")


def test_flags_go_before_the_environment_and_that_before_the_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHATTOR_DATA_DIR", str(tmp_path / "env-data"))
    monkeypatch.setenv("CHATTOR_CONFIG_DIR", str(tmp_path / "env-config"))
    monkeypatch.setenv("CHATTOR_PROFILE", "work")
    paths = locate()
    assert (paths.profile, paths.data, paths.config) == ("work", tmp_path / "env-data", tmp_path / "env-config")
    assert paths.logs == tmp_path / "env-data" / "log", "a data directory of its own keeps its logs"
    paths = locate("home", tmp_path / "flag-data", tmp_path / "flag-config")
    assert (paths.profile, paths.data, paths.config) == ("home", tmp_path / "flag-data", tmp_path / "flag-config")


def test_a_directory_is_the_same_however_it_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    written = [Path("real"), Path("./real/../real"), Path("~/real"), tmp_path / "link"]
    assert {locate(data_dir=path).data for path in written} == {tmp_path.resolve() / "real"}


@pytest.mark.parametrize("name", ["Work", "../x", "a/b", ".", "x" * 33, "ä", "-x", "a b", "work\n"])
def test_a_profile_name_cannot_leave_its_directory(name: str) -> None:
    with pytest.raises(BadInput, match="a profile name has up to 32"):
        locate(name)


def test_sockets_are_beside_the_data_where_that_fits() -> None:
    for short in (Path("/srv/anna"), Path("/srv/zoë")):
        assert locate(data_dir=short).socket == short / "run" / "rpc.sock"


@pytest.mark.parametrize("name", ["x" * 100, "with blank", "qu'ote", "ha#sh", "new\nline", "\u0007"])
def test_input_74_a_path_no_socket_can_have_gets_a_short_one_of_its_own(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    session = Path("/run/user/1000")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
    data = Path("/srv") / name
    paths = locate(data_dir=data)
    assert paths.runtime.parent == session / "chattor"
    assert locate(data_dir=data) == paths, "the same for every process"
    assert locate(data_dir=Path("/srv") / (name + "2")).runtime != paths.runtime


def test_input_74_without_a_session_directory_the_temporary_one_serves() -> None:
    paths = locate(data_dir=Path("/srv") / ("x" * 200))
    assert paths.runtime.name.startswith(f"chattor-{os.getuid()}-")
    assert len(os.fsencode(paths.runtime)) + 1 + SOCKET_NAME_MAX <= SOCKET_PATH_MAX


_SHOW = """
from pathlib import Path
from chattor.config.paths import SOCKET_NAME_MAX, SOCKET_PATH_MAX, choose, locate, of_profile, profiles
from chattor.errors import ChattorError
try:
    print(locate(data_dir=Path("/srv/" + "x" * 200)).runtime)
except ChattorError as error:
    print(error)
"""


def test_input_74_no_short_place_at_all_is_said(tmp_path: Path) -> None:
    deep = tmp_path / ("y" * 100)
    deep.mkdir()
    environment = os.environ | {"TMPDIR": str(deep), "XDG_RUNTIME_DIR": "relative/is/ignored"}
    said = subprocess.run([sys.executable, "-c", _SHOW], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == ("socket path too long: set XDG_RUNTIME_DIR or TMPDIR to a directory with a short name\n")


def test_input_80_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(BadDirectory, match="a loop of symbolic links"):
        locate(data_dir=tmp_path / "a")


def test_input_80_no_home_is_said() -> None:
    with pytest.raises(BadDirectory, match="there is no home directory: set HOME, or pass --data-dir"):
        locate(data_dir=Path("~nobody-of-that-name/x"))


def _profile(name: str) -> Path:
    """Something that looks like a profile."""
    data = of_profile(name).data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data / "keyfile").touch()
    return data


def test_the_chosen_profile_is_meant_until_another_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _profile("work")
    choose("work")
    assert locate().profile == "work"
    assert locate() == of_profile("work")
    assert locate("default").profile == "default"
    assert locate(data_dir=tmp_path / "elsewhere").profile == "default"
    monkeypatch.setenv("CHATTOR_PROFILE", "home")
    assert locate().profile == "home"


def test_only_profiles_are_listed() -> None:
    assert profiles() == []
    work = _profile("work")
    _profile("default")
    (work.parent / "Not a profile").mkdir()
    (work.parent / "empty").mkdir()
    assert profiles() == ["default", "work"]


def test_profiles_share_no_place() -> None:
    one, other = of_profile("one"), of_profile("other")
    for mine in (one.data, one.config, one.logs, one.runtime, one.tor, one.socket):
        for theirs in (other.data, other.config, other.logs, other.runtime, other.tor, other.socket):
            assert not mine.is_relative_to(theirs)
            assert not theirs.is_relative_to(mine)


@pytest.mark.parametrize("name", ["../../etc", "..", "a/b", "/etc", ".hidden", "Work", "a" * 33, "a\n", "ä", "-x"])
def test_a_bad_profile_name_is_refused_everywhere(name: str) -> None:
    for attempt in (locate, of_profile, choose):
        with pytest.raises(BadInput):
            attempt(name)


def test_what_does_not_exist_cannot_be_chosen(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        choose("work")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"../../etc", b"", b"\xff", b"work\nhome", b"x" * 1000])
def test_a_choice_that_names_no_profile_is_said_not_followed(content: bytes) -> None:
    file = of_profile("default").config / "profile"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(BadSettings, match="profiles switch NAME"):
        locate()
    assert locate("work").profile == "work"
