"""One thread owns SQLCipher; SQL lives only here."""
