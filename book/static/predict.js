/* Folds what follows a "Predict" note until the reader has committed to an answer, which stays in
   this browser only. Without scripts, in print and for a link into the folded part all is shown. */
document.addEventListener("DOMContentLoaded", () => {
  const page = location.pathname.split("/").slice(-2).join("/");
  const notes = [...document.querySelectorAll(".bd-article .admonition")].filter(
    (note) => note.querySelector(".admonition-title")?.textContent.trim() === "Predict"
  );
  const folds = notes.map(fold).filter(Boolean);
  if (!folds.length) return;

  function fold(note, number) {
    const rest = [];
    let next = note.nextElementSibling;
    while (next && !next.matches("section, .admonition, h1, h2, h3")) {
      rest.push(next);
      next = next.nextElementSibling;
    }
    if (!rest.length) return null;
    const key = `prediction:${page}:${number}`;
    const result = document.createElement("div");
    result.id = `result-${number}`;
    rest[0].before(result);
    result.append(...rest);
    const form = document.createElement("form");
    form.className = "prediction";
    form.innerHTML =
      `<label>Your prediction, kept in this browser only<textarea rows="2"></textarea></label>` +
      `<button type="submit" aria-controls="${result.id}">Keep it and show the result</button> ` +
      `<button type="button" aria-controls="${result.id}">Just show the result</button>`;
    note.append(form);
    const text = form.querySelector("textarea");
    text.value = read(key);
    const show = (open) => {
      if (open) result.removeAttribute("hidden");
      else result.setAttribute("hidden", "until-found");
      form.querySelectorAll("button").forEach((button) => {
        button.hidden = open && button.type === "button";
        button.setAttribute("aria-expanded", String(open));
      });
      form.querySelector("[type=submit]").textContent = open ? "Keep it" : "Keep it and show the result";
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      write(key, text.value.trim());
      show(true);
    });
    form.querySelector("[type=button]").addEventListener("click", () => show(true));
    result.addEventListener("beforematch", () => show(true));
    show(Boolean(text.value));
    return { result, show };
  }

  /* Private windows may refuse storage; the page works all the same. */
  function read(key) {
    try { return localStorage.getItem(key) || ""; } catch { return ""; }
  }
  function write(key, value) {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch { /* nothing is kept */ }
  }

  function follow() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    folds.find(({ result }) => result.contains(target))?.show(true);
    target.scrollIntoView();
  }
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => folds.forEach(({ show }) => show(true)));
  follow();
});
