"""The main screen: header, sidebar, conversation, composer, footer. It lays out and routes; the view decides."""

from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from chattor.errors import EditorFailed
from chattor.model.ids import ChannelId, FriendId, MessageId, PostId
from chattor.text import safe_text
from chattor.tui import external_editor, feed, lines
from chattor.tui.bindings import bindings
from chattor.tui.bubbles import Look
from chattor.tui.commands import BY_NAME
from chattor.tui.here import is_bound
from chattor.tui.keytable import Place
from chattor.tui.roster import ADD, REQUESTS, roster
from chattor.tui.screens.feed_pane import FeedPane
from chattor.tui.screens.writing_desk import WritingDesk
from chattor.tui.session import Session
from chattor.tui.shell import Shell, shell
from chattor.tui.updates import Attended, Opened
from chattor.tui.view import View
from chattor.tui.widgets.composer import PASTE_MAX
from chattor.tui.widgets.conversation import Conversation
from chattor.tui.widgets.inked import OneLine
from chattor.tui.widgets.keybar import KeyBar
from chattor.tui.widgets.plain import Plain
from chattor.tui.widgets.rows import RowList

NARROW: Final = 60  # columns; with fewer there is room for one thing only
MINUTE: Final = 30.0  # s between looks at the clock, for "5 min ago"


