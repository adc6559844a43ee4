"""What every capability knows of the provider: its address, its lifetimes, its ids, and how secrets are kept."""
