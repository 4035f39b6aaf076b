"""Links over streams: the pool decides purely, the shell obeys."""
