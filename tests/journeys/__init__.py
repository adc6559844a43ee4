"""What people and other systems do with the whole platform, through the front alone."""
