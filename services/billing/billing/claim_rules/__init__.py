"""What a claim is made of, what speaks against it, and its 837P file; pure."""
