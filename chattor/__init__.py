"""chattor: peer-to-peer encrypted chat in the terminal. The version lives here and nothing else does."""

__version__ = "0.1.0"
