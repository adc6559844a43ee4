"""How fast it is, next to what the machine could do at best; run with ``make bench``."""
