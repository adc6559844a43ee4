"""Browsers that somebody is signed in with: begun after each sign-in under a new secret, listed, and ended."""
