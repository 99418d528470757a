"""What is one's own: applications, membership, card, data."""
