"""The catalog: what the network offers, under which code, for how long, and what it costs on which day."""
