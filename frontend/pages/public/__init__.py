"""Pages for everybody: finding a union, a card checked, what happens to personal data."""
