"""Byte streams between nodes: the Tor one, and the in-memory one of the simulator."""
