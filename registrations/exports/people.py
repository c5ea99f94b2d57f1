"""The list of registrations as a table: a row for whoever registered and one for every member of the party.

What people need is in no column. With `in_words` the table speaks to people (headings, states and answers in the
language that is active); else to programs (names of columns, codes, ids), and never changes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from events.exports.cells import UTF8_MARK, csv_line
from events.models import Event, Question, in_language
from events.templatetags.event_tags import moment_text, when_text
from registrations.enums import MemberState
from registrations.models import Answer, PartyMember, Registration
from registrations.queries.exports import exported_questions, exported_registrations
from registrations.queries.lists import ListFilters, queue_positions
from registrations.templatetags.registration_tags import answer_text

Cell = str | int | float | bool | None

CONTACT: Final = "contact"
MEMBER: Final = "member"
_HEADINGS: Final[Mapping[str, str | Promise]] = {
    "reference": _("Registration number"),
    "role": _("Role"),
    "state": _("State"),
    "position": _("Place in the queue"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "category": _("Group"),
    "organisation": _("Organisation"),
    "language": _("Language"),
    "seats": _("Seats"),
    "comes": pgettext_lazy("party member", "Comes"),
    "sessions": _("Dates"),
    "source": _("Came in"),
    "attendance": _("Attendance"),
    "created_at": _("Registered"),
}
COLUMNS: Final = tuple(_HEADINGS)
_ROLES: Final = {CONTACT: pgettext_lazy("role in a party", "Registered"), MEMBER: _("Comes along")}
_PIECE: Final = 64 * 1024
_YES_NO: Final = {True: _("Yes"), False: _("No")}


@dataclass(frozen=True)
class PeopleTable:
    """The people of one event whom the filters leave; `language` is the one in which it speaks."""

    event: Event
    filters: ListFilters
    in_words: bool
    language: str

    def csv_lines(self) -> Iterator[str]:
        """A heading and a line for everybody (RFC 4180, UTF-8 with a mark); formulas are made harmless."""
        for number, row in enumerate(self._all_rows()):
            yield ("" if number else UTF8_MARK) + csv_line(row)

    def xlsx_pieces(self) -> Iterator[bytes]:
        """A workbook of one sheet, piece by piece; no text in it is a formula, whatever it begins with."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet("registrations")
        sheet.freeze_panes = "A2"
        for row in self._all_rows():
            sheet.append([_xlsx_cell(sheet, value) for value in row])
        # What a workbook holds is listed at its end, so it waits on the disk until it is whole.
        with TemporaryFile() as file:
            book.save(file)
            file.seek(0)
            while piece := file.read(_PIECE):
                yield piece

    def _all_rows(self) -> Iterator[list[Cell]]:
        questions = exported_questions(self.event)
        # Lines are made after the request has ended, and its language with it.
        with override(self.language):
            heading = self._heading(questions)
        yield heading
        positions = queue_positions(self.event)
        for registration in exported_registrations(self.event, **self.filters):
            with override(self.language):
                rows = list(self._rows_of(registration, positions.get(registration.pk), questions))
            yield from rows

    def _heading(self, questions: list[Question]) -> list[Cell]:
        if not self.in_words:
            return [*COLUMNS, *(f"answers.{question.pk}" for question in questions)]
        return [*map(str, _HEADINGS.values()), *(in_language(question.text) for question in questions)]

    def _rows_of(
        self, registration: Registration, position: int | None, questions: list[Question]
    ) -> Iterator[list[Cell]]:
        person = getattr(registration, "participant", None)
        answers = {answer.question_id: self._answer(answer) for answer in registration.answers.all()}
        yield [
            *self._about(registration, CONTACT, self._state(registration), position),
            *((person.first_name, person.last_name, person.email, str(person.phone)) if person else [""] * 4),
            *self._shared(registration, organisation=person.organisation if person else ""),
            registration.seats,
            self._yes_no(comes=registration.contact_comes),
            *self._circumstances(registration, registration),
            *(answers.get(question.pk) for question in questions),
        ]
        for member in registration.members.all():
            comes = member.state == MemberState.COMING
            state = self._state(registration if comes else member)
            yield [
                *self._about(registration, MEMBER, state, position if comes else None),
                *(member.first_name, member.last_name, member.email, ""),
                *self._shared(registration, organisation=""),
                # The seats of the party stand once, so that a sum of the column is right.
                None,
                self._yes_no(comes=comes),
                *self._circumstances(registration, member),
                *(None for _question in questions),
            ]

    def _about(self, registration: Registration, role: str, state: str, position: int | None) -> list[Cell]:
        return [registration.reference, str(_ROLES[role]) if self.in_words else role, state, position]

    def _shared(self, registration: Registration, *, organisation: str) -> list[Cell]:
        category = registration.category
        group = "" if category is None else str(category) if self.in_words else category.code
        language = registration.get_language_display() if self.in_words else registration.language
        return [group, organisation, language]

    def _circumstances(self, registration: Registration, person: Registration | PartyMember) -> list[Cell]:
        sessions = registration.sessions.all()
        zone = self.event.time_zone
        dates = (
            "; ".join(when_text(session, zone) for session in sessions)
            if self.in_words
            else " ".join(str(session.pk) for session in sessions)
        )
        return [
            dates,
            registration.get_source_display() if self.in_words else registration.source,
            person.get_attendance_display() if self.in_words else person.attendance,
            self._moment(person.created_at),
        ]

    def _state(self, row: Registration | PartyMember) -> str:
        return row.get_state_display() if self.in_words else row.state

    def _yes_no(self, *, comes: bool) -> Cell:
        return str(_YES_NO[comes]) if self.in_words else comes

    def _moment(self, moment: datetime) -> str:
        zone = self.event.time_zone
        return moment_text(moment, zone) if self.in_words else moment.astimezone(ZoneInfo(zone)).isoformat()

    def _answer(self, answer: Answer) -> Cell:
        value = answer.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        if self.in_words:
            return answer_text(answer)
        return " ".join(value) if isinstance(value, list) else value


def _xlsx_cell(sheet: WriteOnlyWorksheet, value: Cell) -> object:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    # The library takes what begins with an equals sign for a formula, and "#N/A" for an error: here all of it is text,
    # and stays text when somebody edits the cell.
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
