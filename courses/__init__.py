"""Courses: courses, editions, lessons and their renditions, learning events, progress, completions.

Leaves to others how long a completion stays valid.
"""
