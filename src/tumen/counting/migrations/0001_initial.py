import tumen.archive.sealed
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Definition',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('version', models.IntegerField(default=1)),
                ('change', models.BigIntegerField(db_index=True)),
                ('retracted', models.BooleanField(default=False)),
                ('title', tumen.archive.sealed.SealedField(editable=True, max_length=200, null=True, owner='id')),
                ('asks', models.TextField(help_text='text form of the table')),
                ('user', models.BigIntegerField(help_text='who saved it')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FreeText',
            fields=[
                ('token', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('user', models.BigIntegerField()),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ColumnSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('frame', models.CharField(max_length=40)),
                ('part', models.IntegerField()),
                ('data', models.BinaryField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('frame', 'part'), name='column_snapshot_once')],
            },
        ),
    ]
