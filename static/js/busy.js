// A form with data-busy="Reading …" waits for AWS: once sent, its button says so and cannot be pressed again.
// Coming back to the page by the back button, the button is as it was.

const before = new Map();

const wait = (event) => {
  const form = event.target.closest("[data-busy]");
  const button = event.submitter ?? form?.querySelector("[type=submit]");
  if (!form || !button || event.defaultPrevented) return;
  before.set(button, [...button.childNodes]);
  button.replaceChildren(form.dataset.busy);
  form.setAttribute("aria-busy", "true");
  // After the form's data are taken, where a disabled button would be missing.
  setTimeout(() => {
    button.disabled = true;
  });
};

const restore = () => {
  for (const [button, nodes] of before) {
    button.replaceChildren(...nodes);
    button.disabled = false;
    button.form.removeAttribute("aria-busy");
  }
  before.clear();
};

document.addEventListener("submit", wait);
addEventListener("pageshow", restore);
