from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('learning', '0002_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='material',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='taken back at'),
        ),
    ]
