"""What the commands about the profile as a whole do: one method a command, named like it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from chattor.tui.command_group import CommandGroup
from chattor.tui.modals.passphrase import ChangePassphrase
from chattor.tui.modals.picker import Item, Picker
from chattor.tui.modals.profiles import Profiles
from chattor.tui.modals.save import SaveAs
from chattor.tui.modals.wipe import Wipe

FORMS: Final = {"md": "Markdown, to be read", "jsonl": "JSON lines, for programs"}
ALL: Final = "all"
HERE: Final = "here"
ROTATIONS: Final = {"onion": "The onion address", "identity": "The identity, and the address with it"}
_ONION: Final = (
    "You move to a new onion address. Friends are told and follow by themselves. The old address is answered for a "
    "month at least, and until they all have followed.\n\n"
    "Your friend code changes. Give the new one to whoever has the old one and is not your friend yet."
)
_IDENTITY: Final = (
    "You become a new identity at a new address. Friends are told and follow by themselves, and should compare the "
    "safety number again. The old address is answered for a month at least, and until they all have followed.\n\n"
    "Your channels begin anew, and your friend code changes. Do this when somebody may have your keys."
)


class ProfileCommands(CommandGroup):
    """About everything there is of one person on this machine."""

    def rotate(self, argument: str) -> None:
        """Another address, or another identity."""
        if argument:
            self._rotate(argument)
            return
        items = [Item(key=key, text=words) for key, words in ROTATIONS.items()]
        self._shell.push_screen(Picker("Change…", items), self._rotate)

    def _rotate(self, what: str | None) -> None:
        api = self._shell.session.api
        if what == "onion":
            self._confirm("Move to a new address?", _ONION, "Move", partial(self._rotated, api.rotate_onion))
        elif what == "identity":
            self._confirm(
                "Become a new identity?", _IDENTITY, "Become new", partial(self._rotated, api.rotate_identity)
            )
        elif what is not None:
            self._shell.notify("/rotate takes onion or identity.", severity="warning")

    async def _rotated(self, rotate: Callable[[], Awaitable[object]]) -> None:
        await rotate()
        await self._shell.session.identity()
        self._shell.notify("Done. Friends are told as soon as they can be reached; /me shows your new friend code.")

    def backup(self, argument: str) -> None:
        """Everything into one encrypted file."""
        text = (
            "Your keys, friends, conversations and channels in one encrypted file; the passphrase of now opens it. "
            "`chattor backup restore FILE` brings it back."
        )
        file = argument or self._suggested("backup")
        self._shell.push_screen(SaveAs("Back up", text, file, self._shell.session.api.backup_create))

    def export(self) -> None:
        """Conversations, to be read by anybody."""
        one = self._shell.view.open
        whose = {HERE: "This conversation", ALL: "All conversations"} if one else {ALL: "All conversations"}
        items = [
            Item(key=f"{which} {form}", text=f"{words} as {form_words}")
            for which, words in whose.items()
            for form, form_words in FORMS.items()
        ]
        self._shell.push_screen(Picker("Write down…", items), self._export)

    def _export(self, picked: str | None) -> None:
        if picked is None:
            return
        which, _, form = picked.partition(" ")
        one = self._shell.view.open
        friend = one.id if one and which == HERE else None

        async def write(file: str) -> None:
            await self._shell.gateway.export(file, form, friend)

        text = "The file is not encrypted: whoever has it can read it. Texts of limited time are left out."
        self._shell.push_screen(SaveAs("Write down conversations", text, self._suggested(form), write))

    def passphrase(self) -> None:
        """Another one."""
        self._shell.push_screen(ChangePassphrase())

    def profiles(self) -> None:
        """Which there are, and how to come to another."""
        self._shell.attempt(self._show_profiles())

    async def _show_profiles(self) -> None:
        gateway = self._shell.gateway
        self._shell.push_screen(Profiles(await gateway.profiles(), gateway.profile))

    def wipe(self) -> None:
        """The end of it all, once its name was typed."""

        def answered(sure: bool | None) -> None:
            if sure:
                self._shell.wipe()

        self._shell.push_screen(Wipe(self._shell.gateway.profile), answered)

    def _suggested(self, ending: str) -> str:
        return f"~/chattor-{self._shell.gateway.profile}-{self._shell.today():%Y-%m-%d}.{ending}"
