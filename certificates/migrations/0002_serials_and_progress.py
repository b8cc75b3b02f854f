import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0001_initial'),
        ('certificates', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SerialCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stem', models.CharField(max_length=30, unique=True, verbose_name='stem')),
                ('last', models.PositiveIntegerField(default=0, verbose_name='last number given')),
            ],
            options={
                'verbose_name': 'counter of serial numbers',
                'verbose_name_plural': 'counters of serial numbers',
                'ordering': ['stem'],
            },
        ),
        migrations.AddField(
            model_name='certificate',
            name='collected_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='first downloaded by its holder'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='characters',
            field=models.TextField(blank=True, help_text='A batch shares one subset of the fonts; drawn with the same one, the page has the same bytes.', verbose_name='characters of its fonts'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='may_be_replaced',
            field=models.BooleanField(default=False, help_text='Tick this where the certificate only had a mistake; otherwise none is issued again.', verbose_name='a corrected one may be issued'),
        ),
        migrations.AddField(
            model_name='issuebatch',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='attempts'),
        ),
        migrations.AlterField(
            model_name='certificate',
            name='file',
            field=models.FileField(blank=True, max_length=200, upload_to='certificates/%Y/%m/', verbose_name='PDF'),
        ),
        migrations.AlterField(
            model_name='certificate',
            name='sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='fingerprint of the PDF'),
        ),
        migrations.CreateModel(
            name='SerialSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(help_text='Without spaces and dashes. Certificates already issued keep their numbers.', max_length=12, validators=[django.core.validators.RegexValidator('^[^\\s-]+$')], verbose_name='word in the serial number')),
                ('course', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='serial_series', to='catalogue.course', verbose_name='course')),
            ],
            options={
                'verbose_name': 'series of serial numbers',
                'verbose_name_plural': 'series of serial numbers',
                'ordering': ['course'],
            },
        ),
    ]
