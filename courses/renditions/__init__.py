"""Renditions: one lesson, every format. All of them are made from one outline of the frozen text.

``markup``, ``stories`` and ``outline`` read a snapshot, ``kinds`` says what is made of it, the other modules each make a format.
"""
