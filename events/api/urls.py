"""Addresses of the API of events."""

from django.urls import path

from events.api import attachments, manage, moves, open_data, parts, places, preview, processes, public, reference

api_patterns = [
    path("events/", public.EventList.as_view(), name="api-events"),
    path("events/<slug:slug>/", public.EventDetail.as_view(), name="api-event"),
    path("events.csv", open_data.EventsCSV.as_view(), name="api-events-csv"),
    path("events.jsonl", open_data.EventsJSONLines.as_view(), name="api-events-jsonl"),
    path("processes/", processes.ProcessList.as_view(), name="api-processes"),
    path("processes/<slug:slug>/", processes.ProcessDetail.as_view(), name="api-process"),
    path("processes/<slug:slug>/report/", processes.ProcessReport.as_view(), name="api-process-report"),
    path("kinds/", reference.KindList.as_view(), name="api-kinds"),
    path("categories/", reference.CategoryList.as_view(), name="api-categories"),
    path("topics/", reference.TopicList.as_view(), name="api-topics"),
    path("districts/", reference.DistrictList.as_view(), name="api-districts"),
    path("venues/", reference.VenueList.as_view(), name="api-venues"),
    path("units/", reference.UnitList.as_view(), name="api-units"),
    path("manage/events/", manage.ManagedEvents.as_view(), name="api-manage-events"),
    path("manage/events/<slug:slug>/", manage.ManagedEvent.as_view(), name="api-manage-event"),
    path("manage/events/<slug:slug>/submit/", moves.SubmitEvent.as_view(), name="api-manage-event-submit"),
    path("manage/events/<slug:slug>/send-back/", moves.SendBackEvent.as_view(), name="api-manage-event-send-back"),
    path("manage/events/<slug:slug>/publish/", moves.PublishEvent.as_view(), name="api-manage-event-publish"),
    path("manage/events/<slug:slug>/postpone/", moves.PostponeEvent.as_view(), name="api-manage-event-postpone"),
    path("manage/events/<slug:slug>/new-date/", moves.NewDateOfEvent.as_view(), name="api-manage-event-new-date"),
    path("manage/events/<slug:slug>/cancel/", moves.CancelEvent.as_view(), name="api-manage-event-cancel"),
    path("manage/events/<slug:slug>/hold/", moves.HoldEvent.as_view(), name="api-manage-event-hold"),
    path("manage/events/<slug:slug>/close/", moves.CloseEvent.as_view(), name="api-manage-event-close"),
    path("manage/events/<slug:slug>/copy/", moves.CopyEvent.as_view(), name="api-manage-event-copy"),
    path("manage/events/<slug:slug>/changes/", manage.EventChanges.as_view(), name="api-manage-event-changes"),
    path("manage/events/<slug:slug>/sessions/", parts.EventSessions.as_view(), name="api-manage-event-sessions"),
    path(
        "manage/events/<slug:slug>/sessions/<int:item>/", parts.EventSession.as_view(), name="api-manage-event-session"
    ),
    path("manage/events/<slug:slug>/agenda/", parts.EventAgenda.as_view(), name="api-manage-event-agenda"),
    path(
        "manage/events/<slug:slug>/agenda/<int:item>/",
        parts.EventAgendaItem.as_view(),
        name="api-manage-event-agenda-item",
    ),
    path("manage/events/<slug:slug>/questions/", parts.EventQuestions.as_view(), name="api-manage-event-questions"),
    path(
        "manage/events/<slug:slug>/questions/<int:item>/",
        parts.EventQuestion.as_view(),
        name="api-manage-event-question",
    ),
    path("manage/events/<slug:slug>/reminders/", parts.EventReminders.as_view(), name="api-manage-event-reminders"),
    path(
        "manage/events/<slug:slug>/reminders/<int:item>/",
        parts.EventReminder.as_view(),
        name="api-manage-event-reminder",
    ),
    path("manage/events/<slug:slug>/pools/", parts.EventPools.as_view(), name="api-manage-event-pools"),
    path("manage/events/<slug:slug>/pools/<int:item>/", parts.EventPool.as_view(), name="api-manage-event-pool"),
    path("manage/events/<slug:slug>/preview/", preview.PreviewOfEvent.as_view(), name="api-manage-event-preview"),
    path("manage/events/<slug:slug>/conflicts/", preview.ConflictsOfEvent.as_view(), name="api-manage-event-conflicts"),
    path(
        "manage/events/<slug:slug>/attachments/",
        attachments.EventAttachments.as_view(),
        name="api-manage-event-attachments",
    ),
    path(
        "manage/events/<slug:slug>/attachments/<uuid:attachment_id>/",
        attachments.EventAttachment.as_view(),
        name="api-manage-event-attachment",
    ),
    path("manage/venues/", places.ManagedVenues.as_view(), name="api-manage-venues"),
    path("manage/venues/<slug:slug>/", places.ManagedVenue.as_view(), name="api-manage-venue"),
]
