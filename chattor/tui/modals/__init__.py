"""Dialogs above a screen. Each returns one value and can always be left with Esc."""
