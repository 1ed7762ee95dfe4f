// On pages with blocks: scenarios unfold part by part, reflections outlive a reload of the tab. All of it stays here:
// nothing is sent, and leaving quickly forgets it (site.js).

// --- Scenarios -------------------------------------------------------------------------------------------------

function setUpScenario(scenario) {
  const parts = new Map([...scenario.querySelectorAll("[data-part]")].map((part) => [part.id, part]));
  const start = scenario.querySelector(".scenario__part--start");
  if (!start) return;

  // The way so far, first part first; a part not on it is hidden.
  let way = [start];

  const show = () => {
    for (const part of parts.values()) part.hidden = !way.includes(part);
    // The order of the way, whatever the order in which the parts were written.
    way.forEach((part, index) => index && way[index - 1].after(part));
  };

  const cutAfter = (part) => {
    for (const gone of way.slice(way.indexOf(part) + 1)) {
      for (const choice of gone.querySelectorAll("details[open]")) choice.open = false;
    }
    way = way.slice(0, way.indexOf(part) + 1);
  };

  const choose = (choice) => {
    const part = choice.closest("[data-part]");
    if (!way.includes(part)) return;
    for (const other of part.querySelectorAll("details[open]")) if (other !== choice) other.open = false;
    cutAfter(part);
    const next = parts.get(choice.dataset.next);
    if (next && !way.includes(next)) way.push(next);
    show();
  };

  scenario.addEventListener(
    "toggle",
    (event) => {
      const choice = event.target;
      if (!choice.matches?.("details[data-next]")) return;
      if (choice.open) {
        choose(choice);
      } else if (!choice.parentElement.querySelector("details[open]")) {
        const part = choice.closest("[data-part]");
        if (way.includes(part)) {
          cutAfter(part);
          show();
        }
      }
    },
    true, // "toggle" does not bubble
  );

  scenario.addEventListener("click", (event) => {
    if (!event.target.closest("[data-again]")) return;
    event.preventDefault();
    cutAfter(start);
    for (const choice of start.querySelectorAll("details[open]")) choice.open = false;
    show();
    start.focus();
    start.scrollIntoView({ block: "center" });
  });

  scenario.dataset.live = "";
  show();
}

// --- Reflections -----------------------------------------------------------------------------------------------

function setUpReflections(fields) {
  fields.forEach((field, index) => {
    const key = `fieldfare:reflection:${location.pathname}:${index}`;
    try {
      field.value = sessionStorage.getItem(key) ?? field.value;
    } catch {
      return;
    }
    field.addEventListener("input", () => {
      if (field.value) sessionStorage.setItem(key, field.value);
      else sessionStorage.removeItem(key);
    });
  });
}

for (const scenario of document.querySelectorAll("[data-scenario]")) setUpScenario(scenario);
setUpReflections([...document.querySelectorAll("[data-reflection]")]);
