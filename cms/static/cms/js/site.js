// On every page: leaving quickly, the size of text, menus that close, the focus on errors.
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

const exit = document.querySelector("[data-leave]");
if (exit) setUpLeaving(exit);
const sizes = document.querySelector("[data-text-size]");
if (sizes) setUpTextSize(sizes);
setUpMenus([...document.querySelectorAll("[data-menu]")]);
document.querySelector("[data-error-summary]")?.focus();
