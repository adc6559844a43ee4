"""Errors that somebody may put into the platform, each found by a test of the usual ones: `make mutants` tries them."""
