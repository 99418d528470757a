"""What other systems send."""
