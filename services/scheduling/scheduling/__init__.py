"""Scheduling: sessions, therapists and clients, and the saga that books them."""
