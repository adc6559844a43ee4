"""What the web front is given by the services, and what is shown of it."""
