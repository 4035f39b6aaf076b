"""How long a passphrase would hold: a rough count of guesses, in bits and in a word. Pure; nothing is looked up.

Counted from the kinds of characters and the length, where repeats and runs hardly count. It cannot know that a phrase
is famous, so it errs on the strict side. The key derivation (protocol §8) makes every guess cost a second more.
"""

from dataclasses import dataclass
from math import log2
from typing import Final

from chattor.model.passphrase import PASSPHRASE_MIN
from chattor.tui.ink import Ink

TOO_SHORT: Final = f"The passphrase needs at least {PASSPHRASE_MIN} characters; four words are good."
_CLASSES: Final = ((str.islower, 26), (str.isupper, 26), (str.isdigit, 10))
_OTHERS: Final = 32
_STEPS: Final[tuple[tuple[float, str, Ink], ...]] = (
    (28, "weak: a patient thief would find it", "bad"),
    (44, "fair: one more word makes it good", "warn"),
    (64, "good", "good"),
)
_BEST: Final[tuple[str, Ink]] = ("strong", "good")


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """`share` is 0.0 to 1.0, for a bar."""

    bits: float
    share: float
    words: str
    ink: Ink


def strength(passphrase: str) -> Strength:
    """Of what has been typed so far."""
    if len(passphrase) < PASSPHRASE_MIN:
        missing = PASSPHRASE_MIN - len(passphrase)
        words = f"{missing} more character{'s' * (missing > 1)} at least"
        return Strength(bits=0, share=len(passphrase) / PASSPHRASE_MIN / 4, words=words, ink="muted")
    bits = _bits(passphrase)
    words, ink = next(((words, ink) for limit, words, ink in _STEPS if bits < limit), _BEST)
    return Strength(bits=bits, share=min(1.0, bits / 80), words=words, ink=ink)


def _bits(passphrase: str) -> float:
    alphabet = sum(size for belongs, size in _CLASSES if any(map(belongs, passphrase)))
    if any(not char.isalnum() for char in passphrase):
        alphabet += _OTHERS
    if any(not char.isascii() for char in passphrase):
        alphabet += 100
    return _telling(passphrase) * log2(max(alphabet, 2))


def _telling(passphrase: str) -> float:
    """How many characters a guesser cannot take from the ones before: repeats and runs (abc, 321) count a quarter."""
    count = 1.0
    for at in range(1, len(passphrase)):
        step = ord(passphrase[at]) - ord(passphrase[at - 1])
        seen_before = passphrase[max(0, at - 1) : at + 1] in passphrase[:at]
        count += 0.25 if abs(step) <= 1 or seen_before else 1.0
    return count * 0.75 if passphrase.isalpha() and " " not in passphrase else count
