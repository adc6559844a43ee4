"""X12 interchanges: envelopes, elements, and files that are received; pure but for reading a request."""
