"""Somebody applies to join, corrects, hands in, withdraws."""
