// Copy buttons: data-copy copies the data-copy-source inside the nearest data-copy-scope, data-copy-text="…" the
// text itself, data-copy-link="#section" the address of a part of this page. Without JavaScript they stay hidden,
// and a data-copy-fallback beside them does the work.

const textFor = (button) => {
  if (button.dataset.copyLink !== undefined) {
    return location.origin + location.pathname + button.dataset.copyLink;
  }
  if (button.dataset.copyText !== undefined) return button.dataset.copyText;
  const source = button.closest("[data-copy-scope]").querySelector("[data-copy-source]");
  const lines = [...source.querySelectorAll("[data-line-text]")];
  return lines.length ? lines.map((line) => line.textContent).join("\n") : source.textContent.trim();
};

const say = (button, words) => {
  const label = button.querySelector("[data-copy-label]");
  button.dataset.copyWords ??= label.textContent;
  label.textContent = words;
  setTimeout(() => {
    label.textContent = button.dataset.copyWords;
  }, 2500);
};

const copy = async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-text], [data-copy-link]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(textFor(button));
    say(button, "Copied");
  } catch {
    say(button, "Could not copy: select the text instead");
  }
};

const reveal = (root) => {
  for (const link of root.querySelectorAll("[data-copy-fallback]")) link.hidden = true;
  for (const button of root.querySelectorAll("[data-copy], [data-copy-text], [data-copy-link]")) button.hidden = false;
};

document.addEventListener("click", copy);
document.addEventListener("htmx:load", (event) => reveal(event.target));
reveal(document);
