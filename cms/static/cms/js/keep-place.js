// Open courses only: which lessons are done is kept in the browser and nowhere else. It lasts for this tab, or on this
// phone once the reader ticks "Keep my place on this phone". Leaving quickly forgets both (site.js).
//
// What the page offers, all of it optional:
//   [data-open-course="parents"]                 around everything; the course's code
//   [data-lesson="talking"] > [data-lesson-done-mark hidden]   a lesson of the list, with the mark that shows when it is done
//   a[data-next-step data-word="Go on"]          leads to the first lesson not done; its word changes once one is
//   [data-lesson-done="talking"]                 a form or link; using it marks the lesson done
//   input[data-keep-place]                       the box "Keep my place on this phone" (component keep_place.html)
//   button[data-forget-place]                    forgets at once

const course = document.querySelector("[data-open-course]");

function setUp(root) {
  const key = `fieldfare:place:${root.dataset.openCourse}`;
  const box = root.querySelector("[data-keep-place]");
  const stores = [sessionStorage, localStorage];

  const read = () => {
    for (const store of stores) {
      try {
        const done = JSON.parse(store.getItem(key) ?? "null");
        if (Array.isArray(done)) return new Set(done.filter((code) => typeof code === "string"));
      } catch {
        // Not ours, or damaged: as if nothing were kept.
      }
    }
    return new Set();
  };
  const kept = () => localStorage.getItem(key) !== null;
  const write = (done, onPhone) => {
    const text = JSON.stringify([...done]);
    sessionStorage.setItem(key, text);
    if (onPhone) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  };

  const show = () => {
    const done = read();
    const lessons = [...root.querySelectorAll("[data-lesson]")];
    for (const lesson of lessons) {
      const mark = lesson.querySelector("[data-lesson-done-mark]");
      if (mark) mark.hidden = !done.has(lesson.dataset.lesson);
    }
    const step = root.querySelector("[data-next-step]");
    const next = lessons.find((lesson) => !done.has(lesson.dataset.lesson))?.querySelector("a[href]");
    if (step && next && done.size) {
      step.href = next.href;
      if (step.dataset.word) step.textContent = step.dataset.word;
    }
  };

  const markDone = (event) => {
    const act = event.target.closest("[data-lesson-done]");
    if (!act || (event.type === "click" && act.matches("form"))) return;
    write(read().add(act.dataset.lessonDone), kept());
  };
  root.addEventListener("submit", markDone);
  root.addEventListener("click", markDone);

  if (box) {
    box.checked = kept();
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.addEventListener("change", () => write(read(), box.checked));
  }
  root.querySelector("[data-forget-place]")?.addEventListener("click", () => {
    for (const store of stores) store.removeItem(key);
    if (box) box.checked = false;
    show();
  });
  show();
}

try {
  if (course) setUp(course);
} catch {
  // Storage is forbidden here: the course works without a kept place.
}
