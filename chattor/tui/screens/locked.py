"""Over everything while the node refuses its faces: nothing is shown until the passphrase was given."""

from chattor.tui.screens.unlock import Unlock
from chattor.tui.view import View


class LockedScreen(Unlock):
    """Goes by itself when the node lets us in again, wherever it was unlocked."""

    heading = "Locked: messages go on coming and going"

    def on_view(self, view: View) -> None:
        """Open again."""
        if not view.locked and self.is_current:
            self.dismiss()

    async def _unlock(self, passphrase: str) -> None:
        await self.shell.session.api.unlock(passphrase)
