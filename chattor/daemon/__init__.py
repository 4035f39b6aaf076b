"""The headless host of a node."""
