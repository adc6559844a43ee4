"""How Holdfast's services speak once and safely; no word of any clinic in it."""
