"""The site: settings, design system, content blocks, sector and resource pages, the directory of support services.

Knows nothing of learners. The bottom of the house: every other app may import it, and it names them only as strings.
"""

from cms.celery import app as celery_app

__all__ = ["celery_app"]
