"""Seeded runs of whole worlds: everything that can go wrong does, and every promise holds."""
