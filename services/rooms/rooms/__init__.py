"""Sites and rooms: who gets which room when, and what would do instead."""
