"""Union organisations are founded, changed, found, and put on posters."""
