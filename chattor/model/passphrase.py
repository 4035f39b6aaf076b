"""What a new passphrase has to be, for whoever asks for one and whoever seals with it."""

from typing import Final

PASSPHRASE_MIN: Final = 8
"""Characters."""
