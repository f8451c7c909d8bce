"""The class's handwriting: digits that visitors give to a class set, kept in a database."""
