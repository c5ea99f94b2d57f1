"""Participation processes: stages, what was done in them and the figures that sources give."""

from typing import ClassVar

from django.db import models

from events.enums import EventMode, Qualifier
from events.models.people import OrganizationalUnit
from events.models.texts import TranslatedField, has_polish, in_language, no_text


class ParticipationProcess(models.Model):
    """A strategy or consultation process that events belong to."""

    slug = models.SlugField(max_length=80, unique=True)
    unit = models.ForeignKey(OrganizationalUnit, on_delete=models.PROTECT, related_name="processes")
    title = TranslatedField()
    motto = TranslatedField(default=no_text)
    project_title = models.TextField(blank=True)
    campaign_title = models.TextField(blank=True)
    guiding_question = TranslatedField(default=no_text)
    description = TranslatedField(default=no_text)
    website = models.CharField(max_length=200, blank=True)
    social_partner = models.TextField(blank=True)
    predecessor_documents = models.JSONField(default=list, blank=True)
    # Facts of the source that have no field of their own yet (grant, conventions, ambiguities); shown, not queried.
    source_facts = models.JSONField(default=dict, blank=True)

    class Meta:
        """Named constraint of the translated title."""

        constraints: ClassVar = [has_polish("process", "title")]

    def __str__(self) -> str:
        """The title in the active language."""
        return in_language(self.title)


class Stage(models.Model):
    """A stage of a process; its period is known by quarters."""

    process = models.ForeignKey(ParticipationProcess, on_delete=models.CASCADE, related_name="stages")
    number = models.PositiveSmallIntegerField()
    roman = models.CharField(max_length=8)
    title = TranslatedField()
    description = TranslatedField(default=no_text)
    period_text = models.CharField(max_length=100)
    start_year = models.PositiveSmallIntegerField()
    start_quarter = models.PositiveSmallIntegerField()
    end_year = models.PositiveSmallIntegerField()
    end_quarter = models.PositiveSmallIntegerField()
    consultation_starts_on = models.DateField(null=True, blank=True)
    consultation_ends_on = models.DateField(null=True, blank=True)
    # The rest of the source row, as it was read.
    source_facts = models.JSONField(default=dict, blank=True)

    class Meta:
        """Stages are numbered within their process."""

        ordering: ClassVar = ["process", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["process", "number"], name="stage_number_once"),
            has_polish("stage", "title"),
            models.CheckConstraint(
                condition=models.Q(start_quarter__range=(1, 4), end_quarter__range=(1, 4)),
                name="stage_quarters_are_quarters",
            ),
        ]

    def __str__(self) -> str:
        """Number and title."""
        return f"{self.roman}. {in_language(self.title)}"


class RecordedActivity(models.Model):
    """One form of activity that a source reports; its figures are rows of `RecordedFigure`.

    Kept apart from events: most of it was never registered for, and what the source does not state stays null.
    """

    process = models.ForeignKey(ParticipationProcess, on_delete=models.CASCADE, related_name="activities")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, null=True, blank=True, related_name="activities")
    code = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    form = models.SlugField(max_length=80)
    form_text = models.TextField()
    title = models.TextField(blank=True)
    abbreviation = models.CharField(max_length=20, blank=True)
    place_text = models.TextField(blank=True)
    date_text = models.TextField(blank=True)
    dates = models.JSONField(null=True, blank=True)
    period_starts_on = models.DateField(null=True, blank=True)
    period_ends_on = models.DateField(null=True, blank=True)
    mode = models.CharField(max_length=20, choices=EventMode.choices, blank=True)
    mode_basis = models.TextField(blank=True)
    planned_only = models.BooleanField(default=False)
    target_groups = models.JSONField(null=True, blank=True)
    outcomes = models.TextField(blank=True)
    # The rest of the source row (sub-forms, channels, ambiguity notes …) as it was read.
    source_facts = models.JSONField(default=dict, blank=True)

    class Meta:
        """An activity stands once in its process."""

        ordering: ClassVar = ["process", "position"]
        verbose_name_plural = "recorded activities"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["process", "code"], name="activity_code_once"),
        ]

    def __str__(self) -> str:
        """The form, as its source words it."""
        return self.form_text


class RecordedFigure(models.Model):
    """A number that a source gives for a process, a stage or an activity.

    `value` null means "the source does not state it", never 0; `qualifier` says how exact the number is.
    """

    process = models.ForeignKey(ParticipationProcess, on_delete=models.CASCADE, related_name="figures")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, null=True, blank=True, related_name="figures")
    activity = models.ForeignKey(
        RecordedActivity, on_delete=models.CASCADE, null=True, blank=True, related_name="figures"
    )
    name = models.SlugField(max_length=60)
    value = models.PositiveIntegerField(null=True, blank=True)
    qualifier = models.CharField(max_length=20, choices=Qualifier.choices, blank=True)
    text = models.TextField(blank=True)
    note = models.TextField(blank=True)
    is_estimate = models.BooleanField(default=False)

    class Meta:
        """One figure of a name per place; a number always says how exact it is."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["process", "stage", "activity", "name"], nulls_distinct=False, name="figure_once"
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | ~models.Q(qualifier=""), name="figure_value_is_qualified"
            ),
        ]

    def __str__(self) -> str:
        """The name and the number as stated."""
        return f"{self.name}: {self.text or self.value}"


class SeatRule(models.Model):
    """How many people of a role sit in each thematic working group of a process."""

    process = models.ForeignKey(ParticipationProcess, on_delete=models.CASCADE, related_name="seat_rules")
    position = models.PositiveSmallIntegerField()
    role = models.SlugField(max_length=40)
    label = models.CharField(max_length=120)
    seats = models.PositiveSmallIntegerField()

    class Meta:
        """A role stands once."""

        ordering: ClassVar = ["process", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["process", "role"], name="seat_rule_role_once")]

    def __str__(self) -> str:
        """The role and its seats."""
        return f"{self.role}: {self.seats}"


class Milestone(models.Model):
    """A dated fact of a process, in the source's own words."""

    process = models.ForeignKey(ParticipationProcess, on_delete=models.CASCADE, related_name="milestones")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, null=True, blank=True, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    date = models.DateField()
    code = models.SlugField(max_length=60, blank=True)
    text = models.TextField()
    planned_only = models.BooleanField(default=False)

    class Meta:
        """In the order of the source."""

        ordering: ClassVar = ["process", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["process", "position"], name="milestone_position_once"),
        ]

    def __str__(self) -> str:
        """The date and the text."""
        return f"{self.date}: {self.text}"
