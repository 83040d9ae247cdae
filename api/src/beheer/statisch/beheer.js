// The only script: everything works without it. It adds copy buttons, a question before a changed form is left, parts
// that open for printing, and the end of what is shown for a while.
(() => {
  "use strict";
  const page = document.documentElement;
  page.classList.add("js");
  const all = (selector) => document.querySelectorAll(selector);

  for (const button of all("[data-copy]")) {
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = button.dataset.done;
    });
  }

  for (const form of all("form[data-guard]")) {
    let changed = form.hasAttribute("data-changed");
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => {
      if (changed) event.preventDefault();
    });
  }

  for (const element of all("[data-until]")) {
    const left = Date.parse(element.dataset.until) - Date.now();
    setTimeout(() => element.replaceWith(element.dataset.after || ""), Math.max(left, 0));
  }

  for (const warning of all("[data-warn-at]")) {
    const left = Date.parse(warning.dataset.warnAt) - Date.now();
    setTimeout(() => {
      const text = document.createElement("p");
      text.textContent = warning.dataset.warn;
      warning.append(text);
      warning.classList.add("alert", "warn");
    }, Math.max(left, 0));
  }

  window.addEventListener("beforeprint", () => {
    for (const details of all("details:not([open])")) {
      details.open = true;
      details.dataset.printed = "";
    }
  });
  window.addEventListener("afterprint", () => {
    for (const details of all("details[data-printed]")) {
      details.open = false;
      delete details.dataset.printed;
    }
  });
})();
