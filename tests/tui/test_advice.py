"""What is advised when Tor is slow fits where it stands and what it says."""

import pytest

from chattor.model.status import TorPhase, TorStatus
from chattor.tui.advice import advice


@pytest.mark.parametrize(
    ("phase", "percent", "detail", "words"),
    [
        (TorPhase.BOOTSTRAPPING, 5, "Connecting to a relay (Clock skew -7200 in directory)", "set the date"),
        (TorPhase.BOOTSTRAPPING, 5, "Connecting to a relay (No route to host)", "no way to the network"),
        (TorPhase.BOOTSTRAPPING, 10, "Handshaking with a relay (Connection refused)", "a bridge gets through"),
        (TorPhase.BOOTSTRAPPING, 5, "Connecting to a relay", "reaches no relay"),
        (TorPhase.BOOTSTRAPPING, 45, "Requesting relay descriptors", "but slowly"),
        (TorPhase.PUBLISHING, 100, "Done", "your address is not known everywhere yet"),
    ],
)
def test_the_advice_fits(phase: TorPhase, percent: int, detail: str, words: str) -> None:
    said = advice(TorStatus(phase=phase, percent=percent, detail=detail))
    assert words in said
    assert said.endswith("`chattor paths` tells where the log is.")
