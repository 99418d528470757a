"""Owns staff accounts, roles granted at a union, worker log-ins and sessions.

It emits nothing; it hears ``membership.union.founded``, ``.changed`` and ``.moved``.
"""
