"""Assessments: question banks, quizzes, papers drawn from banks, attempts and answers, grading.

Leaves to others why a quiz is taken.
"""
