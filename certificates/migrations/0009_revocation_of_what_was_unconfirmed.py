from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0002_certification_permissions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='certificate',
            name='revocation_reason',
            field=models.CharField(blank=True, choices=[('error', 'Issued in error'), ('identity', 'Not the work of the person named'), ('withdrawn', 'The course was withdrawn'), ('request', "At the holder's request"), ('unconfirmed', 'The workplace took back what it had confirmed')], max_length=20),
        ),
    ]
