"""Random histories of a clinic: the real use cases on a real PostgreSQL, and a network that delivers whatever it likes."""
