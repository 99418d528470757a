"""Owns people, union organisations, memberships and enrolment applications.

Emits ``membership.union.founded/changed``, ``membership.member.admitted``,
``membership.application.decided`` and ``membership.batch.applied``; hears nothing yet.
"""
