"""What gateway and frontend share with the services: who is asking, problems, peers, logs."""
