"""The desk: what waits, what happened, what there is."""
