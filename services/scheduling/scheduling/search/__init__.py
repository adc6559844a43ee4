"""Which sessions the words of a search stand for."""
