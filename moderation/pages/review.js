// Keys for the reviewer's page. Without it every button and link still does the same.
"use strict";

(() => {
  const shownAt = performance.now();
  const settledMs = 150; // a key that was meant for the item before is no answer to this one
  let sent = false;

  const writing = (target) => target.closest("textarea, input:not([type=radio]):not([type=checkbox])");
  const all = (selector) => document.querySelectorAll(selector);

  function keyed(name) {
    return [...all("[data-key]")].find((each) => each.dataset.key === name);
  }

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (writing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const onControl = event.target.closest("button, a, summary");
    if ((event.key === "Enter" || event.key === " ") && onControl) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const wanted = keyed(name);
    if (!wanted) return;
    event.preventDefault();
    if (event.repeat || sent) return;
    if ("answer" in wanted.dataset && performance.now() - shownAt < settledMs) return;
    if (wanted.matches("summary")) openNote(wanted);
    else wanted.click();
  }

  function openNote(summary) {
    summary.parentElement.open = true;
    const note = summary.parentElement.querySelector("textarea");
    note.focus();
    note.setSelectionRange(note.value.length, note.value.length);
  }

  function isOn(button) {
    return button !== null && button.getAttribute("aria-pressed") === "true";
  }

  function redraw() {
    const clear = isOn(document.querySelector("[data-view]")) ? 1 : 0;
    const grey = isOn(document.querySelector("[data-grey]")) ? 1 : 0;
    for (const img of all("img[data-picture]")) {
      img.src = `${img.dataset.picture}?clear=${clear}&grey=${grey}`;
      img.alt = img.alt.replace(/, blurred$/, "") + (clear ? "" : ", blurred");
    }
  }

  function turn(button) {
    button.setAttribute("aria-pressed", String(!isOn(button)));
    redraw();
  }

  function clicked(event) {
    const view = event.target.closest("[data-view]");
    const grey = event.target.closest("[data-grey]");
    if (view) {
      event.preventDefault();
      turn(view);
      view.querySelector("span").textContent = isOn(view) ? "Blur pictures" : "Show pictures";
    } else if (grey) {
      event.preventDefault();
      turn(grey);
      const form = grey.closest("form");
      fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
    }
  }

  function submitted(event) {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    document.body.setAttribute("aria-busy", "true");
  }

  // Of a task with any number of labels, "none of these" and the others exclude each other.
  function ticked(event) {
    const box = event.target;
    if (box.type !== "checkbox" || !box.checked) return;
    for (const other of box.closest("fieldset").querySelectorAll("input")) {
      if (other !== box && (box.value === "none" || other.value === "none")) other.checked = false;
    }
  }

  document.addEventListener("keydown", pressed);
  document.addEventListener("click", clicked);
  document.addEventListener("submit", submitted);
  document.addEventListener("change", ticked);
  window.addEventListener("pageshow", () => { sent = false; });
})();
