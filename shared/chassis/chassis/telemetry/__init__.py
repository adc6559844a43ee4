"""Logs without values, metrics, and traces that go on across messages."""
