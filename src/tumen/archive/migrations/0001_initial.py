import django.db.models.deletion
import tumen.archive.sealed
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('why', models.TextField(default='', help_text="the reason, when it is the program's own sentence")),
                ('owner', models.BigIntegerField(help_text='whose key seals `said`: an id of its own', null=True)),
                ('said', tumen.archive.sealed.SealedField(editable=True, help_text='the reason, when a person typed it', null=True, owner='owner')),
                ('actor', models.BigIntegerField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('dropping', 'Dropping'), ('dropped', 'Dropped')], db_index=True, default='open', max_length=8)),
                ('opened', models.DateTimeField()),
                ('ended', models.DateTimeField(null=True)),
                ('closed_seq', models.BigIntegerField(help_text='the change that closed it: its place in time', null=True)),
                ('undoes', models.BigIntegerField(help_text='the batch this one reverses', null=True)),
                ('cursor', models.TextField(default='', help_text='how far the work got, for a resume after a crash')),
                ('marked', models.BigIntegerField(default=0, help_text='the change that wrote `cursor`; a resume takes back more')),
            ],
        ),
        migrations.CreateModel(
            name='Identifier',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('version', models.IntegerField(default=1)),
                ('change', models.BigIntegerField(db_index=True)),
                ('retracted', models.BooleanField(default=False)),
                ('record', models.BigIntegerField(db_index=True)),
                ('scheme', models.CharField(help_text='which list or system gives it', max_length=60)),
                ('value', tumen.archive.sealed.SealedField(editable=True, null=True, owner='record')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('params', models.JSONField(default=dict)),
                ('actor', models.BigIntegerField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('stopped', 'Stopped')], db_index=True, default='waiting', max_length=8)),
                ('done', models.BigIntegerField(default=0)),
                ('total', models.BigIntegerField(null=True)),
                ('message', models.TextField(default='')),
                ('cursor', models.JSONField(default=dict, help_text='where to resume')),
                ('result', models.JSONField(default=dict)),
                ('stop', models.BooleanField(default=False)),
                ('created', models.DateTimeField()),
                ('started', models.DateTimeField(null=True)),
                ('beat', models.DateTimeField(help_text='last sign of life', null=True)),
                ('starts', models.IntegerField(default=0, help_text='how often it was taken up')),
                ('ended', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Pack',
            fields=[
                ('number', models.IntegerField(primary_key=True, serialize=False)),
                ('next', models.BigIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Property',
            fields=[
                ('key', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('value', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='BlindIndex',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=20)),
                ('digest', models.BinaryField(max_length=16)),
                ('record', models.BigIntegerField()),
                ('owner', models.BigIntegerField(db_index=True)),
            ],
            options={
                'indexes': [models.Index(fields=['digest', 'purpose'], name='blind_digest')],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.BigIntegerField(unique=True)),
                ('at', models.DateTimeField()),
                ('actor', models.BigIntegerField(help_text='id of the user, 0 for the system itself')),
                ('kind', models.CharField(max_length=40)),
                ('why', models.TextField(default='', help_text="the reason, when it is the program's own sentence")),
                ('said', tumen.archive.sealed.SealedField(editable=True, help_text='the reason, when a person typed it', null=True, owner='id')),
                ('undoes', models.BigIntegerField(db_index=True, help_text='seq of the change this one reverses', null=True)),
                ('salt', models.BinaryField(max_length=16)),
                ('digest', models.BinaryField(max_length=32)),
                ('count', models.IntegerField(default=0, help_text='rows written')),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='archive.batch')),
            ],
        ),
        migrations.CreateModel(
            name='Superseded',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('record', models.BigIntegerField()),
                ('model', models.CharField(max_length=40)),
                ('version', models.IntegerField()),
                ('from_change', models.BigIntegerField()),
                ('to_change', models.BigIntegerField(db_index=True)),
                ('data', models.TextField()),
            ],
            options={
                'indexes': [models.Index(fields=['record', 'version'], name='superseded_record'), models.Index(fields=['from_change'], name='superseded_from')],
            },
        ),
    ]
