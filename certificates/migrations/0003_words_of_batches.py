from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0002_serials_and_progress'),
    ]

    operations = [
        migrations.AlterField(
            model_name='issuebatch',
            name='state',
            field=models.CharField(choices=[('queued', 'about to begin'), ('running', 'under way'), ('done', 'done'), ('failed', 'failed')], default='queued', max_length=10, verbose_name='state'),
        ),
    ]
