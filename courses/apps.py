"""App configuration."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    """Courses."""

    name = "courses"
    verbose_name = "Courses"
