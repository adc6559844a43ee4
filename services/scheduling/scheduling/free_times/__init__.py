"""When therapists, clients and the site are free at once."""
