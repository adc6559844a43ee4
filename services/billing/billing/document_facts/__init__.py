"""What documents and exports are made of, loaded at once."""
