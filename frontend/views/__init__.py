"""What a page shows, worked out before the template sees it."""
