"""The parts of `chattor.api` in process: each method is one handler in one transaction, nothing is decided here."""
