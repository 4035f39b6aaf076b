"""The line-mode face, `chattor --plain [FRIEND]`: for screen readers, dumb terminals and slow links.

It says whole lines, each once, and moves nothing that was said. `commands` is the table of what can be typed, `talk`
does it, `news` tells what happens, `words` makes the lines, `lines` is the terminal, `app` leads from the passphrase to
the end. It sees only the Api.
"""
