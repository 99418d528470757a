"""Cards are shown and verified."""
