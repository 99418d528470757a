"""Workers, known by a verified phone."""
