"""Telling people who look elsewhere that something came.

`decide` says whether and in which words, `burst` keeps it to one for a burst, `spelling` has the sequences terminals
take, `tmux` asks whether it passes them on, `desktop` shows it there; `notifier` is the one shell around them. Docs:
docs/notifications.md.
"""
