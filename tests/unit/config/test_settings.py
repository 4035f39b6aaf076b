"""settings.toml is the user's: read with bounds, told what is wrong with it, edited without being rewritten."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from chattor.config.catalogue import listed, schema
from chattor.config.duration import parse_duration
from chattor.config.edit import SettingsFile, set_value
from chattor.config.settings import Settings
from chattor.config.settings_file import Loaded, load
from chattor.config.toml_file import FILE_MAX, LINE_MAX
from chattor.errors import BadInput, BadSettings, StoreFailed
from tests.unit.store.conftest import full_disk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def refusal(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadSettings) as caught:
        load(path)
    assert str(caught.value).isprintable()
    return str(caught.value)


def warnings(path: Path, text: str) -> list[str]:
    path.write_text(text)
    return list(load(path).warnings)


def test_without_a_file_everything_has_its_default(path: Path) -> None:
    assert load(path) == Loaded(Settings(), ())
    settings = load(path).settings
    assert (settings.tor.torrc, settings.privacy.requests, settings.log.level) == (None, "open", "info")
    assert settings.delivery.expire_seconds is None


def test_what_the_file_says(path: Path) -> None:
    path.write_text(
        """
        [tor]
        torrc = "extra.torrc"
        binary = "~/bin/tor"
        [delivery]
        expire_after = "24h"
        [privacy]
        requests = "closed"
        [log]
        level = "debug"
        """
    )
    loaded = load(path)
    assert loaded.warnings == ()
    assert loaded.settings.tor.torrc == path.parent / "extra.torrc"
    assert loaded.settings.tor.binary == Path.home() / "bin" / "tor"
    assert loaded.settings.delivery.expire_seconds == 86_400
    assert (loaded.settings.privacy.requests, loaded.settings.log.level) == ("closed", "debug")


def test_options_of_the_command_line_go_before_the_file(path: Path) -> None:
    path.write_text('[log]\nlevel = "debug"\n[tor]\nbinary = "/a"\n')
    settings = load(path, {"log.level": "error", "tor.torrc": "/x"}).settings
    assert settings.log.level == "error"
    assert (settings.tor.binary, settings.tor.torrc) == (Path("/a"), Path("/x"))
    with pytest.raises(BadSettings, match=r"log\.level must be debug or info or warning or error"):
        load(path, {"log.level": "loud"})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[log]\n\nlevel = 3", "settings.toml, line 3: log.level must be debug or info or warning or error"),
        ('log.level = "loud"', "settings.toml, line 1: log.level must be debug or info or warning or error"),
        ("[tor]\n# the one\n binary = true", "settings.toml, line 3: tor.binary must be a text"),
        ('[tor]\nbinary = "~nobody-of-that-name/tor"', "settings.toml, line 2: tor.binary must be a text"),
        (
            '[delivery]\nexpire_after = "soon"',
            "settings.toml, line 2: delivery.expire_after must be never or a duration",
        ),
        ("[delivery]\nexpire_after = 24", "settings.toml, line 2: delivery.expire_after must be never or a duration"),
        ('tor = "yes"', "settings.toml, line 1: tor must be a section with keys in it"),
        ("[tor]\nbinary = ?", "settings.toml: invalid value (at line 2, column 10)"),
        ("[log\n", "settings.toml: expected ']' at the end of a table declaration (at line 1, column 5)"),
    ],
)
def test_what_is_wrong_is_named_with_key_and_line(path: Path, text: str, why: str) -> None:
    assert refusal(path, text).startswith(why)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("[tro]\nbinary = 'x'", "settings.toml, line 1: there is no “tro”; did you mean tor?"),
        ("[tor]\nbinry = 'x'", "settings.toml, line 2: there is no “tor.binry”; did you mean binary?"),
        ("[log]\ncolour = 'x'", "settings.toml, line 2: there is no “log.colour”"),
        ("zebra = 1", "settings.toml, line 1: there is no “zebra”"),
        ('"\\u001b[2J\\u202e" = 1', "settings.toml: there is no “␛[2J⟨U+202E⟩”"),
    ],
)
def test_input_93_unknown_keys_are_warned_of(path: Path, text: str, warning: str) -> None:
    assert warnings(path, text) == [warning]
    assert load(path).settings == Settings()


_TRAP = """
import resource, sys
from pathlib import Path
from threading import Thread
from chattor.config.settings_file import load
from chattor.errors import BadSettings
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    load(Path(sys.argv[1]))
except BadSettings as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 15_800) + " = 1",
        "\n".join(f"{'.'.join(['a'] * 250)}.k{n} = 1" for n in range(62)),
        "x = " + "[" * 500 + "]" * 5,
        "x = " + "[\n" * 5_000,
        "x = " + "9" * 500,
    ],
    ids=["one_dotted_key_of_31_KiB", "as_many_as_the_caps_allow", "nested", "nested_lines", "digits"],
)
def test_input_91_the_parser_is_kept_from_eating_memory(path: Path, text: str) -> None:
    path.write_text(text)
    said = subprocess.run([sys.executable, "-c", _TRAP, str(path)], capture_output=True, text=True, check=True).stdout
    assert int(said.splitlines()[-1]) < 60_000, "KiB; tomllib alone takes 1,000,000"


