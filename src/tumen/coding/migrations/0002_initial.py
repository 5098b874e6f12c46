import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('coding', '0001_initial'),
        ('sources', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='anchor',
            name='passage',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='anchors', to='sources.passage'),
        ),
        migrations.AddField(
            model_name='coding',
            name='source',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='codings', to='sources.source'),
        ),
        migrations.AddField(
            model_name='act',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('user', 'source', 'form'), name='draft_once'),
        ),
        migrations.AddField(
            model_name='episode',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='act',
            name='episode',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='coding.episode'),
        ),
        migrations.AddField(
            model_name='figure',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='incident',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='act',
            name='incident',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='coding.incident'),
        ),
        migrations.AddField(
            model_name='involvement',
            name='act',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='involvements', to='coding.act'),
        ),
        migrations.AddField(
            model_name='involvement',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='lifeevent',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='name',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='party',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='name',
            name='party',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='names', to='coding.party'),
        ),
        migrations.AddField(
            model_name='lifeevent',
            name='party',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='life_events', to='coding.party'),
        ),
        migrations.AddField(
            model_name='involvement',
            name='party',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='involvements', to='coding.party'),
        ),
        migrations.AddField(
            model_name='episode',
            name='victim',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='episodes', to='coding.party'),
        ),
        migrations.AddField(
            model_name='act',
            name='victim',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='coding.party'),
        ),
        migrations.AddField(
            model_name='practicestatement',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='quotation',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='quotation',
            name='speaker',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='coding.party'),
        ),
        migrations.AddField(
            model_name='relation',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='relation',
            name='other',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='relations_to', to='coding.party'),
        ),
        migrations.AddField(
            model_name='relation',
            name='party',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='relations', to='coding.party'),
        ),
        migrations.AddField(
            model_name='telling',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='telling',
            name='informant',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='coding.party'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.UniqueConstraint(fields=('list', 'code'), name='term_once'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='act',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='transfer', to='coding.act'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='buyer',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to='coding.party'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='coding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='coding.coding'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='seller',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sales', to='coding.party'),
        ),
        migrations.AddField(
            model_name='unit',
            name='parent',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='coding.unit'),
        ),
        migrations.AddField(
            model_name='relation',
            name='unit',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='coding.unit'),
        ),
        migrations.AddField(
            model_name='involvement',
            name='unit',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='coding.unit'),
        ),
        migrations.AddIndex(
            model_name='anchor',
            index=models.Index(fields=['passage', 'retracted', 'record'], name='anchor_of_passage'),
        ),
    ]
