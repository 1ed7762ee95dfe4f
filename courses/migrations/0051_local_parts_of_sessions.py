from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep which local parts were handed out in a session."""

    dependencies = [("courses", "0050_names_of_story_people")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="local_parts",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
    ]
