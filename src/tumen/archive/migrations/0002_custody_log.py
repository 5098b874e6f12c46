import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('id', models.BigIntegerField(help_text='its place in the log, from 0', primary_key=True, serialize=False)),
                ('change', models.BigIntegerField(help_text='seq of the change; no index, since rows stand in the order of changes')),
                ('record', models.BigIntegerField(help_text='the original it stands for; null: the change itself', null=True)),
                ('owner', models.BigIntegerField(help_text="whose key seals the salt; null: the archive's", null=True)),
                ('salt', models.BinaryField()),
                ('nodes', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Attestation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('cosignature', 'Cosignature'), ('timestamp', 'Timestamp')], max_length=12)),
                ('content', models.BinaryField()),
                ('trust', models.BinaryField()),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attestations', to='archive.checkpoint')),
            ],
        ),
    ]
