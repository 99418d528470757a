"""What follows from what identity tells of API clients."""
