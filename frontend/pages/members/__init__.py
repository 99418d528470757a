"""Members: finding and reading them."""
