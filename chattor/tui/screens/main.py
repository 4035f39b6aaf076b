"""The main screen: header, sidebar, conversation, composer, footer. It lays out and routes; the view decides."""

from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Footer

from chattor.errors import ChattorError
from chattor.model.ids import FriendId
from chattor.text import safe_text
from chattor.tui import lines
from chattor.tui.bubbles import Look
from chattor.tui.commands import BY_NAME, COMMANDS, misuse, parse
from chattor.tui.drafts import Drafts
from chattor.tui.roster import ADD, REQUESTS, roster
from chattor.tui.sending import Sending
from chattor.tui.session import Session
from chattor.tui.shell import Shell, sentence, shell
from chattor.tui.state import Attended, Opened
from chattor.tui.view import View
from chattor.tui.widgets.composer import PASTE_MAX, Composer
from chattor.tui.widgets.conversation import Conversation
from chattor.tui.widgets.inked import OneLine
from chattor.tui.widgets.plain import Plain
from chattor.tui.widgets.rows import RowList

DRAFT_AFTER: Final = 0.6  # s without a key before a draft is saved
MINUTE: Final = 30.0  # s between looks at the clock, for "5 min ago"


class Main(Screen[None]):
    """Everything in one place.

    No binding has priority: a key is only looked at after those typed before it have reached the composer.
    """

    BINDINGS = [
        *(
            Binding(
                command.key, f"app.do('{command.name}')", command.short or command.title,
                id=command.name, show=bool(command.short),
            )
            for command in COMMANDS
            if command.key and command.name != "quit"  # the application's own key, everywhere
        ),
        Binding("escape", "back_out", "Back", show=False),
    ]  # fmt: skip

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._sending = Sending(session)
        self._drafts = Drafts()
        self._draft_timer: Timer | None = None
        self._complaint = ""
        self._reading: FriendId | None = None

    def compose(self) -> ComposeResult:
        """The layout."""
        with Horizontal(id="header"):
            yield OneLine(id="me")
            yield OneLine(id="peer")
        yield Plain("", id="banner")
        with Horizontal(id="panes"):
            yield RowList(id="roster")
            with Vertical(id="chat"):
                yield Conversation(self._look(View()), id="conversation")
                yield Plain("", id="notice")
                yield Composer(id="composer")
        yield Footer(show_command_palette=False, compact=True)

    @property
    def shell(self) -> Shell:
        """The application."""
        return shell(self)

    def on_mount(self) -> None:
        """Follow the view, the clock and the terminal's focus."""
        self.watch(self.shell, "view", self.on_view)
        self.watch(self.shell, "app_focus", self._attend, init=False)
        self.set_interval(MINUTE, lambda: self.on_view(self.shell.view))
        self.query_one("#roster").focus()

    def on_view(self, view: View) -> None:
        """Show it."""
        self.set_class(view.thread is not None, "-chat")
        self.query_one("#banner", Plain).say(lines.banner(view, hosting=self.shell.session.hosting))
        self._show_header(view)
        opened = self._bind_composer(view)
        self._show_roster(view, follow=opened)
        unread = view.open.unread if view.open else 0
        self.query_one(Conversation).show(view.thread, self._look(view), unread, lines.empty(view))
        self._show_notice()
        self._attend()
        self._read(view)

    def _look(self, view: View) -> Look:
        me = safe_text(view.identity.name, multiline=False) if view.identity else "you"
        friend = safe_text(view.open.name, multiline=False) if view.open else ""
        app = self.shell
        return Look(glyphs=app.glyphs, zone=app.options.zone, today=app.today(), me=me, friend=friend)

    def _show_header(self, view: View) -> None:
        app, narrow = self.shell, self.has_class("-narrow")
        self.query_one("#me", OneLine).show(*lines.me_line(view, app.glyphs))
        peer = lines.peer_line(view, app.glyphs, app.now(), app.options.zone, short=narrow)
        self.query_one("#peer", OneLine).show(*peer)

    def _show_roster(self, view: View, *, follow: bool) -> None:
        """The cursor is the user's while he is in the list; else it stands where he reads."""
        app, rows = self.shell, self.query_one("#roster", RowList)
        here = view.thread.friend if view.thread and (follow or not rows.has_focus) else None
        rows.show(roster(view, app.glyphs, app.now(), app.options.zone), here)

    def _show_notice(self) -> None:
        composer = self.query_one(Composer)
        said = lines.notice(self.shell.view, self.shell.glyphs, composer.size_in_bytes, self._complaint)
        self.query_one("#notice", Plain).say(said)

    # Reading

    def _attend(self) -> None:
        view = self.shell.view
        conversation = self.query_one(Conversation)
        attending = bool(
            self.app.app_focus
            and self.app.screen is self
            and view.thread
            and view.thread.loaded
            and conversation.at_end
        )
        if attending != view.attending:
            self.shell.session.tell(Attended(attending=attending))

    def _read(self, view: View) -> None:
        if view.must_read is None:
            self._reading = None
        elif view.must_read != self._reading:
            self._reading = view.must_read
            self.shell.attempt(self.shell.session.read(view.must_read))

    def on_conversation_reached(self) -> None:
        """The end came into sight or left it."""
        self._attend()

    def on_conversation_older_wanted(self) -> None:
        """The page before."""
        if thread := self.shell.view.thread:
            self.shell.attempt(self.shell.session.older(thread))

    def on_screen_resume(self) -> None:
        """A dialog was closed."""
        self._attend()

    def on_screen_suspend(self) -> None:
        """A dialog covers us."""
        self._attend()

    def on_resize(self) -> None:
        """Other words fit."""
        self.call_after_refresh(lambda: self.on_view(self.shell.view))

    # Going places

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """A friend, or what stands for an action."""
        if event.key in (REQUESTS, ADD):
            self.shell.run_command(BY_NAME[event.key])
        else:
            self.shell.open_chat(FriendId(event.key))
            self.set_focus(self.query_one(Composer))

    def action_back_out(self) -> None:
        """From writing to the list; where there is room for one pane only, to the list's pane."""
        if self.has_class("-narrow") and self.shell.view.thread:
            self.shell.apply([Opened(friend=None)])
        self.set_focus(self.query_one("#roster"))

    def action_scroll_history(self, by: int) -> None:
        """A page, wherever the focus is."""
        self.query_one(Conversation).action_scroll_page(by)

    # Writing

    def _bind_composer(self, view: View) -> bool:
        """The composer is for the open conversation; True if that is another one than before."""
        composer, friend = self.query_one(Composer), view.thread.friend if view.thread else None
        changed = friend != composer.friend
        composer.bind(friend, (self._drafts.known(friend) or "") if friend else "", lines.hint(view))
        if changed:
            self._complaint = ""
            self.save_drafts()
            if friend:
                self.set_focus(composer)
                if self._drafts.known(friend) is None:
                    self.shell.attempt(self._load_draft(friend))
        return changed

    async def _load_draft(self, friend: FriendId) -> None:
        text = await self.shell.session.api.draft(friend)
        if self._drafts.known(friend) is None or text:
            self.query_one(Composer).put_back(friend, text)
            self._drafts.loaded(friend, text)

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
            if not self.shell.view.lost:
                raise

    def on_composer_written(self, event: Composer.Written) -> None:
        """Keep it; the complaint about what stood there before goes."""
        self._complaint = ""
        self._drafts.write(event.friend, event.text)
        if self._draft_timer:
            self._draft_timer.stop()
        self._draft_timer = self.set_timer(DRAFT_AFTER, self.save_drafts)
        self._show_notice()

    def on_composer_paste_refused(self, event: Composer.PasteRefused) -> None:
        """Nothing was inserted."""
        self._complain(
            f"The paste has {event.length:,} characters; at most {PASTE_MAX:,} are taken. Nothing was inserted."
        )

    def on_composer_submitted(self, event: Composer.Submitted) -> None:
        """A command or a message; the composer is empty by now."""
        said = parse(event.text)
        self._drafts.write(event.friend, "")
        if isinstance(said, str):
            self._send(event.friend, event.text, said)
        elif wrong := misuse(said):
            self._give_back(event.friend, event.text)
            self._complain(f"{wrong} Nothing was sent; // at the start sends a slash.")
        else:
            self.save_drafts()
            self.shell.run_command(BY_NAME[said.word], said.argument)

    def _complain(self, words: str) -> None:
        self._complaint = safe_text(words, multiline=False)
        self._show_notice()

    def _give_back(self, friend: FriendId, written: str) -> None:
        self.query_one(Composer).put_back(friend, written)
        self._drafts.loaded(friend, written)

    def _send(self, friend: FriendId, written: str, text: str) -> None:
        def failed(error: ChattorError) -> None:
            self._give_back(friend, written)
            self._complain(sentence(error))

        self.shell.attempt(self._send_now(friend, text), failed)

    async def _send_now(self, friend: FriendId, text: str) -> None:
        await self._sending.send(friend, text)
        self.save_drafts()
