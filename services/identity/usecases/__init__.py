"""What identity does, one use case to a file."""
