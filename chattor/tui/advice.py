"""What to try when Tor does not get further, by where it stands and what it says itself. Pure."""

from typing import Final

from chattor.model.status import TorPhase, TorStatus

REACHED: Final = 14  # per cent from which on tor has spoken to a relay; below it, it has not
LOG: Final = "`chattor paths` tells where the log is."
FAILED: Final = f"What you write is kept and goes out once Tor runs again. {LOG}"
_BRIDGE: Final = "Where Tor is blocked, a bridge gets through: its line goes in the setting tor.bridges."
_SAID: Final = (
    (("clock", "skew"), "Tor finds the clock wrong: set the date, the time and the zone right."),
    (("no route", "unreachable", "network is down"), "There is no way to the network: is it up, is a cable loose?"),
    (("refused", "reset", "timed out", "timeout"), f"Something on the way turns Tor away. {_BRIDGE}"),
)


def advice(tor: TorStatus) -> str:
    """One or two sentences for whoever waits too long."""
    said = tor.detail.lower()
    for signs, words in _SAID:
        if any(sign in said for sign in signs):
            return f"{words} {LOG}"
    if tor.phase is TorPhase.PUBLISHING:
        return f"Tor is up; your address is not known everywhere yet. Friends can be reached before that. {LOG}"
    if tor.percent < REACHED:
        return f"Tor reaches no relay: check that the network is up and the clock is right. {_BRIDGE} {LOG}"
    return f"Tor reaches relays, but slowly: a busy or weak network. It goes on by itself. {LOG}"
