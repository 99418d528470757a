"""Forms that keep what was typed: each a list of fields that knows where the API has them."""
