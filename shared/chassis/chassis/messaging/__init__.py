"""The broker's topology, the outbox relay, the inbox consumers, and the lease that lets one process lead."""
