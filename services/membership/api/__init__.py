"""HTTP in and out of membership; no decisions."""
