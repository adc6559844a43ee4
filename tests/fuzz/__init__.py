"""Requests by chance against what the services describe of themselves, sent and judged by a program from outside: schemathesis."""
