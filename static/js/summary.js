// The error summary takes the focus when a form comes back with errors, so that it is read first.

document.querySelector("[data-error-summary]")?.focus();
