import django.db.models.deletion
import tumen.archive.sealed
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Chosen',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('version', models.IntegerField(default=1)),
                ('change', models.BigIntegerField(db_index=True)),
                ('retracted', models.BooleanField(default=False)),
                ('cluster', models.BigIntegerField(db_index=True)),
                ('field', models.CharField(max_length=60)),
                ('rule', models.CharField(blank=True, default='', max_length=40)),
                ('record', models.BigIntegerField(blank=True, null=True)),
                ('reason', tumen.archive.sealed.SealedField(editable=True, null=True, owner='id')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('version', models.IntegerField(default=1)),
                ('change', models.BigIntegerField(db_index=True)),
                ('retracted', models.BooleanField(default=False)),
                ('a', models.BigIntegerField(db_index=True)),
                ('b', models.BigIntegerField(db_index=True)),
                ('answer', models.CharField(choices=[('same', 'Same'), ('different', 'Different'), ('unsure', 'Unsure')], max_length=10)),
                ('reason', tumen.archive.sealed.SealedField(editable=True, null=True, owner='id')),
                ('reviewer', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('version', models.IntegerField(default=1)),
                ('change', models.BigIntegerField(db_index=True)),
                ('retracted', models.BooleanField(default=False)),
                ('label', models.CharField(max_length=200)),
                ('model', models.CharField(default='judgements', max_length=80)),
                ('up_to', models.BigIntegerField(help_text='the newest change it has seen')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Redirect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old', models.BigIntegerField(db_index=True)),
                ('new', models.BigIntegerField()),
                ('run', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='linking.run')),
            ],
        ),
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.BigIntegerField()),
                ('cluster', models.BigIntegerField()),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='linking.run')),
            ],
            options={
                'indexes': [models.Index(fields=['run', 'cluster'], name='resolution_cluster')],
                'constraints': [models.UniqueConstraint(fields=('run', 'record'), name='resolution_once')],
            },
        ),
    ]
