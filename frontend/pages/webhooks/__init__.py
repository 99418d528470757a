"""Where clients are told of events, and what was sent to them."""
