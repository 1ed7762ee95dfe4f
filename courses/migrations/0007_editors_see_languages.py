"""Editors see how fresh each text is in each language."""

from django.db import migrations

GROUPS = ("author", "localiser", "publisher")


def grant(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="translations", model="text"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename="view_text", defaults={"name": "Can view text"}
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(permission)


def take_back(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="translations", codename="view_text"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0006_draft_texts"),
        ("courses", "0004_editor_groups"),
        ("translations", "0001_texts_and_translations"),
    ]

    operations = [migrations.RunPython(grant, take_back)]
