"""Who is here, what they do and who types, from the signs friends give (protocol §5): memory of a live node, never
stored.

Pure: signs and monotonic seconds in, sets of friend numbers out. A sign fades by itself.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from chattor.errors import BadInput
from chattor.model.activity import WORDS_MAX, Activity, Doing
from chattor.protocol.frames import Presence, Sign
from chattor.protocol.limits import PRESENCE_LASTS, TYPING_LASTS
from chattor.text import safe_text

_FADES: Final = {Sign.ONLINE: PRESENCE_LASTS, Sign.TYPING: TYPING_LASTS}
_BETWEEN: Final = ": "
_STATES: Final = {str(one): one for one in Doing}


def chosen(state: Doing | None, words: str) -> Activity | None:
    """An activity as it may be told; None for no state. Raises BadInput for words without one, and for too many."""
    clean = safe_text(words, multiline=False).strip()
    if clean and state is None:
        raise BadInput(f"words go with a state: {', '.join(Doing)}")
    if len(clean) > WORDS_MAX:
        raise BadInput(f"the words have {len(clean)} characters, {WORDS_MAX} are allowed")
    return None if state is None else Activity(state=state, words=clean)


def status(activity: Activity | None) -> str:
    """An activity as it travels."""
    if activity is None:
        return ""
    return f"{activity.state}{_BETWEEN}{activity.words}" if activity.words else str(activity.state)


def activity(status: str) -> Activity | None:
    """What a status says, fit to be shown; None if nothing we know."""
    name, _, words = status.partition(_BETWEEN)
    state = _STATES.get(name)
    if state is None:
        return None
    return Activity(state=state, words=safe_text(words, multiline=False, limit=WORDS_MAX).strip())


class Signs:
    """The last signs of everybody."""

    def __init__(self) -> None:
        self._until: dict[Sign, dict[int, float]] = {sign: {} for sign in _FADES}
        self._doing: dict[int, Activity] = {}

    @property
    def online(self) -> frozenset[int]:
        """Who is here."""
        return frozenset(self._until[Sign.ONLINE])

    @property
    def typing(self) -> frozenset[int]:
        """Who types."""
        return frozenset(self._until[Sign.TYPING])

    @property
    def activities(self) -> Mapping[int, Activity]:
        """What those who are here do, as far as they say."""
        return MappingProxyType(dict(self._doing))

    def heard(self, friend: int, sign: Presence, now: float) -> None:
        """Somebody gave a sign; one we do not know says nothing."""
        if sign.sign == Sign.STOPPED:
            self.stopped(friend)
        for known, lasts in _FADES.items():
            if sign.sign == known:
                self._until[known][friend] = now + lasts
        if sign.sign == Sign.ONLINE:
            self._does(friend, activity(sign.status))

    def stopped(self, friend: int) -> None:
        """Somebody types no longer."""
        self._until[Sign.TYPING].pop(friend, None)

    def gone(self, friend: int) -> None:
        """The link to somebody is over."""
        for until in self._until.values():
            until.pop(friend, None)
        self._does(friend, None)

    def fade(self, now: float) -> None:
        """Forget signs that are too old."""
        for sign, until in self._until.items():
            self._until[sign] = {friend: at for friend, at in until.items() if at > now}
        for friend in self._doing.keys() - self._until[Sign.ONLINE].keys():
            self._does(friend, None)

    def next(self) -> float | None:
        """When the next sign fades; None if there is none."""
        return min((at for until in self._until.values() for at in until.values()), default=None)

    def _does(self, friend: int, activity: Activity | None) -> None:
        if activity is None:
            self._doing.pop(friend, None)
        else:
            self._doing[friend] = activity
