"""The identity service as people and other programs reach it."""
