// Recordings and films: the place in each and the speed of all are remembered in this tab, on this device, and nowhere
// else. Leaving quickly forgets both (site.js). The players themselves are the browser's own: they work by keyboard, with
// screen readers, and without any of this.

const SPEED = "fieldfare:listen:speed";

function kept(key) {
  try {
    return Number.parseFloat(sessionStorage.getItem(key) ?? "");
  } catch {
    return Number.NaN;
  }
}

function keep(key, value) {
  try {
    sessionStorage.setItem(key, String(value));
  } catch {
    // Storage is forbidden: the recording then starts from its beginning.
  }
}

// A chapter's link leads to the page of its lesson; here it plays the chapter.
function setUpChapters(player, chapters) {
  for (const chapter of chapters) {
    chapter.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      player.dataset.wanted = chapter.dataset.listenAt;
      if (player.readyState) player.currentTime = Number(chapter.dataset.listenAt);
      player.play().catch(() => {});
    });
  }
  player.addEventListener("timeupdate", () => {
    const begun = chapters.filter((chapter) => Number(chapter.dataset.listenAt) <= player.currentTime + 0.05);
    const now = begun[begun.length - 1];
    for (const chapter of chapters) {
      if (chapter === now) chapter.setAttribute("aria-current", "true");
      else chapter.removeAttribute("aria-current");
    }
  });
}

function setUpPlace(player) {
  const place = `fieldfare:listen:${new URL(player.src, location.href).pathname}`;
  // Only once somebody presses play is anything loaded, and only then can there be a place to go back to.
  player.addEventListener(
    "loadedmetadata",
    () => {
      const seconds = player.dataset.wanted ? Number(player.dataset.wanted) : kept(place);
      if (seconds > 0 && seconds < player.duration - 2) player.currentTime = seconds;
    },
    { once: true },
  );
  // Taken from the page by who leaves quickly, a player that plays halts and says where: that is not kept.
  player.addEventListener("timeupdate", () => {
    if (player.isConnected) keep(place, player.currentTime.toFixed(1));
  });
  player.addEventListener("ended", () => keep(place, 0));
}

// Who listens fast listens to everything fast: one speed, whichever player it was chosen at.
function setUpSpeed(players, choices) {
  const setSpeed = (speed) => {
    for (const choice of choices) choice.value = speed;
    for (const player of players) {
      player.defaultPlaybackRate = Number(speed);
      player.playbackRate = Number(speed);
    }
  };
  const speed = String(kept(SPEED));
  if ([...(choices[0]?.options ?? [])].some((option) => option.value === speed)) setSpeed(speed);
  for (const choice of choices) {
    choice.closest("[hidden]")?.removeAttribute("hidden");
    choice.addEventListener("change", () => {
      setSpeed(choice.value);
      keep(SPEED, choice.value);
    });
  }
}

const players = [...document.querySelectorAll("[data-player]")];
setUpSpeed(players, [...document.querySelectorAll("[data-player-speed]")]);
const chapters = [...document.querySelectorAll("[data-listen-at]")];
for (const player of players) {
  if (player.matches("[data-listen]") && chapters.length) setUpChapters(player, chapters);
  setUpPlace(player);
  // Two voices at once tell nothing.
  player.addEventListener("play", () => {
    for (const other of players) if (other !== player) other.pause();
  });
}
