"""Walking through a page with the Tab key alone, and saying where somebody who has no mouse would be lost."""

from playwright.sync_api import Page

_MOST_STOPS = 400
_MOST_STOPS_OF_ONE = 5
"""Day, month, year and calendar of a date."""

# What a mouse can use and the Tab key has to reach. Of a group of radio buttons it stops at one.
_EXPECTED = """() => {
  const all = document.querySelectorAll('a[href], button, select, textarea, input:not([type=hidden]), summary, audio[controls], [tabindex="0"]');
  const groups = new Set();
  let number = 0;
  for (const it of all) {
    if (it.disabled || it.closest('[inert]') || !it.checkVisibility({visibilityProperty: true})) continue;
    if (it.type === 'radio') {
      const group = `${it.form ? Array.from(document.forms).indexOf(it.form) : ''}/${it.name}`;
      if (groups.has(group)) continue;
      groups.add(group);
    }
    it.dataset.walk = number++;
  }
  return number;
}"""

# Where the focus is now: its number, and what is wrong there.
_STOP = """() => {
  const it = document.activeElement;
  if (!it || it === document.body || it === document.documentElement) return null;
  const said = `${it.tagName.toLowerCase()} “${(it.textContent || it.name || it.id).trim().replace(/\\s+/g, ' ').slice(0, 40)}”`;
  const radio = it.type === 'radio' && it.dataset.walk === undefined
    ? (it.form || document).querySelector(`input[type=radio][name="${CSS.escape(it.name)}"][data-walk]`) : null;
  const number = (radio || it).dataset.walk;
  const faults = [];
  const frames = [it, it.closest('.option'), it.labels && it.labels[0]].filter(Boolean);
  const ringed = frames.some((each) => {
    const look = getComputedStyle(each);
    return look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2;
  });
  if (!ringed) faults.push(`nothing shows the focus at ${said}`);
  const boxes = frames.map((each) => each.getBoundingClientRect());
  const seen = boxes.some((box) => box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth);
  if (!seen) faults.push(`the focus is out of sight at ${said}`);
  // Wholly hidden behind what stands still while the page moves: WCAG 2.2, 2.4.11.
  const box = boxes[0];
  const points = [[0.5, 0.5], [0.1, 0.1], [0.9, 0.9], [0.1, 0.9], [0.9, 0.1]].map(([x, y]) => [box.left + box.width * x, box.top + box.height * y]);
  const inside = points.filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
  const covered = inside.length > 0 && inside.every(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && !it.contains(top) && !top.contains(it) && getComputedStyle(top).position !== 'static'
      && ['fixed', 'sticky'].includes(getComputedStyle(top.closest('header, nav, aside, footer') || top).position);
  });
  if (covered) faults.push(`the focus is hidden behind something at ${said}`);
  return {number: number === undefined ? null : Number(number), faults};
}"""


def lost_by_keyboard(page: Page) -> list[str]:
    """Walk from the top to the end and return what is wrong: no sign of the focus, out of sight, not reached, a trap."""
    expected: int = page.evaluate(_EXPECTED)
    # The way begins at the top, wherever a page has put the focus: before the first, as after it and back.
    page.evaluate("() => document.querySelector('[data-walk=\"0\"]').focus()")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    faults: list[str] = []
    reached: set[int] = set()
    last: int | None = None
    times = 0
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop is None or (stop["number"] == 0 and 0 in reached):
            break
        number: int | None = stop["number"]
        times = times + 1 if number is not None and number == last else 1
        if times > _MOST_STOPS_OF_ONE:
            faults.append(f"the Tab key does not leave number {number}")
            break
        last = number
        if number is not None:
            reached.add(number)
        faults += stop["faults"]
    for number in sorted(set(range(expected)) - reached):
        faults.append(
            "not reached: "
            + page.evaluate("(n) => document.querySelector(`[data-walk='${n}']`).outerHTML.slice(0, 120)", number)
        )
    return faults
