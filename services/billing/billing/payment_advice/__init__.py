"""What an insurer's 835 file states, read and checked; pure."""
