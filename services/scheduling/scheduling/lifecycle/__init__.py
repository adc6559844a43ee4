"""What a session is, what can happen to it, and what is published of it; pure."""
