"""Editors keep local parts and regions; a publisher approves."""

from django.db import migrations

GROUPS = {
    "author": {("courses", "overlay"): ("add", "change", "view"), ("cms", "region"): ("add", "change", "view")},
    "localiser": {("courses", "overlay"): ("add", "change", "view"), ("cms", "region"): ("view",)},
    "publisher": {
        ("courses", "overlay"): ("add", "change", "view", "approve"),
        ("cms", "region"): ("add", "change", "view"),
    },
}


def _permissions(apps, allowed):
    found = []
    for (label, model), acts in allowed.items():
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label=label, model=model
        )
        found += [
            apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type, codename=f"{act}_{model}", defaults={"name": f"Can {act} {model}"}
            )[0]
            for act in acts
        ]
    return found


def grant(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(*_permissions(apps, GROUPS[group.name]))


def take_back(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.remove(*_permissions(apps, GROUPS[group.name]))


class Migration(migrations.Migration):
    dependencies = [("courses", "0030_overlays"), ("cms", "0007_regions")]

    operations = [migrations.RunPython(grant, take_back)]
