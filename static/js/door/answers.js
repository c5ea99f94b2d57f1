/* Puts answers on the page: the templates of `door_words.html`, filled with what is known. */

/* A copy of a template. `data-if` and `data-unless` name what has to be known or not; {names} are replaced by values. */
export function filled(template, values) {
  const piece = template.content.cloneNode(true);
  for (const element of piece.querySelectorAll("[data-if], [data-unless]")) {
    const { if: wanted, unless: unwanted } = element.dataset;
    if ((wanted && !values[wanted]) || (unwanted && values[unwanted])) element.remove();
  }
  const texts = document.createTreeWalker(piece, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    texts.currentNode.data = texts.currentNode.data.replace(/\{(\w+)\}/g, (_whole, name) => values[name] ?? "");
  }
  return piece;
}

export class Answers {
  constructor(door) {
    this.place = door.querySelector("#answer");
    this.after = door.querySelector("#after-answer");
    this.categories = JSON.parse(door.querySelector("#categories").textContent);
    this.clock = new Intl.DateTimeFormat(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone: door.dataset.zone,
    });
  }

  time(moment) {
    return moment ? this.clock.format(new Date(moment)) : "";
  }

  /* What the server said about a tap. */
  showAnswer(answer, code) {
    const { registration, member } = answer;
    const values = {
      code,
      by: answer.by,
      since: this.time(answer.at),
      title: answer.event_title,
      detail: answer.detail,
      position: answer.position,
      name: fullName(member ?? registration),
      no_photo: registration?.no_photo,
      about: this.#about(registration?.category, member ? 1 : registration?.seats, member && fullName(registration)),
    };
    this.#show(answer.result, values);
    if (!registration) return;
    if (["admitted", "already_present"].includes(answer.result)) this.#offerUndo(registration, member);
    if (registration.party.length) this.#showParty(registration);
  }

  /* What this phone says by itself: `known` is {bundle, person} or null, `earlier` the same code's tap kept before. */
  showKept(code, known, earlier) {
    const person = known?.person;
    const values = {
      code,
      name: person?.name,
      no_photo: person?.no_photo,
      about: this.#about(person?.category, person?.seats),
      made: this.time(known?.bundle.made_at),
      since: this.time(earlier?.at),
    };
    this.#show(`kept${earlier ? "-again" : keptKind(known)}`, values);
  }

  /* That the phone itself failed. */
  showTrouble() {
    this.#show("refused", { detail: textOf("trouble-piece", {}) });
  }

  #about(category, seats, contact) {
    const parts = [];
    if (contact) parts.push(textOf("with-piece", { name: contact }));
    if (category) parts.push(this.categories[category] ?? category);
    if (seats > 1) parts.push(textOf("seats-piece", { seats }));
    return parts.join(" · ");
  }

  #show(kind, values) {
    this.place.replaceChildren(filled(document.querySelector(`[data-answer="${kind}"]`), values));
    this.after.replaceChildren();
    this.place.scrollIntoView({ block: "nearest" });
  }

  #offerUndo(registration, member) {
    const piece = filled(document.querySelector("#undo-piece"), {});
    piece.querySelector("[name=reference]").value = registration.reference;
    piece.querySelector("[name=member]").value = member?.id ?? "";
    this.after.append(piece);
  }

  #showParty(registration) {
    const contact = { ...registration, id: "" };
    const people = registration.contact_comes ? [contact, ...registration.party] : registration.party;
    const piece = filled(document.querySelector("#party-piece"), {});
    for (const person of people) {
      const here = person.attendance === "present";
      const row = filled(document.querySelector("#party-row-piece"), { name: fullName(person), here });
      row.querySelector("[name=reference]").value = registration.reference;
      row.querySelector("[name=member]").value = person.id;
      if (here) row.querySelector("button").classList.add("quiet");
      piece.querySelector("ul").append(row);
    }
    this.after.append(piece);
  }
}

function keptKind(known) {
  if (!known) return "";
  if (!known.person) return "-unknown";
  if (known.person.state === "confirmed" && known.person.attendance === "present") return "-present";
  return `-${known.person.state}`;
}

function fullName(person) {
  return person ? `${person.first_name} ${person.last_name}`.trim() : "";
}

function textOf(id, values) {
  return filled(document.getElementById(id), values).textContent.trim();
}
