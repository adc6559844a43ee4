"""What tests of several services together use: a clinic over HTTP, the platform of processes, the books of all services."""
