"""Editors keep the registry of claims."""

from django.db import migrations

GROUPS = {
    "author": ("add", "change", "view"),
    "localiser": ("view",),
    "publisher": ("add", "change", "view"),
}


def _permissions(apps, acts):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="courses", model="claim"
    )
    return [
        apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=f"{act}_claim", defaults={"name": f"Can {act} claim"}
        )[0]
        for act in acts
    ]


def grant(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(*_permissions(apps, GROUPS[group.name]))


def take_back(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.remove(*_permissions(apps, GROUPS[group.name]))


class Migration(migrations.Migration):
    dependencies = [("courses", "0018_claims"), ("courses", "0004_editor_groups")]

    operations = [migrations.RunPython(grant, take_back)]
