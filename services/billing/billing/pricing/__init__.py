"""What a visit costs and who owes it; pure."""
