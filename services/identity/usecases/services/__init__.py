"""What the other parts of the platform ask identity for."""
