"""Log-in, renewal, switching the acting union, log-out."""