class Main(Screen[None]):
    """Everything in one place.

    No binding has priority: a key is only looked at after those typed before it have reached the composer.
    """

    BINDINGS = [one for one in bindings(Place.WINDOW) if one.id != "quit"]  # that is the application's own, everywhere

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._reading: tuple[FriendId | ChannelId | None, MessageId | PostId | None] = (None, None)
        """Whose messages are being marked as read, and the newest of them."""

    def compose(self) -> ComposeResult:
        """The layout."""
        with Horizontal(id="header"):
            yield OneLine(id="me")
            yield OneLine(id="peer")
        yield Plain("", id="banner")
        with Horizontal(id="panes"):
            yield RowList(id="roster")
            with Vertical(id="chat"):
                yield Conversation(self._look(View()), self.shell.now, id="conversation")
                yield WritingDesk(self._session, id="desk")
            yield FeedPane(id="feed")
        yield KeyBar()

    @property
    def shell(self) -> Shell:
        """The application."""
        return shell(self)

    @property
    def desk(self) -> WritingDesk:
        """Where one writes."""
        return self.query_one(WritingDesk)

    def on_mount(self) -> None:
        """Follow the view, the clock and the terminal's focus."""
        self.watch(self.shell, "view", self.on_view)
        self.watch(self.shell, "app_focus", self._attend, init=False)
        self.watch(self.shell, "away", self._attend, init=False)
        self.set_interval(MINUTE, lambda: self.on_view(self.shell.view))
        self.query_one("#roster").focus()

    def on_view(self, view: View) -> None:
        """Show it."""
        self._arrange(view)
        now, zone, hosting = self.shell.now(), self.shell.options.zone, self.shell.session.hosting
        banner = lines.banner(view, self.shell.keymap, now, zone, hosting=hosting)
        self.query_one("#banner", Plain).say(banner)
        self._show_header(view)
        opened = self.desk.show(view)
        self.query_one(FeedPane).show(view)
        self._show_roster(view, follow=opened)
        unread = view.open.unread if view.open else 0
        self.query_one(Conversation).show(view.thread, self._look(view), unread, lines.empty(view, self.shell.keymap))
        self._attend()
        self._read(view)

    def _arrange(self, view: View) -> None:
        """One thing at a time where it is narrow. Not by a class of the screen, which would style all of it anew."""
        inside, wide = view.here is not None, not self._is_narrow
        for name in ("me", "roster"):
            self.query_one(f"#{name}").display = wide or not inside
        self.query_one("#peer").display = wide or inside
        self.query_one("#chat").display = view.feed is None and (wide or inside)
        self.query_one("#feed").display = view.feed is not None

    @property
    def _is_narrow(self) -> bool:
        return self.app.size.width < NARROW

    def _look(self, view: View) -> Look:
        me = safe_text(view.identity.name, multiline=False) if view.identity else "you"
        friend = safe_text(view.open.name, multiline=False) if view.open else ""
        app = self.shell
        return Look(glyphs=app.glyphs, zone=app.options.zone, today=app.today(), me=me, friend=friend)

    def _show_header(self, view: View) -> None:
        app, width = self.shell, next((name for name in lines.NAME_CELLS if self.has_class(name)), "-normal")
        self.query_one("#me", OneLine).show(*lines.me_line(view, app.glyphs))
        peer = lines.peer_line(view, app.glyphs, app.now(), app.options.zone, width=width)
        if one := view.channel:
            peer = (feed.header(one, app.glyphs), peer[1])
        self.query_one("#peer", OneLine).show(*peer)

    def _show_roster(self, view: View, *, follow: bool) -> None:
        """The cursor is the user's while he is in the list; else it stands where he reads, at first on a friend."""
        app, rows = self.shell, self.query_one("#roster", RowList)
        shown = roster(view, app.glyphs, app.now(), app.options.zone)
        cursor = view.here if follow or not rows.has_focus else None
        if cursor is None and rows.cursor in (None, ADD) and view.listed:
            cursor = view.listed[0].id
        rows.show(shown, cursor)

    # Reading

    @property
    def _is_looked_at(self) -> bool:
        return self.app.app_focus and not self.shell.away and self.app.screen is self

    def _attend(self) -> None:
        view = self.shell.view
        at_end = view.thread and view.thread.loaded and self.query_one(Conversation).at_end
        read = view.feed and view.feed.loaded
        attending = bool(self._is_looked_at and (at_end or read))
        if attending != view.attending:
            self.shell.session.tell(Attended(attending=attending))

    def _read(self, view: View) -> None:
        """Again for whatever is newer: a mark may be told in one bundle with what came after it."""
        shown = view.thread.messages if view.thread else view.feed.posts if view.feed else ()
        wanted = view.must_read or view.must_read_channel
        seen = (wanted, shown[-1].id if wanted and shown else None)
        if seen == self._reading:
            return
        self._reading = seen
        if view.must_read:
            self.shell.attempt(self.shell.session.read(view.must_read))
        elif view.must_read_channel:
            self.shell.attempt(self.shell.session.api.channels_read(view.must_read_channel))

    def on_conversation_reached(self) -> None:
        """The end came into sight or left it."""
        self._attend()

    def on_conversation_older_wanted(self) -> None:
        """The page before."""
        if thread := self.shell.view.thread:
            self.shell.attempt(self.shell.session.older(thread))

    def on_conversation_newer_wanted(self, event: Conversation.NewerWanted) -> None:
        """The page after, or the end of it all."""
        thread = self.shell.view.thread
        if thread and event.all:
            self.shell.attempt(self.shell.session.newest(thread.friend, 0))
        elif thread:
            self.shell.attempt(self.shell.session.newer(thread))

    def on_screen_resume(self) -> None:
        """A dialog was closed."""
        self._attend()

    def on_screen_suspend(self) -> None:
        """A dialog covers us."""
        self._attend()

    def on_resize(self) -> None:
        """Other words fit, and more or fewer things; where one pane is shown at a time, the keys go to that one."""
        self._arrange(self.shell.view)
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        self.on_view(self.shell.view)
        if self.focused is None:
            if self.shell.view.here:
                self.focus_writing()
            else:
                self.query_one("#roster").focus()

    # Going places

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """A friend, a channel, or what stands for an action; or a post, which has actions of its own."""
        if event.control.id != "roster":
            return
        if event.key in (REQUESTS, ADD):
            self.shell.run_command(BY_NAME[event.key])
        elif any(one.id == event.key for one in self.shell.view.channels):
            self.shell.open_feed(ChannelId(event.key))
        else:
            self.shell.open_chat(FriendId(event.key))

    def focus_writing(self) -> None:
        """To where one writes in what is open; to the posts of a channel that is another's."""
        if self.shell.view.feed:
            self.query_one(FeedPane).focus_first()
        else:
            self.set_focus(self.desk.composer)

    def action_back_out(self) -> None:
        """What a text is about is dropped first; then from writing to the list, or to the list's pane."""
        if self.focused is self.desk.composer and self.desk.drop_about():
            return
        if self._is_narrow and self.shell.view.here:
            self.shell.apply([Opened(friend=None)])
        self.set_focus(self.query_one("#roster"))

    def on_key(self, event: events.Key) -> None:
        """A letter that means nothing where it is typed begins a text: else the space after it opened the list's next,
        and the rest of the sentence would be sent without its beginning."""
        composer, letter = self._place.composer, event.character or ""
        types = event.is_printable and not letter.isspace() and not event.key.startswith(("alt+", "ctrl+"))
        if composer.to and types and not is_bound(self, event.key):
            event.stop()
            self.set_focus(composer)
            composer.move_cursor(composer.document.end)
            composer.insert(letter)

    @property
    def _place(self) -> FeedPane | WritingDesk:
        """Where one writes in what is open."""
        return self.query_one(FeedPane) if self.shell.view.feed else self.desk

    def write_outside(self) -> None:
        """To the user's editor and back, from the composer in sight."""
        place = self._place
        if place.composer.to and not self.shell.away:
            self.shell.attempt(self._write_outside(place))

    async def _write_outside(self, place: FeedPane | WritingDesk) -> None:
        """The composer may be another's when the editor ends: the node may have been locked meanwhile."""
        composer, to, begun = place.composer, place.composer.to, place.composer.text
        scratch = self.shell.options.scratch
        if to is None or scratch is None:
            raise EditorFailed("there is no place for its file")
        words = external_editor.editor(self.shell.options.environment)
        written = await self.shell.lend(lambda: external_editor.write(begun, words, scratch))
        if len(written) > PASTE_MAX:
            self.shell.notify(f"At most {PASTE_MAX:,} characters were taken over.", severity="warning")
        if not composer.rewrite(to, written[:PASTE_MAX]):
            self.desk.keep(FriendId(to), written[:PASTE_MAX])

    def on_writing_desk_select_wanted(self) -> None:
        """To the messages, if there are any."""
        thread = self.shell.view.thread
        if thread and thread.messages:
            self.set_focus(self.query_one(Conversation))

    def on_conversation_left(self) -> None:
        """Back to where one writes."""
        self.set_focus(self.desk.composer)

    def on_conversation_acted(self, event: Conversation.Acted) -> None:
        """What the table of actions offers."""
        from chattor.tui.message_handlers import MessageHandlers

        handler = getattr(MessageHandlers(self.shell, self.desk), event.name)
        handler(event.message)

    def action_scroll_history(self, by: int) -> None:
        """A page, wherever the focus is."""
        if self.shell.view.feed:
            self.query_one(FeedPane).posts.action_page(by)
        else:
            self.query_one(Conversation).action_scroll_page(by)
