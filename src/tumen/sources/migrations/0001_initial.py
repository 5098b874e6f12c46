import django.db.models.deletion
import tumen.archive.sealed
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('guard', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('version', models.IntegerField(default=1)),
                ('change', models.BigIntegerField(db_index=True)),
                ('retracted', models.BooleanField(default=False)),
                ('kind', models.CharField(help_text='term of source_kind', max_length=80)),
                ('title', tumen.archive.sealed.SealedField(editable=True, help_text='no names of persons at risk', max_length=500, null=True, owner='id')),
                ('publisher', tumen.archive.sealed.SealedField(editable=True, max_length=300, null=True, owner='id')),
                ('language', models.CharField(blank=True, default='', max_length=20)),
                ('published', models.CharField(blank=True, default='', help_text='EDTF', max_length=60)),
                ('channel', tumen.archive.sealed.SealedField(editable=True, help_text='how it reached the archive', max_length=80, null=True, owner='id')),
                ('collector', tumen.archive.sealed.SealedField(editable=True, max_length=200, null=True, owner='id')),
                ('reliability', models.CharField(blank=True, default='', help_text='A-F, of the source', max_length=1)),
                ('status', models.CharField(choices=[('new', 'New'), ('coding', 'Being coded'), ('coded', 'Coded'), ('checked', 'Checked')], default='new', max_length=10)),
                ('assignee', models.BigIntegerField(blank=True, help_text='user who works on it', null=True)),
                ('embargo', models.CharField(blank=True, default='', help_text='EDTF; not to be published before', max_length=60)),
                ('risk', tumen.archive.sealed.SealedField(editable=True, help_text='what could happen to whom if it leaked', max_length=80, null=True, owner='id')),
                ('note', tumen.archive.sealed.SealedField(editable=True, null=True, owner='id')),
                ('compartment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='guard.compartment')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Original',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('version', models.IntegerField(default=1)),
                ('change', models.BigIntegerField(db_index=True)),
                ('retracted', models.BooleanField(default=False)),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('size', models.BigIntegerField()),
                ('media_type', models.CharField(max_length=120)),
                ('object', models.CharField(help_text='name in the object store', max_length=64)),
                ('file_name', tumen.archive.sealed.SealedField(editable=True, null=True, owner='id')),
                ('warnings', models.JSONField(default=list, help_text='what the reader of the file remarked')),
                ('source', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='originals', to='sources.source')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Citation',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('version', models.IntegerField(default=1)),
                ('change', models.BigIntegerField(db_index=True)),
                ('retracted', models.BooleanField(default=False)),
                ('cites', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='cited_by', to='sources.source')),
                ('source', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='cites', to='sources.source')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Text',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('version', models.IntegerField(default=1)),
                ('change', models.BigIntegerField(db_index=True)),
                ('retracted', models.BooleanField(default=False)),
                ('rendition', models.CharField(choices=[('read', 'As read from the file'), ('transcript', 'Corrected transcript'), ('translation', 'Translation'), ('ocr', 'Text recognition'), ('redacted', 'Redacted')], default='read', max_length=12)),
                ('number', models.IntegerField(default=1, help_text='1, 2, ... of this rendition')),
                ('language', models.CharField(blank=True, default='', max_length=20)),
                ('length', models.IntegerField(help_text='code points')),
                ('pages', models.JSONField(default=list, help_text='where each page starts, in code points')),
                ('body', tumen.archive.sealed.SealedField(editable=True, null=True, owner='id')),
                ('original', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='sources.original')),
                ('source', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='sources.source')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Passage',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('version', models.IntegerField(default=1)),
                ('change', models.BigIntegerField(db_index=True)),
                ('retracted', models.BooleanField(default=False)),
                ('start', models.IntegerField(null=True)),
                ('end', models.IntegerField(null=True)),
                ('page', models.CharField(blank=True, default='', max_length=40)),
                ('row', models.CharField(blank=True, default='', max_length=40)),
                ('time_code', models.CharField(blank=True, default='', max_length=40)),
                ('lost', models.BooleanField(default=False)),
                ('source', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='passages', to='sources.source')),
                ('text', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='passages', to='sources.text')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('owner', models.BigIntegerField()),
                ('file_name', tumen.archive.sealed.SealedField(editable=True, null=True, owner='owner')),
                ('modified', models.CharField(default='', help_text='when the file was changed last, to know it again', max_length=40)),
                ('length', models.BigIntegerField()),
                ('received', models.BigIntegerField(default=0)),
                ('parts', models.JSONField(default=list, help_text='[object name, size] of each piece, in order')),
                ('facts', tumen.archive.sealed.SealedField(editable=True, help_text='what the form said about the file, as JSON', null=True, owner='owner')),
                ('state', models.CharField(choices=[('arriving', 'Arriving'), ('waiting', 'Being read'), ('done', 'Taken in'), ('failed', 'Could not be read')], default='arriving', max_length=10)),
                ('trouble', models.JSONField(default=list, help_text='why it could not be taken in, sentence by sentence')),
                ('source', models.BigIntegerField(null=True)),
                ('again', models.BooleanField(default=False, help_text='the source was there already')),
                ('touched', models.DateTimeField(db_index=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
