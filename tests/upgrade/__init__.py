"""The release before this one and this one together: what `make prove-upgrade` runs."""
