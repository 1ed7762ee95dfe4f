"""Who puts texts into other languages changes neither quizzes nor banks: pass marks, what is drawn, objectives."""

from django.db import migrations

MODELS = ("quiz", "questionbank")


def _localisers(apps):
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="assessments", codename__in=[f"change_{model}" for model in MODELS]
    )
    return apps.get_model("auth", "Group").objects.filter(name="localiser"), list(permissions)


def take_back(apps, schema_editor):
    groups, permissions = _localisers(apps)
    for group in groups:
        group.permissions.remove(*permissions)


def grant(apps, schema_editor):
    groups, permissions = _localisers(apps)
    for group in groups:
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [("courses", "0025_review_dates"), ("courses", "0002_editor_groups")]

    operations = [migrations.RunPython(take_back, grant)]
