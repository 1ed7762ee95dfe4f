"""Compliance: requirements, obligations and their spans, reminders, the portal for HR.

Leaves to others how a lesson works and what a certificate prints.
"""
