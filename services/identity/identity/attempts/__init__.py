"""How often somebody failed to prove who they are, and until when nothing more is tried."""
