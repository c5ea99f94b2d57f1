"""Questions of the organiser: what is asked has to be answered as it is asked, and nothing else is kept."""

import pytest

from events.enums import AgeRule, QuestionKind
from events.errors import FieldErrors
from events.models import Event, Question
from registrations.actions import signing_up
from registrations.actions.answers import LARGEST_NUMBER
from registrations.actions.details import change_details
from registrations.enums import ChangeCause, NeedKind
from registrations.errors import NotActive
from registrations.models import AccommodationRequest, Answer, Registration, RegistrationChange
from tests.make import make_applicant, make_event, make_question
from tests.make.events import NOW
from tests.registrations.acts import enter, entered, refused

pytestmark = pytest.mark.django_db

K = QuestionKind


@pytest.fixture
def event():
    return make_event()


def given(question: Question, value: object) -> dict[str, object]:
    return {str(question.pk): value}


def kept(registration: Registration) -> dict[int, object]:
    return dict(registration.answers.values_list("question", "value"))


@pytest.mark.parametrize(
    ("kind", "said", "stored"),
    [
        (K.TEXT, "  Zupę\r\ni chleb ", "Zupę\ni chleb"),
        (K.TEXT, "x" * 2_000, "x" * 2_000),
        (K.CHOICE, "soup", "soup"),
        (K.MULTIPLE, ["bread", "soup", "soup"], ["soup", "bread"]),
        (K.NUMBER, 2, 2),
        (K.NUMBER, 2.0, 2),
        (K.NUMBER, -2.5, -2.5),
        (K.NUMBER, LARGEST_NUMBER, LARGEST_NUMBER),
        (K.YES_NO, True, True),
        (K.YES_NO, False, False),
    ],
)
def test_an_answer_is_kept_as_its_question_asks(event, kind, said, stored):
    question = make_question(event, kind, choices=["soup", "bread"], is_required=True)

    registration = entered(event, make_applicant(answers=given(question, said)))

    assert kept(registration) == {question.pk: stored}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (K.TEXT, 7),
        (K.TEXT, ["Zupa"]),
        (K.TEXT, "x" * 2_001),
        (K.TEXT, "Zupa\x00"),
        (K.TEXT, "Zupa\ud800"),
        (K.CHOICE, "caviar"),
        (K.CHOICE, ["soup"]),
        (K.CHOICE, {"value": "soup"}),
        (K.MULTIPLE, "soup"),
        (K.MULTIPLE, ["soup", "caviar"]),
        (K.MULTIPLE, [["soup"]]),
        (K.NUMBER, "2"),
        (K.NUMBER, True),
        (K.NUMBER, float("nan")),
        (K.NUMBER, float("inf")),
        (K.NUMBER, 10**400),
        (K.NUMBER, -LARGEST_NUMBER - 1),
        (K.YES_NO, "yes"),
        (K.YES_NO, 1),
    ],
)
def test_what_does_not_fit_is_refused_at_its_question_and_nothing_is_kept(event, kind, said):
    question = make_question(event, kind, choices=["soup", "bread"])

    refusal = refused(event, FieldErrors, make_applicant(answers=given(question, said)))

    assert list(refusal.errors) == [f"answers.{question.pk}"]
    assert not Answer.objects.exists()


@pytest.mark.parametrize("kind", K)
@pytest.mark.parametrize("said", [None, "", "missing"])
def test_what_is_required_has_to_be_answered_and_what_is_not_may_be_left_out(event, kind, said):
    must = make_question(event, kind, choices=["soup"], is_required=True)
    answers = {} if said == "missing" else given(must, said)

    refusal = refused(event, FieldErrors, make_applicant(answers=answers))
    Question.objects.update(is_required=False)
    registration = entered(event, make_applicant(answers=answers))

    assert list(refusal.errors) == [f"answers.{must.pk}"]
    assert kept(registration) == {}


@pytest.mark.parametrize(("kind", "said"), [(K.TEXT, " \n "), (K.MULTIPLE, [])])
def test_an_empty_answer_is_none(event, kind, said):
    question = make_question(event, kind, choices=["soup"], is_required=True)

    refusal = refused(event, FieldErrors, make_applicant(answers=given(question, said)))

    assert list(refusal.errors) == [f"answers.{question.pk}"]


def test_only_what_this_event_asks_now_is_taken(event):
    elsewhere, retired = make_question(make_event()), make_question(event, is_required=True, is_retired=True)
    answers = {**given(elsewhere, "a"), **given(retired, "b"), "pesel": "44051401359"}

    refusal = refused(event, FieldErrors, make_applicant(answers=answers))
    entered(event)

    assert list(refusal.errors) == [f"answers.{elsewhere.pk}", f"answers.{retired.pk}", "answers.pesel"]
    assert not Answer.objects.exists()


