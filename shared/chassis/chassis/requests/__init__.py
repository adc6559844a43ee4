"""Questions to other services, which are answered at once or not at all, and which services are present."""
