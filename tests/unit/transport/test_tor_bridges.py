"""Bridges: the lines people are given become lines for tor, and what cannot be used is told before tor starts."""

from pathlib import Path

import pytest

from chattor.config.settings import TorSettings
from chattor.errors import PluginMissing, TorRefused
from chattor.transport.tor import bridges, checkup

PLAIN = "192.0.2.1:443 0123456789ABCDEF0123456789ABCDEF01234567"
OBFS4 = "obfs4 192.0.2.2:9001 0123456789ABCDEF0123456789ABCDEF01234567 cert=AAAA+/ iat-mode=0"
SNOWFLAKE = (
    "snowflake 192.0.2.3:80 2B280B23E1107BB62ABFC40DDCC8824814F80A72 url=https://snowflake.example/"
    " fronts=a.example,b.example ice=" + ",".join(f"stun:stun{n}.example:3478" for n in range(20))
)


def a_program(directory: Path, name: str) -> Path:
    path = directory / name
    path.write_text("#!/bin/sh\nexec sleep 0\n")
    path.chmod(0o700)
    return path


def test_without_bridges_there_are_no_lines() -> None:
    assert bridges.lines(TorSettings()) == []


def test_every_bridge_is_named_and_every_plugin_once(tmp_path: Path) -> None:
    obfs4, snowflake = a_program(tmp_path, "lyrebird"), a_program(tmp_path, "snow")
    settings = TorSettings(
        bridges=(PLAIN, f"Bridge {OBFS4}", OBFS4, f"  bridge   {SNOWFLAKE} "), obfs4=obfs4, snowflake=snowflake
    )
    assert bridges.lines(settings) == [
        "UseBridges 1",
        f"ClientTransportPlugin obfs4,meek_lite exec {obfs4}",
        f"ClientTransportPlugin snowflake exec {snowflake}",
        f"Bridge {PLAIN}",
        f"Bridge {OBFS4}",
        f"Bridge {OBFS4}",
        f"Bridge {SNOWFLAKE}",
    ]


def test_a_program_is_found_by_any_of_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = a_program(tmp_path, "obfs4proxy")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("chattor.transport.tor.process._OFTEN", ())
    assert f"exec {found}" in bridges.lines(TorSettings(bridges=(OBFS4,)))[1]
    with pytest.raises(PluginMissing, match="snowflake-client was not found"):
        bridges.lines(TorSettings(bridges=(SNOWFLAKE,)))
    found.unlink()
    with pytest.raises(PluginMissing, match="lyrebird or obfs4proxy was not found") as missing:
        bridges.lines(TorSettings(bridges=(OBFS4,)))
    assert "apt install obfs4proxy" in missing.value.hint


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "is not the line of a bridge"),
        ("Bridge", "is not the line of a bridge"),
        (f"{PLAIN}\nControlPort 9051", None),
        (f"{PLAIN} # mine", "is not the line of a bridge"),
        ("ünicode 192.0.2.1:1", "is not the line of a bridge"),
        ("1.2.3.4:5 " + "x" * 1_000, "is not the line of a bridge"),
        ("scramblesuit 192.0.2.1:1", "is of the kind “scramblesuit”; chattor knows obfs4, meek_lite, snowflake"),
    ],
)
def test_what_is_no_bridge_is_told_by_its_number(line: str, why: str | None) -> None:
    settings = TorSettings(bridges=(PLAIN, line))
    if why is None:  # one line stays one line
        assert bridges.lines(settings)[-1] == "Bridge " + " ".join(line.split())
        return
    with pytest.raises(TorRefused, match=why) as refused:
        bridges.lines(settings)
    assert str(refused.value).startswith("bridge 2")


def test_a_program_tor_cannot_start_is_refused(tmp_path: Path) -> None:
    (tmp_path / "two words").mkdir()
    program = a_program(tmp_path / "two words", "lyrebird")
    with pytest.raises(TorRefused, match="blanks"):
        bridges.lines(TorSettings(bridges=(OBFS4,), obfs4=program))


@pytest.mark.parametrize("line", ["192.0.2.1:99999", "192.0.2.1:443 0123", "example.org:443"])
async def test_a_bridge_tor_does_not_take_is_refused_in_its_words(line: str) -> None:
    await checkup.takes(TorSettings(bridges=(PLAIN,)), "")
    with pytest.raises(TorRefused, match="Bridge"):
        await checkup.takes(TorSettings(bridges=(line,)), "")
