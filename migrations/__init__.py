"""The histories of the schemas, one folder a service."""
