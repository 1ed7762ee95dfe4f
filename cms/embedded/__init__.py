"""The embedded profile: web server, Celery worker and beat as threads of one process."""

from cms.embedded.background import Background

__all__ = ["Background"]