def test_input_91_caps_come_before_the_parser(path: Path) -> None:
    assert refusal(path, "#" * (FILE_MAX + 1)) == "settings.toml is larger than 32,768 bytes"
    assert refusal(path, "\n#" + "x" * LINE_MAX) == "settings.toml, line 2: longer than 1024 bytes"
    path.write_text("#" + "x" * (LINE_MAX - 1) + "\n")
    assert load(path).settings == Settings()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"[" * 500, "settings.toml: "),
        (b"x = " + b"[" * 500, "settings.toml: "),
        (b"x = " + b"[\n" * 5_000, "settings.toml: nested too deep"),
        (b'[log]\nlevel = "\xff"', "settings.toml, line 2: not UTF-8"),
        (b"x = 1\x00", "settings.toml: "),
        (b"\xef\xbb\xbf[log]", "settings.toml: "),
        (b"x = 2026-99-99", "settings.toml: "),
    ],
)
def test_input_92_rubbish_is_refused(path: Path, text: bytes, why: str) -> None:
    assert refusal(path, text).startswith(why)


def test_input_92_numbers_nobody_needs_are_unknown_keys(path: Path) -> None:
    assert warnings(path, "x = " + "9" * 500) == ["settings.toml, line 1: there is no “x”"]


def test_input_92_what_is_no_file_is_not_waited_for(path: Path) -> None:
    os.mkfifo(path)
    looped = path.with_name("looped")
    looped.symlink_to("looped")
    for place in (path, path.parent, looped):
        with pytest.raises(BadSettings, match="cannot be read"):
            load(place)
    zeros = path.with_name("zeros")
    zeros.symlink_to("/dev/zero")
    assert load(zeros).warnings == ("zeros is ignored, because others can write it: chown and chmod 600 it",)


def test_input_95_a_file_others_can_write_is_ignored_and_said(path: Path) -> None:
    path.write_text('[log]\nlevel = "debug"\n')
    path.chmod(0o646)
    assert load(path) == Loaded(
        Settings(), ("settings.toml is ignored, because others can write it: chown and chmod 600 it",)
    )
    with pytest.raises(BadSettings, match=r"others can write settings\.toml"):
        set_value(path, "log.level", "info")


def test_setting_a_key_keeps_comments_and_order(path: Path) -> None:
    path.write_text('# mine\n[log]  # noisy\nlevel = "debug" # for now\n\n[tor]\nbinary = "/a"\n')
    set_value(path, "log.level", "error")
    set_value(path, "privacy.requests", "closed")
    assert path.read_text() == (
        '# mine\n[log]  # noisy\nlevel = "error" # for now\n\n[tor]\nbinary = "/a"\n\n[privacy]\nrequests = "closed"\n'
    )
    assert load(path).settings.privacy.requests == "closed"


def test_setting_the_first_key_makes_a_private_file(path: Path) -> None:
    path = path.parent / "new" / "settings.toml"
    set_value(path, "delivery.expire_after", "7d")
    assert load(path).settings.delivery.expire_seconds == 7 * 86_400
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_linked_file_stays_a_link(path: Path) -> None:
    real = path.with_name("dotfiles.toml")
    real.write_text('[log]\nlevel = "debug"\n')
    path.symlink_to(real)
    set_value(path, "log.level", "info")
    assert path.is_symlink()
    assert real.read_text() == '[log]\nlevel = "info"\n'


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("log.levle", "info", "there is no such setting; did you mean log.level?"),
        ("zebra", "x", "there is no such setting"),
        ("log.level", "loud", "^log.level must be debug or info or warning or error"),
        ("channels.keep", "0", "^channels.keep must be a whole number from 1 to 1,000"),
        ("delivery.expire_after", "0s", "must be never or a duration such as 24h"),
        ("tor.binary", "x" * 1_100, "longer than 1024 bytes"),
        ("tor.binary", "\udcff", "not UTF-8"),
    ],
)
def test_a_bad_value_changes_nothing(path: Path, key: str, value: str, why: str) -> None:
    path.write_text("# mine\n")
    with pytest.raises(BadInput, match=why):
        set_value(path, key, value)
    assert path.read_text() == "# mine\n"


def test_a_broken_file_is_not_edited(path: Path) -> None:
    path.write_text("[log\n")
    with pytest.raises(BadSettings):
        set_value(path, "log.level", "info")
    assert path.read_text() == "[log\n"


def test_r3_a_full_disk_keeps_the_old_settings(path: Path) -> None:
    path.write_text("# mine\n")
    with full_disk(1), pytest.raises(StoreFailed, match=r"settings\.toml cannot be written: file too large"):
        set_value(path, "log.level", "info")
    assert path.read_text() == "# mine\n"


