"""Questions to rooms about requests, without holding anything."""
