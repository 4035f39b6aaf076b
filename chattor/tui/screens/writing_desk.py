"""Where texts are written and handed over: the composer, the notice above it, drafts, and what a text is about."""

from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer

from chattor.errors import ChattorError
from chattor.model.ids import FriendId
from chattor.text import safe_text
from chattor.tui import lines
from chattor.tui.commands import BY_NAME, misuse, parse
from chattor.tui.drafts import Drafts
from chattor.tui.screens.offering import offering
from chattor.tui.sending import Sending
from chattor.tui.session import Session
from chattor.tui.shell import Shell, shell
from chattor.tui.view import View
from chattor.tui.widgets.composer import Composer
from chattor.tui.widgets.offered import Offered
from chattor.tui.widgets.plain import Plain
from chattor.tui.writing import About, Purpose, Writing
from chattor.words import sentence

DRAFT_AFTER: Final = 0.6  # s without a key before a draft is saved
TYPING_EVERY: Final = 1.0  # s


class WritingDesk(Vertical):
    """`show` binds it to the open conversation; whatever is written belongs to the friend it was begun for."""

    class SelectWanted(Message):
        """From the empty composer to the messages."""

    def __init__(self, session: Session, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._sending = Sending(session)
        self._drafts = Drafts()
        self._writing = Writing()
        self._draft_timer: Timer | None = None
        self._complaint = ""
        self._typed = 0.0
        """When it was last told that somebody types, monotonic."""

    def compose(self) -> ComposeResult:
        """The notice above the composer."""
        yield Plain("", id="notice")
        yield Offered()
        yield Composer(offering(self), id="composer")

    @property
    def shell(self) -> Shell:
        """The application."""
        return shell(self)

    @property
    def composer(self) -> Composer:
        """Where one types."""
        return self.query_one(Composer)

    @property
    def friend(self) -> FriendId | None:
        """For whom it is written."""
        return None if self.composer.to is None else FriendId(self.composer.to)

    def show(self, view: View) -> bool:
        """The composer is for the open conversation; True if that is another one than before."""
        composer, friend = self.composer, view.thread.friend if view.thread else None
        changed = friend != self.friend
        if view.locked:
            composer.forget()
        composer.bind(friend, (self._drafts.known(friend) or "") if friend else "", lines.hint(view))
        composer.display = friend is not None
        if changed:
            self._complaint = ""
            self.save_drafts()
            if friend:
                self.screen.set_focus(composer)
                if self._drafts.known(friend) is None:
                    self.shell.attempt(self._load_draft(friend))
        self._show_notice()
        return changed

    def write_about(self, about: About) -> None:
        """The text that is written answers a message, or replaces it."""
        friend, composer = about.message.friend, self.composer
        if self.friend == friend:
            composer.replace_by(friend, self._writing.begin(about, composer.text))
            self._complaint = ""
            self._show_notice()
            self.screen.set_focus(composer)

    def drop_about(self) -> bool:
        """The text is a message like any other again; False if it was."""
        composer, friend = self.composer, self.friend
        if friend is None or self._writing.about(friend) is None:
            return False
        composer.replace_by(friend, self._writing.drop(friend, composer.text))
        self._show_notice()
        return True

    def _show_notice(self) -> None:
        composer = self.composer
        about = self._writing.about(self.friend)
        said = lines.notice(self.shell.view, self.shell.glyphs, composer.size_in_bytes, self._complaint, about)
        self.query_one("#notice", Plain).say(said)

    # Drafts

    async def _load_draft(self, friend: FriendId) -> None:
        text = await self.shell.session.api.draft(friend)
        if self._drafts.known(friend) is None or text:
            self.composer.put_back(friend, text)
            self._drafts.loaded(friend, text)

    def keep(self, friend: FriendId, text: str) -> None:
        """A draft for somebody who is not open any more."""
        self._drafts.write(friend, text)
        self.save_drafts()

    def save_drafts(self) -> None:
        """Now, without waiting."""
        for friend, text in self._drafts.take_unsaved().items():
            self.shell.attempt(self._save_draft(friend, text))

    async def put_away(self) -> None:
        """Before leaving: whatever is unsaved is saved."""
        for friend, text in self._drafts.take_unsaved().items():
            await self._save_draft(friend, text)

    async def _save_draft(self, friend: FriendId, text: str) -> None:
        try:
            await self.shell.session.api.draft(friend, text)
        except ChattorError:
            self._drafts.unsaved(friend)
            if not (self.shell.view.lost or self.shell.view.locked):
                raise

    def on_composer_written(self, event: Composer.Written) -> None:
        """Keep it, unless it replaces a message; the complaint about what stood there before goes."""
        self._complaint = ""
        friend = FriendId(event.to)
        about = self._writing.about(friend)
        if about is None or about.purpose is not Purpose.EDIT:
            self._drafts.write(friend, event.text)
        if self._draft_timer:
            self._draft_timer.stop()
        self._draft_timer = self.set_timer(DRAFT_AFTER, self.save_drafts)
        self._tell_typing(friend, bool(event.text.strip()))
        self._show_notice()

    def _tell_typing(self, friend: FriendId, active: bool) -> None:
        """Once a second is enough for the node, which decides whether the friend hears of it at all."""
        now = self.shell.options.clock.monotonic()
        if active and now - self._typed < TYPING_EVERY:
            return
        self._typed = now if active else 0.0
        if not self.shell.view.lost:
            self.shell.attempt(self.shell.session.api.typing(friend, active))

    def on_composer_paste_refused(self, event: Composer.PasteRefused) -> None:
        """Nothing was inserted."""
        self._complain(event.words)

    def on_composer_select_wanted(self) -> None:
        """To the messages."""
        self.post_message(self.SelectWanted())

    # Handing over

    def on_composer_submitted(self, event: Composer.Submitted) -> None:
        """A command or a text; the composer is empty by now."""
        said, friend = parse(event.text), FriendId(event.to)
        about = self._writing.about(friend)
        if about and about.purpose is Purpose.EDIT:
            self._hand_over(friend, event.text, said if isinstance(said, str) else event.text)
        elif isinstance(said, str):
            self._drafts.write(friend, "")
            self._hand_over(friend, event.text, said)
        elif wrong := misuse(said):
            self._give_back(friend, event.text, None)
            self._complain(f"{wrong} Nothing was sent; // at the start sends a slash.")
        else:
            self._drafts.write(friend, "")
            self.save_drafts()
            self.shell.run_command(BY_NAME[said.word], said.argument)

    def _hand_over(self, friend: FriendId, written: str, text: str) -> None:
        about, shown = self._writing.take(friend)
        self.composer.replace_by(friend, shown)
        self._show_notice()

        def failed(error: ChattorError) -> None:
            self._give_back(friend, written, about)
            self._complain(sentence(error))

        self.shell.attempt(self._send(friend, text, about), failed)

    async def _send(self, friend: FriendId, text: str, about: About | None) -> None:
        if about and about.purpose is Purpose.EDIT:
            await self.shell.session.api.edit(about.message.id, text)
        else:
            await self._sending.send(friend, text, about.message.id if about else None)
            await self._come_back(friend)
        self.save_drafts()

    async def _come_back(self, friend: FriendId) -> None:
        """Whoever writes wants to see it: from the past to the end."""
        thread = self.shell.view.thread
        if thread and thread.friend == friend and thread.detached:
            await self.shell.session.newest(friend, 0)

    def _give_back(self, friend: FriendId, written: str, about: About | None) -> None:
        if about is not None and self.friend == friend:
            self._writing.begin(about, self.composer.text)
        self.composer.put_back(friend, written)
        if about is None or about.purpose is not Purpose.EDIT:
            self._drafts.loaded(friend, written)

    def _complain(self, words: str) -> None:
        self._complaint = safe_text(words, multiline=False)
        self._show_notice()
