"""Questions to other services, which are answered at once or not at all, which services are present, and callers that wait."""
