"""tor, supervised through stem."""
