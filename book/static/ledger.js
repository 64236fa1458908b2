/* Filters and orders the entries of the ledger and the errata; without it all are shown. */
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.filters");
  if (!form) return;
  const entries = [...document.querySelectorAll("article.entry")];
  const home = entries[0].parentNode;
  const chosen = (name) => (form.elements[name] ? form.elements[name].value : "");

  function show() {
    const wanted = { document: chosen("document"), value: chosen("value") };
    let shown = 0;
    for (const entry of entries) {
      const fits = Object.entries(wanted).every(([name, value]) => !value || entry.dataset[name] === value);
      entry.hidden = !fits;
      shown += fits;
    }
    form.querySelector("output").value = `${shown} of ${entries.length}`;
    remember(wanted);
  }

  function order() {
    const sign = Number(chosen("order"));
    const undecided = (entry) => Number.isNaN(Number(entry.dataset.clear));
    const sorted = sign
      ? [...entries].sort((a, b) => undecided(a) - undecided(b) || sign * (a.dataset.clear - b.dataset.clear))
      : entries;
    sorted.forEach((entry) => home.appendChild(entry));
  }

  /* The address keeps the choice, so that a filtered ledger can be sent to somebody. */
  function remember(wanted) {
    const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value)).toString();
    history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
  }

  for (const [name, value] of new URLSearchParams(location.search)) {
    if (form.elements[name]) form.elements[name].value = value;
  }
  form.addEventListener("change", () => { order(); show(); });
  form.hidden = false;
  show();
});
