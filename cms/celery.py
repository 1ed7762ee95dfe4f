"""The Celery application. Embedded: one process with a memory broker; production: Redis or RabbitMQ."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")

app = Celery("fieldfare")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
