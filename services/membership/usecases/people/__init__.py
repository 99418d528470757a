"""Personal data is shown for a purpose."""
