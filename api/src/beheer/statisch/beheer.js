// The only script: everything works without it. It adds copy buttons, a question before a changed form is left, parts
// that open for printing, the end of what is shown for a while, and numbers of the queue that stay up to date.
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

  for (const area of all("[data-stream]")) {
    const button = area.querySelector("[data-stream-switch]");
    const status = area.querySelector("[data-spoken]");
    let source = null;
    const stop = (text) => {
      source.close();
      source = null;
      button.textContent = text;
      button.setAttribute("aria-pressed", "false");
    };
    const start = () => {
      source = new EventSource(area.dataset.stream);
      button.textContent = area.dataset.on;
      button.setAttribute("aria-pressed", "true");
      source.onmessage = (event) => {
        const news = JSON.parse(event.data);
        for (const element of all("[data-live]")) {
          const value = news.values[element.dataset.live];
          if (value !== undefined && element.textContent !== value) element.textContent = value;
        }
        if (status.dataset.spoken !== news.spoken) {
          status.dataset.spoken = news.spoken;
          status.textContent = news.spoken;
        }
      };
      source.onerror = () => {
        stop(area.dataset.off);
        status.classList.remove("vh");
        status.textContent = area.dataset.lost;
      };
    };
    button.addEventListener("click", () => (source ? stop(area.dataset.off) : start()));
    if (!("waits" in area.dataset)) start();
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
