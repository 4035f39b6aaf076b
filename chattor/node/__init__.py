"""One running core: handlers, store and net wired to the Api."""
