"""What tor tells without being asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chattor.transport.tor.events import Bootstrap, Descriptor, Event, Liveness, Reloaded, Skew, bootstrap, parse

ONION = "dawfr7xf" * 7


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (
            'STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=45 TAG=x SUMMARY="Asking for relay descriptors"',
            Bootstrap(percent=45, summary="Asking for relay descriptors"),
        ),
        (
            'STATUS_CLIENT WARN BOOTSTRAP PROGRESS=10 SUMMARY="Connecting" WARNING="No \\"route\\" to host" COUNT=1',
            Bootstrap(percent=10, summary="Connecting", warning='No "route" to host'),
        ),
        (f"HS_DESC UPLOADED {ONION} UNKNOWN $A~b", Descriptor(action="UPLOADED", onion=ONION, reason="")),
        (
            f"HS_DESC FAILED {ONION} NO_AUTH $A~b x REASON=NOT_FOUND",
            Descriptor(action="FAILED", onion=ONION, reason="NOT_FOUND"),
        ),
        ("NETWORK_LIVENESS UP", Liveness(up=True)),
        ("NETWORK_LIVENESS DOWN", Liveness(up=False)),
        ("STATUS_GENERAL WARN CLOCK_SKEW SKEW=-3600 SOURCE=OR:192.0.2.1:9001", Skew(seconds=-3600)),
        ("STATUS_GENERAL WARN CLOCK_SKEW MIN_SKEW=-90 SOURCE=CONSENSUS", Skew(seconds=-90)),
        ("STATUS_GENERAL WARN CLOCK_SKEW SKEW=much", None),
        ("STATUS_GENERAL WARN CLOCK_JUMPED TIME=3600", None),
        ("SIGNAL RELOAD", Reloaded()),
        ("SIGNAL NEWNYM", None),
        ("STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED", None),
        ("HS_DESC", None),
        ("", None),
    ],
)
def test_an_event_is_read(text: str, event: Event | None) -> None:
    assert parse(text) == event


def test_a_slow_bootstrap_says_why() -> None:
    assert bootstrap('PROGRESS=5 SUMMARY="Connecting" WARNING="Connection refused"').detail == (
        "Connecting (Connection refused)"
    )
    assert bootstrap("PROGRESS=nonsense").percent == 0


@settings(deadline=None)
@given(st.text())
def test_nothing_tor_says_breaks_us(text: str) -> None:
    for kind in ("", "STATUS_CLIENT NOTICE BOOTSTRAP ", "STATUS_GENERAL WARN CLOCK_SKEW ", "HS_DESC "):
        parse(kind + text)
