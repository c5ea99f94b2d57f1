// Reads calendars with ical.js (Thunderbird's own reader): a JSON string on each line in, a JSON list on each line out.

import { createInterface } from "node:readline";

import ICAL from "../../node_modules/ical.js/dist/ical.js";

function instant(time) {
  return time.isDate ? time.toString() : time.toJSDate().toISOString().replace(".000Z", "Z");
}

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  }
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return {
      uid: event.uid,
      start: instant(event.startDate),
      end: instant(event.endDate),
      status: component.getFirstPropertyValue("status"),
      sequence: event.sequence,
      summary: event.summary,
      description: event.description,
      location: event.location,
    };
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(read(JSON.parse(line))));
}
