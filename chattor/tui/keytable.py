"""Every key that means something and can be given another meaning, by the name it is remapped by. Data only.

Commands and what can be done with a message come from their own tables; the rest stands here. The words are those of
docs/keys.md, `chattor keys` and the help.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from chattor.tui.actions import ACTIONS
from chattor.tui.commands import COMMANDS


class Place(StrEnum):
    """Where the focus must be; what stands for the whole window holds unless something nearer takes the key."""

    WINDOW = "Everywhere in the main window"
    WRITING = "Where you write"
    EDITING = "Editing what you write"
    MESSAGES = "Among the messages"
    POSTS = "Among the posts of a channel"
    LISTS = "In a list"
    REQUESTS = "In the friend requests"
    OUTBOX = "In the outbox"
    CODE = "Beside your friend code"


_IN_WINDOW: Final = (Place.WRITING, Place.EDITING, Place.MESSAGES, Place.POSTS, Place.LISTS)
TOGETHER: Final = frozenset(
    {frozenset((Place.WINDOW, place)) for place in _IN_WINDOW}
    | {frozenset((Place.LISTS, place)) for place in (Place.POSTS, Place.REQUESTS, Place.OUTBOX)}
    | {frozenset((Place.WRITING, Place.EDITING))}
)
"""Places whose keys are looked at in one go."""


class Key(Struct, frozen=True):
    """One meaning. `keys` are the default ones, in Textual's names; `action` is what Textual is to run."""

    id: str
    place: Place
    keys: str
    action: str
    title: str
    help: str = ""
    short: str = ""
    """The word in the footer; empty: not shown there."""
    yields: bool = False
    """May be hidden by whatever has the same key nearer to the focus."""

    @property
    def words(self) -> str:
        """What it does, and more about it."""
        return f"{self.title}: {self.help[:1].lower()}{self.help[1:]}" if self.help else self.title


_COMMANDS: Final = (
    Key(one.name, Place.WINDOW, one.key, f"app.do('{one.name}')", one.title, one.help, one.short) for one in COMMANDS
)
_ACTIONS: Final = (
    Key(f"message-{one.name}", Place.MESSAGES, one.key, f"act('{one.name}')", one.title, one.help, one.title)
    for one in ACTIONS
)
_WRITING: Final = (
    ("send", "enter", "submit", "Send", "", "Send"),
    ("newline", "ctrl+j,shift+enter,alt+enter,ctrl+enter", "newline", "New line", "", "New line"),
    ("cursor-up", "up", "cursor_up", "Up", "Choose a message, if nothing is written yet"),
    ("cursor-down", "down", "cursor_down", "Down"),
    ("write-choose", "", "choose", "Choose a message"),
    ("sent-before", "ctrl+up", "sent(-1)", "What was sent before, to send it again or change it"),
    ("sent-after", "ctrl+down", "sent(1)", "What was sent after that"),
    ("write-page-up", "pageup", "screen.scroll_history(-1)", "Scroll the conversation up"),
    ("write-page-down", "pagedown", "screen.scroll_history(1)", "Scroll the conversation down"),
)
_EDITING: Final = (
    ("cursor-left", "left", "cursor_left", "Character left"),
    ("cursor-right", "right", "cursor_right", "Character right"),
    ("word-left", "ctrl+left", "cursor_word_left", "Word left"),
    ("word-right", "ctrl+right", "cursor_word_right", "Word right"),
    ("line-start", "home,ctrl+a", "cursor_line_start", "Start of the line"),
    ("line-end", "end,ctrl+e", "cursor_line_end", "End of the line"),
    ("delete-left", "backspace", "delete_left", "Delete the character left"),
    ("delete-right", "delete,ctrl+d", "delete_right", "Delete the character right"),
    ("delete-word-left", "ctrl+w,ctrl+backspace,alt+backspace", "delete_word_left", "Delete the word left"),
    ("delete-word-right", "alt+delete", "delete_word_right", "Delete the word right"),
    ("delete-to-start", "ctrl+u,super+backspace", "delete_to_start_of_line", "Delete to the start of the line"),
    ("delete-to-end", "ctrl+shift+k", "delete_to_end_of_line_or_delete_line", "Delete to the end of the line"),
    ("cut", "ctrl+x,super+x", "cut", "Cut what is marked"),
    ("copy", "ctrl+c,super+c", "copy", "Copy what is marked"),
    ("paste", "ctrl+v", "paste", "Paste what was cut or copied here"),
    ("undo", "ctrl+z,super+z", "undo", "Undo"),
    ("redo", "ctrl+y,super+y", "redo", "Redo"),
    ("mark-line", "f6", "select_line", "Mark the line"),
    ("mark-all", "f7", "select_all", "Mark everything"),
)
_MESSAGES: Final = (
    ("message-above", "up,k", "choose(-1)", "Message above"),
    ("message-below", "down,j", "choose(1)", "Message below; under the last one, write"),
    ("message-leave", "escape", "leave", "Back to writing"),
    ("history-page-up", "pageup,ctrl+u", "scroll_page(-1)", "Page up"),
    ("history-page-down", "pagedown,ctrl+d", "scroll_page(1)", "Page down"),
    ("history-first", "home,g", "scroll_first", "Oldest message loaded"),
    ("history-last", "end,G", "scroll_last", "Newest message"),
)
_LISTS: Final = (
    ("list-up", "up,k", "move(-1)", "Up"),
    ("list-down", "down,j", "move(1)", "Down"),
    ("list-page-up", "pageup", "page(-1)", "Page up"),
    ("list-page-down", "pagedown", "page(1)", "Page down"),
    ("list-first", "home,g", "edge(0)", "First"),
    ("list-last", "end,G", "edge(-1)", "Last"),
    ("list-choose", "enter,space", "choose", "Choose"),
)
_DIALOGS: Final = (
    ("post-copy", Place.POSTS, "y", "copy", "Copy"),
    ("post-take-back", Place.POSTS, "d", "take_back", "Take back"),
    ("request-accept", Place.REQUESTS, "a", "answer('accept')", "Accept"),
    ("request-reject", Place.REQUESTS, "r", "answer('reject')", "Reject"),
    ("request-block", Place.REQUESTS, "b", "answer('block')", "Block"),
    ("request-cancel", Place.REQUESTS, "c", "answer('cancel')", "Cancel request"),
    ("outbox-retry", Place.OUTBOX, "r", "retry", "Try now"),
    ("outbox-cancel", Place.OUTBOX, "c", "cancel", "Cancel message"),
    ("code-copy", Place.CODE, "c", "copy", "Copy"),
)
KEYS: Final = (
    *_COMMANDS,
    Key("back-out", Place.WINDOW, "escape", "back_out", "Back", "Drop the reply, leave the line", yields=True),
    *(Key(row[0], Place.WRITING, *row[1:]) for row in _WRITING),
    *(Key(row[0], Place.EDITING, *row[1:]) for row in _EDITING),
    *(Key(row[0], Place.MESSAGES, *row[1:]) for row in _MESSAGES),
    *_ACTIONS,
    *(Key(row[0], Place.LISTS, *row[1:]) for row in _LISTS),
    *(Key(*row, short=row[-1]) for row in _DIALOGS),
)
BY_ID: Final = {key.id: key for key in KEYS}
