"""Union organisations: tree, facts, posters."""
