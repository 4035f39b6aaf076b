"""What a passphrase costs whoever guesses it. Apart from the keyfile: a window needs no ciphers to name it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one guess costs under Argon2id (RFC 9106); the defaults are §8's."""

    memory_kib: int = 256 * 1024
    passes: int = 3
    lanes: int = 4

    @property
    def bearable(self) -> bool:
        """Within what a keyfile may ask for: a swapped one can neither exhaust memory nor be silently weak."""
        memory = 64 * 1024 <= self.memory_kib <= 2 * 1024 * 1024
        return memory and 1 <= self.passes <= 16 and 1 <= self.lanes <= 8


STANDARD: Final = Cost()
