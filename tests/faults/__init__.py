"""What becomes of bookings when a part of the platform is away, killed, frozen or fed with what it cannot read."""
