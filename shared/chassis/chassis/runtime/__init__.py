"""One process of a service: its capabilities, its scheduled jobs, and their start and end."""
