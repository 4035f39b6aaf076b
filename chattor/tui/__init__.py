"""The Textual face.

Where to look: `app` leads through `screens`, which are made of `widgets`; `modals` ask. `shell` is what all of them may
ask of the application. What the user can do stands in `commands` and is done in `command_handlers`, which load with the
first of them; to a conversation or a channel leads `navigation`; what can be done with one message stands in `actions`
and is done in `message_handlers`. `session` speaks to the node; what it learns goes through
`state.reduce` into a new `view`, and `thread` is the open conversation in it. Drawing is pure: `roster`, `lines` and
`bubbles` (with `flow`, `wrap`, `selecting`) make rows of `ink` from a view, in the signs of `glyphs` and the words of
`words` and `when`; `palette` and `theme` give the colours.
"""
