/* Relevance against variety, moved by hand: maximal marginal relevance over the lists that the
   chapter computed. Everything happens here; without scripts the chapter's own list is shown. */
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".rerank").forEach(start);

  function start(place) {
    const data = JSON.parse(place.querySelector("script[type='application/json']").textContent);
    const steps = Array.from({ length: 21 }, (_, i) => i / 20);
    const curve = steps.map((weight) => measure(data, weight));
    place.querySelector(".rerank-still").hidden = true;
    const id = `rerank-${Math.random().toString(36).slice(2, 8)}`;
    place.insertAdjacentHTML("beforeend", `
      <div class="rerank-controls">
        <label for="${id}-weight">variety <input id="${id}-weight" type="range" min="0" max="20" value="20"> relevance</label>
        <label for="${id}-user">household <input id="${id}-user" type="number" min="1" max="${data.users.length}" value="1"></label>
      </div>
      <p aria-live="polite"><output></output></p>
      <div class="rerank-view"><ol></ol>${picture(curve)}</div>`);
    const [weight, user] = place.querySelectorAll("input");
    const show = () => {
      const step = Number(weight.value);
      const now = curve[step];
      const number = Math.min(Math.max(Math.round(user.value) || 1, 1), data.users.length);
      const said = `weight of relevance ${steps[step].toFixed(2)}: nDCG@${data.k} ${now.ndcg.toFixed(3)}, `
        + `${now.groups.toFixed(2)} ${data.group} in ${data.k}, mean of ${data.users.length} households`;
      weight.setAttribute("aria-valuetext", `weight of relevance ${steps[step].toFixed(2)}`);
      place.querySelector("output").value = said;
      const dot = place.querySelector("circle.now");
      dot.setAttribute("cx", now.x);
      dot.setAttribute("cy", now.y);
      const list = data.users[number - 1];
      place.querySelector(".rerank-view ol").replaceChildren(...rerank(list, steps[step], data.k).map((i) => {
        const row = document.createElement("li");
        row.textContent = `${data.names[list.items[i]]} · ${data.groups[list.groups[i]]}${list.gains[i] ? " ✓" : ""}`;
        row.className = list.gains[i] ? "hit" : "";
        return row;
      }));
    };
    [weight, user].forEach((input) => input.addEventListener("input", show));
    show();
  }

  /* Take, k times, the candidate with the best mix of its own score and not repeating a group. */
  function rerank(list, weight, k) {
    const left = list.scores.map((_, i) => i);
    const taken = new Set();
    const chosen = [];
    while (chosen.length < k && left.length) {
      const worth = (i) => weight * list.scores[i] - (1 - weight) * (taken.has(list.groups[i]) ? 1 : 0);
      let best = 0;
      for (let j = 1; j < left.length; j++) if (worth(left[j]) > worth(left[best])) best = j;
      const [pick] = left.splice(best, 1);
      taken.add(list.groups[pick]);
      chosen.push(pick);
    }
    return chosen;
  }

  function measure(data, weight) {
    let ndcg = 0, groups = 0;
    const discount = (rank) => 1 / Math.log2(rank + 2);
    for (const list of data.users) {
      const chosen = rerank(list, weight, data.k);
      const gained = chosen.reduce((sum, i, rank) => sum + (list.gains[i] ? discount(rank) : 0), 0);
      let ideal = 0;
      for (let rank = 0; rank < Math.min(list.relevant, data.k); rank++) ideal += discount(rank);
      ndcg += ideal ? gained / ideal : 0;
      groups += new Set(chosen.map((i) => list.groups[i])).size;
    }
    return { ndcg: ndcg / data.users.length, groups: groups / data.users.length };
  }

  /* All weights as a curve; the dot is where the slider stands. Sets x and y of each point. */
  function picture(curve) {
    const [width, height, edge] = [320, 200, 34];
    const span = (name) => [Math.min(...curve.map((p) => p[name])), Math.max(...curve.map((p) => p[name]))];
    const [[left, right], [low, high]] = [span("groups"), span("ndcg")];
    for (const point of curve) {
      point.x = edge + ((point.groups - left) / (right - left || 1)) * (width - 2 * edge);
      point.y = height - edge - ((point.ndcg - low) / (high - low || 1)) * (height - 2 * edge);
    }
    const path = curve.map((p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(" ");
    const at = (x, y, anchor, text) => `<text x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;
    return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="nDCG falls from ${high.toFixed(3)} to ${low.toFixed(3)} as the groups in a list rise from ${left.toFixed(2)} to ${right.toFixed(2)}.">
      <polyline points="${path}"/><circle class="now" r="6"/>
      ${at(edge, height - 12, "start", left.toFixed(1))}${at(width - edge, height - 12, "end", right.toFixed(1))}
      ${at(width / 2, height - 12, "middle", "groups in a list")}
      ${at(2, edge + 4, "start", high.toFixed(2))}${at(2, height - edge, "start", low.toFixed(2))}${at(2, 14, "start", "nDCG")}</svg>`;
  }
});
