"""What the people at the front desk see and do, proved in a browser."""
