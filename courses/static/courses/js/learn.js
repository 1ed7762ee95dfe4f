// Pages of courses: practice questions are checked in place; where learning is recorded, notes that a lesson is still
// being read or heard, and saves an answer as soon as it is chosen. Every form works without it.

const MINUTE = 60_000;
const QUEUE = "fieldfare:seen";
const MOST = 50;

// --- Still learning --------------------------------------------------------------------------------------------

function queue() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(QUEUE) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function keep(events) {
  try {
    if (events.length) sessionStorage.setItem(QUEUE, JSON.stringify(events));
    else sessionStorage.removeItem(QUEUE);
    return true;
  } catch {
    // Storage is forbidden: what could not be sent now is lost, and the lesson counts from its pages.
    return false;
  }
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Browsers offer it only over https.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function setUpProgress(lesson) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  let sending = false;

  const send = async () => {
    if (sending) return;
    sending = true;
    try {
      // What is noted while a request is on its way goes with the next.
      for (let events = queue().slice(0, MOST); events.length; events = queue().slice(0, MOST)) {
        const answer = await fetch(lesson.dataset.progress, {
          method: "POST",
          credentials: "same-origin",
          keepalive: true,
          headers: { "Content-Type": "application/json", "X-CSRFToken": token },
          body: JSON.stringify({ events }),
        });
        // Accepted, known already or refused: sending it again would change nothing. A fault of the server may pass.
        if (answer.status >= 500) return;
        const sent = new Set(events.map((event) => event.uuid));
        if (!keep(queue().filter((event) => !sent.has(event.uuid)))) return;
      }
    } catch {
      // Offline: they wait in this tab.
    } finally {
      sending = false;
    }
  };

  const note = (code, rendition) => {
    const event = {
      uuid: newId(),
      verb: "viewed",
      enrolment: lesson.dataset.enrolment,
      text: lesson.dataset.text,
      lesson: code,
      rendition,
      at: new Date().toISOString(),
    };
    keep([...queue(), event].slice(-600));
    send();
  };

  const player = lesson.querySelector("[data-listen]");
  if (player) noteListening(lesson, player, (code) => note(code, "listen"));
  else noteReading(() => note(lesson.dataset.lessonCode, "read"), send);
  addEventListener("online", send);
  send();
}

// A page that is shown is read.
function noteReading(note, send) {
  let shownAt = document.visibilityState === "visible" ? Date.now() : 0;
  setInterval(() => {
    if (document.visibilityState === "visible" && shownAt && Date.now() - shownAt >= MINUTE) {
      shownAt = Date.now();
      note();
    }
  }, 5000);
  document.addEventListener("visibilitychange", () => {
    shownAt = document.visibilityState === "visible" ? Date.now() : 0;
    if (shownAt) send();
  });
}

// A recording that plays is heard, whether its page is shown or not: where it begins, with each minute, where a lesson
// passes into the next, and where it stops. In a recording of the whole course the chapter says which lesson it is.
function noteListening(lesson, player, note) {
  const chapters = [...lesson.querySelectorAll("[data-listen-at]")];
  let code = "";
  let notedAt = 0;

  const heard = () => {
    const begun = chapters.filter((chapter) => Number(chapter.dataset.listenAt) <= player.currentTime + 0.05);
    return begun.at(-1)?.dataset.lessonCode ?? lesson.dataset.lessonCode;
  };
  const say = (what) => {
    code = what;
    notedAt = Date.now();
    if (what) note(what);
  };
  // It plays again after each halt of the line: that is no beginning.
  player.addEventListener("playing", () => {
    if (!notedAt || heard() !== code) say(heard());
  });
  player.addEventListener("timeupdate", () => {
    if (player.paused || player.seeking || !notedAt) return;
    const now = heard();
    if (now !== code || Date.now() - notedAt >= MINUTE) say(now);
  });
  // What was heard last is what stops, even where the end of a lesson is the beginning of the next.
  player.addEventListener("pause", () => {
    if (notedAt) say(code);
    notedAt = 0;
  });
}

// --- Practice questions ----------------------------------------------------------------------------------------

function setUpChecks(root) {
  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-check-form]");
    if (!form) return;
    event.preventDefault();
    const check = form.closest("[data-check]");
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        credentials: "same-origin",
        headers: { "X-Part": "check" },
        body: new URLSearchParams(new FormData(form)),
      });
      if (!answer.ok || answer.redirected) throw new Error("no part of a page");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = page.querySelector("[data-check]");
      if (!part) throw new Error("no part of a page");
      const asked = check.cloneNode(true);
      asked.querySelector("button").disabled = false;
      part.querySelector("[data-check-again]")?.addEventListener("click", (again) => {
        again.preventDefault();
        asked.querySelector("form")?.reset();
        part.replaceWith(asked);
        asked.focus();
      });
      check.replaceWith(part);
      part.focus({ preventScroll: true });
      part.querySelector(".answer, .field__error")?.scrollIntoView({ block: "start" });
    } catch {
      form.submit();
    }
  });
}

// --- Answers ---------------------------------------------------------------------------------------------------

function setUpAutosave(form) {
  const status = form.querySelector("[data-saved]");
  let waiting = 0;
  let saved = Promise.resolve();

  const save = async () => {
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        credentials: "same-origin",
        headers: { "X-Part": "answer" },
        body: new URLSearchParams(new FormData(form)),
      });
      waiting -= 1;
      if (status && answer.status === 204 && !waiting) status.textContent = status.dataset.word;
    } catch {
      // Offline: the button saves it once the line is back.
      waiting -= 1;
    }
  };

  form.addEventListener("change", () => {
    waiting += 1;
    if (status) status.textContent = "";
    // One after the other: an older choice must never arrive last.
    saved = saved.then(save);
  });
}

const lesson = document.querySelector("[data-progress]");
if (lesson) setUpProgress(lesson);
setUpChecks(document);
for (const form of document.querySelectorAll("form[data-autosave]")) setUpAutosave(form);
