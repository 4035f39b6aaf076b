"""The user's own torrc lines: what chattor decides itself cannot be overridden by them."""

from pathlib import Path

import pytest

from chattor.errors import TorRefused
from chattor.transport.tor import torrc
from chattor.transport.tor.network import PrivateNetwork
from chattor.transport.tor.places import Places


@pytest.mark.parametrize(
    "bad",
    [
        "DataDirectory /tmp/elsewhere",
        "controlport 9051",
        "+ControlPort 9051",
        "/ControlPort",
        "ControlSock /tmp/c",
        "SocksPort 127.0.0.1:9050",
        "CookieAuthentication 0",
        "CookieAuth 0",
        "HashedControlPassword 16:00",
        "HiddenServiceDir /tmp/other",
        "HiddenServiceNonAnonymousMode 1",
        "User nobody",
        "  RunAsDaemon 1",
        "PidFile /tmp/pid",
        "__OwningControllerProcess 1",
        "__ControlPort 9051",
        "+__SocksPort 9050",
        "__HashedControlSessionPassword 16:00",
        "%include /etc/tor/torrc.d",
    ],
)
def test_a_line_that_overrides_ours_is_refused_by_its_number(bad: str) -> None:
    with pytest.raises(TorRefused) as refused:
        torrc.refuse_ours(f"# mine\n\nBridge 1.2.3.4:5\n{bad}\n")
    assert "line 4" in str(refused.value)
    assert bad.strip() in str(refused.value)


@pytest.mark.parametrize(
    "bad", ["SocksPort\\\n 9050", "ControlPort\\\n9051", "%include\\\n /etc/tor", "ControlPort#\nLog info"]
)
def test_a_name_ends_where_tor_ends_it(bad: str) -> None:
    """At white space, at a comment, and at a line that goes on in the next one."""
    with pytest.raises(TorRefused, match="line 2"):
        torrc.refuse_ours(f"UseBridges 1\n{bad}\n")


def test_no_configuration_is_made_with_a_line_that_overrides_ours(tmp_path: Path) -> None:
    places = Places(data=tmp_path / "data", runtime=tmp_path / "run")
    assert torrc.client(places, owner=1, extra="UseBridges 1").endswith("UseBridges 1\n")
    with pytest.raises(TorRefused, match="ControlPort is set by chattor"):
        torrc.client(places, owner=1, extra="ControlPort 9051")


def test_bridges_logs_and_a_private_network_may_be_had(tmp_path: Path) -> None:
    torrc.refuse_ours("# ControlPort 9051\nUseBridges 1\nBridge 1.2.3.4:5\nLog info file /tmp/log\nUseEntryGuards 1\n")
    torrc.refuse_ours(PrivateNetwork(tmp_path / "network", vanilla=True).client_torrc)
