import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0020_counting_policies'),
    ]

    operations = [
        migrations.AlterField(
            model_name='previewrun',
            name='kind',
            field=models.CharField(choices=[('require', 'New assignment'), ('each', 'New assignments to people chosen one by one'), ('change', 'Assignment changed'), ('adopt', 'Rules followed'), ('counting', 'Counted another way'), ('withdraw', 'Assignment withdrawn')], max_length=10),
        ),
        migrations.AlterField(
            model_name='proposal',
            name='certification',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='certificates.certification'),
        ),
        migrations.AlterField(
            model_name='proposal',
            name='kind',
            field=models.CharField(choices=[('require', 'New assignment'), ('each', 'New assignments to people chosen one by one'), ('change', 'Assignment changed'), ('adopt', 'Rules followed'), ('counting', 'Counted another way'), ('withdraw', 'Assignment withdrawn')], max_length=10),
        ),
    ]
