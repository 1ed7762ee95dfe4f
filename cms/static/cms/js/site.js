// On every page: leaving quickly, the size of text, menus that close, the chosen place, the focus on errors.
// The page works without any of it; the exit is a plain link until this has loaded.

const SIZE_KEY = "fieldfare:text-size";
const OURS = "fieldfare:";

// --- Leaving ---------------------------------------------------------------------------------------------------

/** Forget what this site keeps in the browser: all of this tab, and our own keys of the device. */
function forget() {
  try {
    sessionStorage.clear();
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(OURS)) localStorage.removeItem(key);
    }
  } catch {
    // Storage may be forbidden; then there is nothing to forget.
  }
}

/** Blank the page first, since the other site may take seconds to come; then take its place in the history. */
function leave(address) {
  document.title = "\u00a0";
  document.body.replaceChildren();
  forget();
  location.replace(address);
}

function setUpLeaving(link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave(link.href);
  });

  // Shift, pressed alone three times within five seconds.
  const status = document.querySelector("[data-leave-status]");
  let presses = 0;
  let alone = false;
  let timer = 0;
  const reset = () => {
    presses = 0;
    if (status) status.textContent = "";
  };
  addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && (alone || !event.repeat);
    if (!alone) reset();
  });
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    presses += 1;
    clearTimeout(timer);
    if (presses === 3) {
      leave(link.href);
      return;
    }
    if (status) status.textContent = presses === 1 ? status.dataset.twice : status.dataset.once;
    timer = setTimeout(reset, 5000);
  });
}

// A page taken from the browser's cache after somebody left and came back would show itself again.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.body.childElementCount === 0) location.reload();
});

// --- Size of text ----------------------------------------------------------------------------------------------

function remembered(key) {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function setUpTextSize(menu) {
  const buttons = [...menu.querySelectorAll("[data-size]")];
  const apply = (size) => {
    if (size) document.documentElement.dataset.textSize = size;
    else delete document.documentElement.dataset.textSize;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.size === size));
  };
  apply(remembered(SIZE_KEY));
  menu.hidden = false;
  menu.addEventListener("click", (event) => {
    const button = event.target.closest("[data-size]");
    if (!button) return;
    apply(button.dataset.size);
    try {
      sessionStorage.setItem(SIZE_KEY, button.dataset.size);
    } catch {
      // The size then lasts for this page.
    }
  });
}

// --- Menus -----------------------------------------------------------------------------------------------------

function setUpMenus(menus) {
  addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus) {
      if (!menu.open) continue;
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// --- Place of the help lines -----------------------------------------------------------------------------------

/** A place that the reader chose stands in the address alone; what is opened from here takes it along. */
function takePlaceAlong(place) {
  const within = (address) => {
    const url = new URL(address, location.href);
    if (url.origin !== location.origin || url.searchParams.has("place")) return address;
    url.searchParams.set("place", place);
    return url.href;
  };
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link && !link.getAttribute("href").startsWith("#")) link.href = within(link.href);
  });
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.elements.namedItem("place")) return;
    if (form.method === "get") {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "place", value: place }));
      return;
    }
    // As attributes: a button called "action" hides the property.
    for (const [element, name] of [[form, "action"], [event.submitter, "formaction"]]) {
      const address = element?.getAttribute(name);
      if (address) element.setAttribute(name, within(address));
    }
  });
}

// --- Pictures, and saving data ---------------------------------------------------------------------------------

const SAVE_KEY = "fieldfare:save-data";

/** A picture waits in a template, which loads nothing: it is shown at once, or on a button where data is to be saved. */
function setUpPictures(pictures, box) {
  const show = (picture) => picture.replaceWith(picture.content.cloneNode(true));
  const saves = () => box?.checked || navigator.connection?.saveData === true;
  const offer = (picture) => {
    const words = picture.dataset.picture;
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words });
    button.className = "button button--secondary";
    const about = document.createElement("span");
    about.textContent = picture.content.querySelector("img")?.alt ?? "";
    button.setAttribute("aria-label", `${words}: ${about.textContent}`);
    button.addEventListener("click", () => {
      button.remove();
      about.remove();
      show(picture);
    });
    picture.before(button, about);
  };
  if (box) {
    box.checked = remembered(SAVE_KEY) === "yes";
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.addEventListener("change", () => {
      try {
        if (box.checked) sessionStorage.setItem(SAVE_KEY, "yes");
        else sessionStorage.removeItem(SAVE_KEY);
      } catch {
        // It then lasts for this page.
      }
    });
  }
  for (const picture of pictures) (saves() ? offer : show)(picture);
}

const exit = document.querySelector("[data-leave]");
if (exit) setUpLeaving(exit);
const sizes = document.querySelector("[data-text-size]");
if (sizes) setUpTextSize(sizes);
setUpPictures(document.querySelectorAll("template[data-picture]"), document.querySelector("[data-save-data]"));
setUpMenus([...document.querySelectorAll("[data-menu]")]);
const place = new URLSearchParams(location.search).get("place");
if (place) takePlaceAlong(place);
document.querySelector("[data-error-summary]")?.focus();
