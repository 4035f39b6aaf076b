"""One table family a file: rows in, values out. Called only inside a transaction."""
