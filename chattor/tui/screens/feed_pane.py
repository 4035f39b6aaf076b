"""Where a channel is read, and written if it is ours: its posts, a notice, a composer. Drafts of posts are not kept."""

from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from chattor.errors import ChattorError
from chattor.model.channel import POST_MAX, Channel, Post
from chattor.model.ids import ChannelId
from chattor.text import safe_text
from chattor.tui import feed
from chattor.tui.bindings import bindings
from chattor.tui.commands import BY_NAME, misuse, parse
from chattor.tui.feed import FeedLook
from chattor.tui.ink import Pieces
from chattor.tui.keytable import Place
from chattor.tui.lines import counter
from chattor.tui.screens.offering import offering
from chattor.tui.shell import Shell, shell
from chattor.tui.view import Feed, View
from chattor.tui.widgets.composer import Composer
from chattor.tui.widgets.offered import Offered
from chattor.tui.widgets.plain import Plain
from chattor.tui.widgets.rows import Row, RowList
from chattor.words import sentence

EDGE: Final = 3  # cells left of the list, and of its scroll bar, whether there is one or not


class FeedPane(Vertical):
    """`show` binds it to the open channel."""

    BINDINGS = [*bindings(Place.POSTS)]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._feed: Feed | None = None
        self._shown: ChannelId | None = None
        self._made_from: tuple[Feed, Channel, FeedLook] | None = None
        self._made: list[Row] = []
        self._drawn: list[Row] | None = None
        self._complaint = ""

    def compose(self) -> ComposeResult:
        """Posts above the notice above the composer."""
        with Vertical(id="feed-frame"):
            yield RowList(id="posts", quiet=True)
        with Vertical(id="feed-desk"):  # of its own: its margins would narrow the posts
            yield Plain("", id="feed-notice")
            yield Offered()
            yield Composer(offering(self), id="post-composer")

    @property
    def shell(self) -> Shell:
        """The application."""
        return shell(self)

    @property
    def composer(self) -> Composer:
        """Where one writes."""
        return self.query_one(Composer)

    @property
    def posts(self) -> RowList:
        """What was posted."""
        return self.query_one("#posts", RowList)

    def show(self, view: View) -> None:
        """The open channel as it is now."""
        one = view.channel
        opened = one is not None and one.id != self._shown  # a new one is opened before it is known
        self._shown = one.id if one else None
        follows = opened or self.posts.cursor == next(reversed(self.posts.keys), None)
        self._feed = view.feed
        own = one.id if one and one.own else None
        self.composer.bind(own, "", f"Post in {feed.title(one)}" if one else "")
        self.composer.display = own is not None
        self.posts.say_when_empty(feed.empty(one) if view.feed and view.feed.loaded else ())
        rows = self._rows(view)
        if rows != self._drawn or opened:
            self._drawn = rows
            self.posts.show(rows, next((row.key for row in reversed(rows) if row.key), None) if follows else None)
            self.refresh_bindings()
        if opened:
            self._complaint = ""
            self.focus_first()
        self._show_notice()

    def focus_first(self) -> None:
        """To where one writes, or else to the posts."""
        self.screen.set_focus(self.composer if self.composer.display else self.posts)

    def _rows(self, view: View) -> list[Row]:
        """Made anew only if something of it changed: wrapping a hundred long posts costs more than a frame."""
        if view.feed is None or view.channel is None:
            return []
        app, cells = self.shell, max(1, self.size.width - EDGE)
        look = FeedLook(glyphs=app.glyphs, zone=app.options.zone, today=app.today(), cells=cells)
        shown = (view.feed, view.channel, look)
        if shown != self._made_from:
            self._made_from, self._made = shown, feed.rows(*shown)
        return self._made

    def _show_notice(self) -> None:
        view, glyphs = self.shell.view, self.shell.glyphs
        said: Pieces = feed.notice(view.channel, glyphs) if view.channel else ()
        if self._complaint:
            said = [(f"{glyphs.alarm} {self._complaint}", "bad")]
        counted = counter(self.composer.size_in_bytes, POST_MAX)
        self.query_one("#feed-notice", Plain).say([*said, *([("  ", "text")] if said and counted else ()), *counted])

    def on_resize(self, event: events.Resize) -> None:
        """Wrapped to another width."""
        del event
        self.show(self.shell.view)

    def action_copy(self) -> None:
        """The chosen post, as it is shown."""
        if post := self._chosen:
            self.shell.copy(safe_text(post.text or "", multiline=True), "The post")

    def action_take_back(self) -> None:
        """The chosen post."""
        self.shell.run_command(BY_NAME["retract"], self.posts.cursor or "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Something can be done with a chosen post that still has its text; taken back are only ours."""
        if action in ("copy", "take_back"):
            return self._chosen is not None and (action == "copy" or self.composer.display)
        return super().check_action(action, parameters)

    @property
    def _chosen(self) -> Post | None:
        """The post the cursor is on, while it is shown and there is a text."""
        posts = self._feed.posts if self._feed and self.posts.has_focus else ()
        return next((one for one in posts if one.id == self.posts.cursor and one.text is not None), None)

    def on_row_list_moved(self) -> None:
        """Another post, other keys."""
        self.refresh_bindings()

    # Writing

    def on_composer_written(self, event: Composer.Written) -> None:
        """The complaint about what stood there before goes."""
        event.stop()
        self._complaint = ""
        self._show_notice()

    def on_composer_paste_refused(self, event: Composer.PasteRefused) -> None:
        """Nothing was inserted."""
        event.stop()
        self._complain(event.words)

    def on_composer_select_wanted(self, event: Composer.SelectWanted) -> None:
        """To the posts."""
        event.stop()
        if self.posts.keys:
            self.screen.set_focus(self.posts)

    def on_composer_submitted(self, event: Composer.Submitted) -> None:
        """A command or a post; the composer is empty by now."""
        event.stop()
        said, channel = parse(event.text), ChannelId(event.to)
        if isinstance(said, str):
            self._publish(channel, said, event.text)
        elif wrong := misuse(said):
            self.composer.put_back(channel, event.text)
            self._complain(f"{wrong} Nothing was posted; // at the start posts a slash.")
        else:
            self.shell.run_command(BY_NAME[said.word], said.argument)

    def _publish(self, channel: ChannelId, text: str, written: str) -> None:
        def failed(error: ChattorError) -> None:
            self.composer.put_back(channel, written)
            self._complain(sentence(error))

        self.shell.attempt(self.shell.session.api.channels_publish(channel, text), failed)

    def _complain(self, words: str) -> None:
        self._complaint = safe_text(words, multiline=False)
        self._show_notice()
