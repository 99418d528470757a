"""Staff log in through a government identity provider, and link their accounts with it."""
