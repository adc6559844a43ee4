"""The bases of bodies and answers, and plain sentences for what is wrong with a value."""
