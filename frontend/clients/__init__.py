"""What the pages ask the gateway, one typed client for each service."""
