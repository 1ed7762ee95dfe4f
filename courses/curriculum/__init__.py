"""The shipped curriculum: reading its files, with file and line for everything that is wrong with them.

Plain Python: no database, no settings. Loading what was read into pages and banks is a service's work.
"""

from courses.curriculum.problems import CurriculumRejected, Place, Problem
from courses.curriculum.reader import read_curriculum

__all__ = ["CurriculumRejected", "Place", "Problem", "read_curriculum"]
