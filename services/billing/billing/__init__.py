"""Billing: what a session costs, who owes it, and what became of the money."""
