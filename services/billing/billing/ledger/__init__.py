"""Postings, what they settle, and the bill that a visit becomes; pure."""
