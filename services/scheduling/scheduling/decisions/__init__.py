"""What may be booked, and what must be loaded to decide it."""
