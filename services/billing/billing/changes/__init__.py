"""Who changed what of what prices and claims are made of, kept beside each change."""
