"""Workbooks in and out: the engine. It reads and writes files and knows what a column is, and nothing of models.

Apps register their kinds (``kinds``); ``people.services.imports`` carries a file from its arrival to its end.
"""
