"""What an organiser defines, who may, and what a process was."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="District",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=120)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=120, unique=True)),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title", models.JSONField()),
                ("summary", models.JSONField(default=dict)),
                ("description", models.JSONField(default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("published", "Published"),
                            ("postponed", "Postponed"),
                            ("held", "Held"),
                            ("closed", "Closed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[("in_person", "In person"), ("online", "Online"), ("hybrid", "In person and online")],
                        max_length=20,
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "Public"), ("unlisted", "Unlisted"), ("restricted", "Restricted")],
                        default="public",
                        max_length=20,
                    ),
                ),
                ("planned_only", models.BooleanField(default=False)),
                ("is_example", models.BooleanField(default=False)),
                ("join_url", models.URLField(blank=True, max_length=500)),
                ("contact_email", models.EmailField(blank=True, max_length=254)),
                ("contact_phone", models.CharField(blank=True, max_length=32)),
                ("accessibility", models.JSONField(blank=True, default=dict)),
                ("cancellation_reason", models.JSONField(blank=True, default=dict)),
                ("time_zone", models.CharField(default="Europe/Warsaw", max_length=64)),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("search_text", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="events.district",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("capacity", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ["venue", "name"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                ("full_name", models.CharField(blank=True, max_length=200, verbose_name="full name")),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff", models.BooleanField(default=False)),
                ("is_example", models.BooleanField(default=False)),
                ("date_joined", models.DateTimeField(auto_now_add=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CalendarVersion",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("version", models.PositiveBigIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="calendar_version_is_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="RegistrationPolicy",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="policy",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                ("required", models.BooleanField(default=True)),
                ("opens_at", models.DateTimeField(blank=True, null=True)),
                ("closes_at", models.DateTimeField(blank=True, null=True)),
                ("confirm_email", models.BooleanField(default=True)),
                (
                    "hold_minutes",
                    models.PositiveIntegerField(default=60, validators=[django.core.validators.MinValueValidator(1)]),
                ),
                ("waitlist", models.BooleanField(default=True)),
                ("waitlist_limit", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "waitlist_policy",
                    models.CharField(
                        choices=[("strict", "Strict order"), ("first_fit", "The next party that fits")],
                        default="strict",
                        max_length=20,
                    ),
                ),
                ("offer_hours", models.PositiveIntegerField(blank=True, default=24, null=True)),
                (
                    "group_max",
                    models.PositiveSmallIntegerField(
                        default=1, validators=[django.core.validators.MinValueValidator(1)]
                    ),
                ),
                ("approval", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name_plural": "registration policies",
            },
        ),
        migrations.CreateModel(
            name="EventKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("registration_required", models.BooleanField(default=True)),
                ("default_reminders", models.JSONField(blank=True, default=list)),
                (
                    "default_visibility",
                    models.CharField(
                        choices=[("public", "Public"), ("unlisted", "Unlisted"), ("restricted", "Restricted")],
                        default="public",
                        max_length=20,
                    ),
                ),
                ("notice_days", models.PositiveSmallIntegerField(default=0)),
                ("contact_retention_days", models.PositiveSmallIntegerField(default=180)),
            ],
            options={
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__has_key", "pl"), models.Q(("name__pl", ""), _negated=True)),
                        name="kind_name_in_polish",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="event",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="events.eventkind"
            ),
        ),
        migrations.CreateModel(
            name="OrganizationalUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.JSONField()),
                ("parent_name", models.CharField(blank=True, max_length=200)),
                ("definition", models.TextField(blank=True)),
                ("cooperation_model", models.TextField(blank=True)),
                ("tasks", models.JSONField(blank=True, default=list)),
                ("stakeholder_groups", models.JSONField(blank=True, default=list)),
                ("activity_types", models.JSONField(blank=True, default=list)),
                ("contact_email", models.EmailField(blank=True, max_length=254)),
                ("contact_phone", models.CharField(blank=True, max_length=32)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__has_key", "pl"), models.Q(("name__pl", ""), _negated=True)),
                        name="unit_name_in_polish",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InformationNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("text", models.JSONField()),
                ("in_force_from", models.DateTimeField()),
                ("is_example", models.BooleanField(default=False)),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="events.organizationalunit",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="event",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="events.organizationalunit"
            ),
        ),
        migrations.CreateModel(
            name="ParticipantCategory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "participant categories",
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__has_key", "pl"), models.Q(("name__pl", ""), _negated=True)),
                        name="category_name_in_polish",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ParticipationProcess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", models.JSONField()),
                ("motto", models.JSONField(default=dict)),
                ("project_title", models.TextField(blank=True)),
                ("campaign_title", models.TextField(blank=True)),
                ("guiding_question", models.JSONField(default=dict)),
                ("description", models.JSONField(default=dict)),
                ("website", models.CharField(blank=True, max_length=200)),
                ("social_partner", models.TextField(blank=True)),
                ("predecessor_documents", models.JSONField(blank=True, default=list)),
                ("source_facts", models.JSONField(blank=True, default=dict)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="processes",
                        to="events.organizationalunit",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="event",
            name="process",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="events.participationprocess",
            ),
        ),
        migrations.CreateModel(
            name="RecordedActivity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=80)),
                ("position", models.PositiveSmallIntegerField()),
                ("form", models.SlugField(max_length=80)),
                ("form_text", models.TextField()),
                ("title", models.TextField(blank=True)),
                ("abbreviation", models.CharField(blank=True, max_length=20)),
                ("place_text", models.TextField(blank=True)),
                ("date_text", models.TextField(blank=True)),
                ("dates", models.JSONField(blank=True, null=True)),
                ("period_starts_on", models.DateField(blank=True, null=True)),
                ("period_ends_on", models.DateField(blank=True, null=True)),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[("in_person", "In person"), ("online", "Online"), ("hybrid", "In person and online")],
                        max_length=20,
                    ),
                ),
                ("mode_basis", models.TextField(blank=True)),
                ("planned_only", models.BooleanField(default=False)),
                ("target_groups", models.JSONField(blank=True, null=True)),
                ("outcomes", models.TextField(blank=True)),
                ("source_facts", models.JSONField(blank=True, default=dict)),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activities",
                        to="events.participationprocess",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "recorded activities",
                "ordering": ["process", "position"],
            },
        ),
        migrations.CreateModel(
            name="ReminderRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(choices=[("email", "E-mail"), ("sms", "SMS")], max_length=10)),
                ("days_before", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("at_time", models.TimeField(blank=True, null=True)),
                ("minutes_before", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reminders", to="events.event"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SeatRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("role", models.SlugField(max_length=40)),
                ("label", models.CharField(max_length=120)),
                ("seats", models.PositiveSmallIntegerField()),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seat_rules",
                        to="events.participationprocess",
                    ),
                ),
            ],
            options={
                "ordering": ["process", "position"],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("title", models.JSONField(blank=True, default=dict)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("all_day", models.BooleanField(default=False)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("last_modified", models.DateTimeField()),
                ("is_cancelled", models.BooleanField(default=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="events.event"
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="events.room",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "position", "id"],
            },
        ),
        migrations.CreateModel(
            name="SeatPool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                ("taken", models.PositiveIntegerField(default=0)),
                ("waiting", models.PositiveIntegerField(default=0)),
                ("overbooked", models.PositiveIntegerField(default=0)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pools",
                        to="events.participantcategory",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pools", to="events.event"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pools",
                        to="events.session",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EventChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("edited", "Edited"),
                            ("published", "Published"),
                            ("rescheduled", "Moved to another time"),
                            ("relocated", "Moved to another place"),
                            ("mode_changed", "Way of taking part changed"),
                            ("capacity_changed", "Number of seats changed"),
                            ("cancelled", "Cancelled"),
                            ("held", "Took place"),
                            ("closed", "Closed"),
                        ],
                        max_length=30,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                ("before", models.JSONField(blank=True, default=dict)),
                ("after", models.JSONField(blank=True, default=dict)),
                ("notify", models.BooleanField(default=False)),
                ("planned_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="event_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="events.event"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="changes",
                        to="events.session",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CalendarEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=2)),
                ("content", models.TextField()),
                ("content_hash", models.CharField(max_length=64)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_entries",
                        to="events.session",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "calendar entries",
            },
        ),
        migrations.CreateModel(
            name="Stage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("roman", models.CharField(max_length=8)),
                ("title", models.JSONField()),
                ("description", models.JSONField(default=dict)),
                ("period_text", models.CharField(max_length=100)),
                ("start_year", models.PositiveSmallIntegerField()),
                ("start_quarter", models.PositiveSmallIntegerField()),
                ("end_year", models.PositiveSmallIntegerField()),
                ("end_quarter", models.PositiveSmallIntegerField()),
                ("consultation_starts_on", models.DateField(blank=True, null=True)),
                ("consultation_ends_on", models.DateField(blank=True, null=True)),
                ("source_facts", models.JSONField(blank=True, default=dict)),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stages",
                        to="events.participationprocess",
                    ),
                ),
            ],
            options={
                "ordering": ["process", "number"],
            },
        ),
        migrations.CreateModel(
            name="RecordedFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=60)),
                ("value", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "qualifier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("exact", "exactly"),
                            ("about", "about"),
                            ("nearly", "nearly"),
                            ("over", "over"),
                            ("dozen_or_so", "a dozen or so"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("note", models.TextField(blank=True)),
                ("is_estimate", models.BooleanField(default=False)),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures",
                        to="events.recordedactivity",
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures",
                        to="events.participationprocess",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures",
                        to="events.stage",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="recordedactivity",
            name="stage",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="activities",
                to="events.stage",
            ),
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("date", models.DateField()),
                ("code", models.SlugField(blank=True, max_length=60)),
                ("text", models.TextField()),
                ("planned_only", models.BooleanField(default=False)),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="events.participationprocess",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="events.stage",
                    ),
                ),
            ],
            options={
                "ordering": ["process", "position"],
            },
        ),
        migrations.AddField(
            model_name="event",
            name="stage",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="events.stage",
            ),
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=120, unique=True)),
                ("name", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "process",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="topics",
                        to="events.participationprocess",
                    ),
                ),
            ],
            options={
                "ordering": ["process", "position", "slug"],
            },
        ),
        migrations.AddField(
            model_name="event",
            name="topics",
            field=models.ManyToManyField(blank=True, related_name="events", to="events.topic"),
        ),
        migrations.CreateModel(
            name="UnitMembership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("editor", "Editor"),
                            ("door", "Door staff"),
                            ("accessibility", "Accessibility coordinator"),
                            ("head", "Head of unit"),
                            ("auditor", "Auditor"),
                            ("admin", "Administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="events.organizationalunit",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Venue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.JSONField()),
                ("address", models.CharField(max_length=250)),
                ("latitude", models.DecimalField(blank=True, decimal_places=6, max_digits=8, null=True)),
                ("longitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ("accessibility", models.JSONField(blank=True, default=dict)),
                ("directions", models.JSONField(blank=True, default=dict)),
                ("is_example", models.BooleanField(default=False)),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="venues",
                        to="events.district",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="room",
            name="venue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rooms", to="events.venue"
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="venue",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="events.venue",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"), name="user_one_per_email"
            ),
        ),
        migrations.AddConstraint(
            model_name="registrationpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opens_at__isnull", True),
                    ("closes_at__isnull", True),
                    ("closes_at__gt", models.F("opens_at")),
                    _connector="OR",
                ),
                name="registration_closes_after_it_opens",
            ),
        ),
        migrations.AddConstraint(
            model_name="registrationpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("hold_minutes__gte", 1)), name="registration_hold_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="registrationpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("group_max__gte", 1)), name="registration_group_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="informationnotice",
            constraint=models.UniqueConstraint(
                fields=("unit", "version"), name="notice_version_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="informationnotice",
            constraint=models.CheckConstraint(
                condition=models.Q(("text__has_key", "pl"), models.Q(("text__pl", ""), _negated=True)),
                name="notice_text_in_polish",
            ),
        ),
        migrations.AddConstraint(
            model_name="participationprocess",
            constraint=models.CheckConstraint(
                condition=models.Q(("title__has_key", "pl"), models.Q(("title__pl", ""), _negated=True)),
                name="process_title_in_polish",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("at_time__isnull", False), ("days_before__isnull", False), ("minutes_before__isnull", True)
                    ),
                    models.Q(
                        ("at_time__isnull", True), ("days_before__isnull", True), ("minutes_before__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="reminder_is_days_or_minutes",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderrule",
            constraint=models.UniqueConstraint(
                fields=("event", "channel", "days_before", "at_time", "minutes_before"),
                name="reminder_rule_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="seatrule",
            constraint=models.UniqueConstraint(fields=("process", "role"), name="seat_rule_role_once"),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["starts_at", "event"], name="session_by_start"),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="session_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="seatpool",
            constraint=models.UniqueConstraint(
                fields=("event", "session", "category"), name="seat_pool_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="seatpool",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("capacity__isnull", True),
                    (
                        "taken__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("capacity"), "+", models.F("overbooked")
                        ),
                    ),
                    _connector="OR",
                ),
                name="event_not_overbooked",
            ),
        ),
        migrations.AddIndex(
            model_name="eventchange",
            index=models.Index(
                condition=models.Q(("notify", True), ("planned_at__isnull", True)),
                fields=["id"],
                name="event_change_unplanned",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarentry",
            constraint=models.UniqueConstraint(fields=("session", "language"), name="calendar_entry_once"),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.UniqueConstraint(fields=("process", "number"), name="stage_number_once"),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.CheckConstraint(
                condition=models.Q(("title__has_key", "pl"), models.Q(("title__pl", ""), _negated=True)),
                name="stage_title_in_polish",
            ),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_quarter__range", (1, 4)), ("start_quarter__range", (1, 4))),
                name="stage_quarters_are_quarters",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordedfigure",
            constraint=models.UniqueConstraint(
                fields=("process", "stage", "activity", "name"), name="figure_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="recordedfigure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("value__isnull", True), models.Q(("qualifier", ""), _negated=True), _connector="OR"
                ),
                name="figure_value_is_qualified",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordedactivity",
            constraint=models.UniqueConstraint(fields=("process", "code"), name="activity_code_once"),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.UniqueConstraint(fields=("process", "position"), name="milestone_position_once"),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__has_key", "pl"), models.Q(("name__pl", ""), _negated=True)),
                name="topic_name_in_polish",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitmembership",
            constraint=models.UniqueConstraint(fields=("user", "unit", "role"), name="membership_once"),
        ),
        migrations.AddConstraint(
            model_name="venue",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__has_key", "pl"), models.Q(("name__pl", ""), _negated=True)),
                name="venue_name_in_polish",
            ),
        ),
        migrations.AddConstraint(
            model_name="venue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                    models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                    _connector="OR",
                ),
                name="venue_coordinates_on_the_globe",
            ),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.UniqueConstraint(fields=("venue", "name"), name="room_name_once"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ("published", "postponed", "held", "closed", "cancelled")), ("visibility", "public")
                ),
                fields=["starts_at", "id"],
                name="event_public_by_start",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["unit", "-starts_at", "id"], name="event_of_unit_by_start"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(("title__has_key", "pl"), models.Q(("title__pl", ""), _negated=True)),
                name="event_title_in_polish",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_at__isnull", True), ("starts_at__isnull", True)),
                    ("ends_at__gt", models.F("starts_at")),
                    _connector="OR",
                ),
                name="event_ends_after_it_starts",
            ),
        ),
    ]
