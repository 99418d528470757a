"""The membership tables as their first migration creates them, written out."""
