"""Applications to join: queue, decision, counter."""
