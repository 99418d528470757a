"""Outside parties: whoever delivers text messages."""
