"""Staff accounts and the roles granted to them."""
