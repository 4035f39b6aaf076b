"""One emoji for a message: the usual ones at hand, any other by typing or pasting it."""

from typing import Final

from chattor.tui.modals.picker import Item, Picker

USUAL: Final = (
    ("👍", "thumbs up, yes"), ("❤️", "heart, love"), ("😂", "laughing, funny"), ("😮", "surprised, wow"),
    ("😢", "sad, crying"), ("🙏", "thanks, please"), ("🎉", "party, congratulations"), ("👎", "thumbs down, no"),
    ("👀", "eyes, looking"), ("✅", "done, check"), ("❓", "question"), ("🔥", "fire"),
)  # fmt: skip


class React(Picker):
    """The emoji; the one that is ours already takes it back."""

    def __init__(self, mine: str | None) -> None:
        items = [
            Item(key=emoji, text=f"{emoji}  {words}", right=[("take back", "muted")] if emoji == mine else ())
            for emoji, words in USUAL
        ]
        super().__init__("An emoji, or a word for one", items, cursor=mine)

    def other(self, written: str) -> str | None:
        """What fits no word is taken as it is; the node says whether it is an emoji."""
        return written or None
