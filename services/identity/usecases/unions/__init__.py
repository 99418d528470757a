"""What membership tells about unions."""
