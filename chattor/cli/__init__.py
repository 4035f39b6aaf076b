"""Verbs: one API call each, printed."""