def test_everything_that_is_wrong_is_said_at_once(event):
    Event.objects.update(age_rule=AgeRule.ADULTS_ONLY)
    must, other = make_question(event, is_required=True), make_question(event, K.NUMBER)

    refusal = refused(event, FieldErrors, make_applicant(answers=given(other, "two")))

    assert list(refusal.errors) == ["age_statement", f"answers.{must.pk}", f"answers.{other.pk}"]


@pytest.mark.parametrize(
    ("rule", "limit", "stated", "stored"),
    [
        (AgeRule.NONE, None, False, None),
        (AgeRule.NONE, None, True, "refused"),
        (AgeRule.GUARDIAN_STATEMENT, 16, True, True),
        (AgeRule.GUARDIAN_STATEMENT, 16, False, "refused"),
        (AgeRule.ADULTS_ONLY, None, True, True),
        (AgeRule.ADULTS_ONLY, None, False, "refused"),
    ],
)
def test_a_rule_about_age_keeps_the_statement_and_nothing_else(event, rule, limit, stated, stored):
    Event.objects.update(age_rule=rule, age_limit=limit)
    person = make_applicant(age_statement=stated)

    if stored == "refused":
        assert list(refused(event, FieldErrors, person).errors) == ["age_statement"]
    else:
        assert entered(event, person).age_statement is stored


def test_signing_up_costs_no_more_for_ten_answers_than_for_one(event, django_assert_num_queries):
    plain = make_event()
    with django_assert_num_queries(6):
        enter(plain)
    questions = [make_question(event) for _ in range(10)]
    many = {str(question.pk): "a" for question in questions}

    # One reads the questions, one writes the answers.
    with django_assert_num_queries(8):
        enter(event, make_applicant(answers=given(questions[0], "a")))
    with django_assert_num_queries(8):
        enter(event, make_applicant(answers=many))


def test_whoever_is_overtaken_is_asked_just_the_same(event, monkeypatch):
    question = make_question(event, is_required=True)
    codes = iter(["AAAA2222", "AAAA2222", "BBBB2222", "CCCC2222", "DDDD2222", "EEEE2222"])
    monkeypatch.setattr(signing_up, "new_code", lambda: next(codes))
    entered(event, make_applicant(answers=given(question, "Chleb")))

    # The second person's first try meets a code that exists; the second one locks the pools.
    codes = iter(["AAAA2222", "BBBB2222", "CCCC2222", "DDDD2222"])
    registration = entered(event, make_applicant(answers=given(question, "Zupa")))

    assert registration.reference == "CCCC2222"
    assert kept(registration) == {question.pk: "Zupa"}


def test_answers_are_changed_one_by_one(event, django_assert_num_queries):
    food, drink, size = make_question(event), make_question(event), make_question(event, K.NUMBER, is_required=True)
    registration = entered(
        event, make_applicant(answers={**given(food, "Zupa"), **given(drink, "Woda"), **given(size, 2)})
    )

    with django_assert_num_queries(10):
        change_details(registration, {}, answers={**given(food, "Chleb"), **given(drink, None)}, at=NOW)

    assert kept(registration) == {food.pk: "Chleb", size.pk: 2}
    assert RegistrationChange.objects.latest("id").cause == ChangeCause.EDITED
    change_details(registration, {}, answers=given(drink, "Sok"), at=NOW)
    assert kept(registration) == {food.pk: "Chleb", drink.pk: "Sok", size.pk: 2}


@pytest.mark.parametrize("said", [None, "", "two"])
def test_a_required_answer_cannot_be_taken_back(event, said):
    size = make_question(event, K.NUMBER, is_required=True)
    registration = entered(event, make_applicant(answers=given(size, 2)))

    with pytest.raises(FieldErrors) as caught:
        change_details(registration, {"first_name": "Ewa"}, answers=given(size, said), at=NOW)

    assert list(caught.value.errors) == [f"answers.{size.pk}"]
    assert kept(registration) == {size.pk: 2}
    assert registration.changes.count() == 1
    assert registration.participant.first_name == "Anna"


def test_what_has_ended_is_changed_no_more(event):
    question = make_question(event)
    registration = entered(event, make_applicant(answers=given(question, "Zupa")))
    Registration.objects.update(state="expired", holds_seat=False)

    with pytest.raises(NotActive):
        change_details(registration, {}, answers=given(question, "Chleb"), needs=(), at=NOW)

    assert kept(registration) == {question.pk: "Zupa"}


def test_a_name_is_put_right_without_answering_what_is_asked_since(event):
    registration = entered(event)
    make_question(event, is_required=True)

    change_details(registration, {"first_name": "Ewa"}, at=NOW)

    assert Registration.objects.get().participant.first_name == "Ewa"


def test_answers_and_needs_go_with_their_registration(event):
    question = make_question(event)
    registration = entered(event, make_applicant(answers=given(question, "Zupa")))
    registration.needs.create(kind=NeedKind.PJM, created_at=NOW)

    registration.delete()

    assert not Answer.objects.exists()
    assert not AccommodationRequest.objects.exists()
