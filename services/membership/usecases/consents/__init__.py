"""Consents are given, withdrawn, and their texts published."""
