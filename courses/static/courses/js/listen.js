// Recordings of lessons: the place and the speed are remembered in this tab, on this device, and nowhere else. Leaving
// quickly forgets both (site.js). The player itself is the browser's own: it works by keyboard and with screen readers.

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

function setUp(player) {
  const place = `fieldfare:listen:${new URL(player.src, location.href).pathname}`;
  const speeds = document.querySelector("[data-listen-speed]");

  const setSpeed = (speed) => {
    player.defaultPlaybackRate = speed;
    player.playbackRate = speed;
  };
  if (speeds) {
    const speed = kept(SPEED);
    if ([...speeds.options].some((option) => Number(option.value) === speed)) {
      speeds.value = String(speed);
      setSpeed(speed);
    }
    speeds.addEventListener("change", () => {
      setSpeed(Number(speeds.value));
      keep(SPEED, speeds.value);
    });
  }

  // A chapter's link leads to the page of its lesson; here it plays the chapter.
  const chapters = [...document.querySelectorAll("[data-listen-at]")];
  let wanted = Number.NaN;
  for (const chapter of chapters) {
    chapter.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      wanted = Number(chapter.dataset.listenAt);
      if (player.readyState) player.currentTime = wanted;
      player.play().catch(() => {});
    });
  }
  const markChapter = () => {
    const begun = chapters.filter((chapter) => Number(chapter.dataset.listenAt) <= player.currentTime + 0.05);
    const now = begun[begun.length - 1];
    for (const chapter of chapters) {
      if (chapter === now) chapter.setAttribute("aria-current", "true");
      else chapter.removeAttribute("aria-current");
    }
  };
  if (chapters.length) player.addEventListener("timeupdate", markChapter);

  // Only once somebody presses play is anything loaded, and only then can there be a place to go back to.
  player.addEventListener(
    "loadedmetadata",
    () => {
      const seconds = Number.isNaN(wanted) ? kept(place) : wanted;
      if (seconds > 0 && seconds < player.duration - 2) player.currentTime = seconds;
    },
    { once: true },
  );
  player.addEventListener("timeupdate", () => keep(place, player.currentTime.toFixed(1)));
  player.addEventListener("ended", () => keep(place, 0));
}

for (const player of document.querySelectorAll("[data-listen]")) setUp(player);
