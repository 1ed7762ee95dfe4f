"""Publishers set up certifications; authors see what completing their course earns. Certificates stay out of the CMS."""

from django.db import migrations

GROUPS = {"author": ("view",), "publisher": ("add", "change", "view")}


def _permission(apps, act):
    """Return the permission, made here where Django makes it only after all migrations."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="certificates", model="certification"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=f"{act}_certification", defaults={"name": f"Can {act} certification"}
    )
    return permission


def grant(apps, schema_editor):
    for name, acts in GROUPS.items():
        for group in apps.get_model("auth", "Group").objects.filter(name=name):
            group.permissions.add(*(_permission(apps, act) for act in acts))


def withdraw(apps, schema_editor):
    for name, acts in GROUPS.items():
        for group in apps.get_model("auth", "Group").objects.filter(name=name):
            group.permissions.remove(*(_permission(apps, act) for act in acts))


class Migration(migrations.Migration):
    replaces = [("certificates", "0005_certification_permissions")]

    dependencies = [
        ("certificates", "0001_initial"),
        ("courses", "0002_editor_groups"),
    ]

    operations = [migrations.RunPython(grant, withdraw)]