def test_every_setting_says_what_it_means_and_its_default_is_one_it_may_have(path: Path) -> None:
    for one in listed(Settings()):
        assert one.help.endswith("."), one.key
        assert one.value == one.default
        if one.default:
            set_value(path, one.key, one.default)
    assert load(path) == Loaded(Settings(), ())


def test_a_value_given_as_text_becomes_what_the_file_needs(path: Path) -> None:
    for value in ("off", "on", "off"):
        set_value(path, "terminal.mouse", value)
    assert path.read_text() == "[terminal]\nmouse = false\n"
    with pytest.raises(BadInput, match=r"terminal\.mouse must be on or off"):
        set_value(path, "terminal.mouse", "maybe")


def test_a_setting_of_the_command_line_stays_above_the_file(path: Path) -> None:
    file = SettingsFile(path, {"log.level": "error"})
    assert file.set("log.level", "debug").log.level == "error"
    assert load(path).settings.log.level == "debug"


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("5m", 300), ("1h", 3600), ("7d", 604_800)])
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "h", "0s", "-1h", "1.5h", "1 h", "1h30m", "٣h", "1H", "9999999999s", "1h\n"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="a duration is a number and s, m, h or d"):
        parse_duration(text)


def test_the_keymap_takes_any_name_of_a_key_and_an_empty_value_takes_it_out_again(path: Path) -> None:
    file = SettingsFile(path)
    path.write_text("[keymap] # mine\n# go\n")
    assert file.set("keymap.jump", "ctrl+g").keymap == {"jump": "ctrl+g"}
    assert [one.key for one in listed(file.load().settings)][-1] == "keymap.jump"
    assert file.set("keymap.jump", "").keymap == {}
    assert path.read_text() == "[keymap] # mine\n# go\n"
    with pytest.raises(BadInput, match="no such setting"):
        file.set("keymap.Jump", "x")


def test_an_empty_value_puts_the_default_back(path: Path) -> None:
    path.write_text('[log]\nlevel = "debug" # loud\n')
    assert SettingsFile(path).set("log.level", "").log.level == "info"
    assert SettingsFile(path).set("tor.torrc", "").tor.torrc is None
    assert path.read_text() == "[log]\n"


@pytest.mark.parametrize("text", ["keymap = 3", "[keymap]\njump = 3", "[keymap.jump]\nkey = 'x'"])
def test_a_keymap_of_something_else_is_told(path: Path, text: str) -> None:
    assert "keymap must be a section of texts" in refusal(path, text)


def test_the_schema_holds_every_setting_with_its_meaning_and_its_default() -> None:
    described = schema()["$defs"]
    for one in listed(Settings()):
        section, _, name = one.key.partition(".")
        field = described[described["Settings"]["properties"][section]["$ref"].rpartition("/")[2]]
        assert field["properties"][name]["description"] == one.help


def test_a_list_has_an_entry_a_line_and_keeps_what_stands_around_it(path: Path) -> None:
    path.write_text('# mine\n[tor]\nbinary = "/a" # old\n')
    long = "snowflake 192.0.2.3:80 " + "x" * 700
    assert SettingsFile(path).set("tor.bridges", f"1.2.3.4:5\n\n {long} ").tor.bridges == ("1.2.3.4:5", long)
    assert path.read_text() == (
        f'# mine\n[tor]\nbinary = "/a" # old\nbridges = [\n    "1.2.3.4:5",\n    "{long}",\n]\n'
    )
    assert SettingsFile(path).set("tor.bridges", "").tor.bridges == ()
    assert path.read_text() == '# mine\n[tor]\nbinary = "/a" # old\n'
    assert refusal(path, "[tor]\nbridges = 'one'").endswith("line 2: tor.bridges must be a list of up to 64 texts")
    assert refusal(path, "[tor]\nbridges = [1]").endswith("line 2: tor.bridges must be a list of up to 64 texts")
    with pytest.raises(BadInput, match=r"tor\.bridges must be a list of up to 64 texts"):
        set_value(path, "tor.bridges", "1.2.3.4:5\n" * 65)


def test_a_trial_comes_before_the_file_is_written_but_never_before_the_default(path: Path) -> None:
    def refuses(key: str, wished: Settings) -> None:
        raise BadInput(f"{key} {wished.log.level}")

    file = SettingsFile(path, trial=refuses)
    with pytest.raises(BadInput, match=r"log\.level debug"):
        file.set("log.level", "debug")
    assert not path.exists()
    assert file.set("log.level", "").log.level == "info"


def test_two_changes_at_once_both_stay(path: Path) -> None:
    def slow(_: str, wished: Settings) -> None:
        if not wished.tor.friends_only:
            other.start()
            other.join(0.3)  # it would be through by now, if it did not wait

    file = SettingsFile(path, trial=slow)
    other = Thread(target=file.set, args=("tor.friends_only", "on"))
    file.set("tor.socks", "127.0.0.1:9050")
    other.join()
    tor = load(path).settings.tor
    assert (tor.friends_only, tor.socks) == (True, "127.0.0.1:9050")
