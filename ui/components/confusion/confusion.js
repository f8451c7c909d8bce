// The table is built once for a number of classes; afterwards only numbers, tints and marks change.
const states = new WeakMap();

function build(root, size, words) {
  const table = document.createElement("table");
  table.setAttribute("role", "grid");
  const caption = table.createCaption();
  const head = table.createTHead();
  const axis = head.insertRow();
  const corner = document.createElement("td");
  corner.className = "corner";
  axis.append(corner);
  const across = document.createElement("th");
  across.className = "axis";
  across.scope = "colgroup";
  axis.append(across);
  const names = head.insertRow();
  const down = document.createElement("th");
  down.className = "axis down";
  names.append(down);
  const body = table.createTBody();
  const cells = [];
  const heads = { across: [], down: [] };
  across.colSpan = size;
  for (let column = 0; column < size; column += 1) {
    const th = document.createElement("th");
    th.scope = "col";
    names.append(th);
    heads.across.push(th);
  }
  for (let row = 0; row < size; row += 1) {
    const tr = body.insertRow();
    const th = document.createElement("th");
    th.scope = "row";
    tr.append(th);
    heads.down.push(th);
    cells.push([]);
    for (let column = 0; column < size; column += 1) {
      const td = tr.insertCell();
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = row || column ? -1 : 0;
      if (row === column) button.classList.add("diagonal");
      td.append(button);
      cells[row].push(button);
    }
  }
  const hint = document.createElement("p");
  root.replaceChildren(table, hint);
  return { table, caption, across, down, heads, cells, hint, size };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".confusion");
  const { counts, labels, chosen, words } = data;
  const size = labels.length;
  let state = states.get(root);
  if (!state || state.size !== size) {
    state = build(root, size, words);
    states.set(root, state);
  }
  root.style.setProperty("--right", data.right);
  root.style.setProperty("--wrong", data.wrong);
  root.style.colorScheme = data.dark ? "dark" : "light";
  root.classList.toggle("many", size > 5);
  state.caption.textContent = words.caption;
  state.across.textContent = words.answer;
  state.down.textContent = words.truth;
  state.hint.textContent = data.open ? words.hint : "";
  state.hint.hidden = !data.open;
  labels.forEach((label, index) => {
    state.heads.across[index].textContent = label;
    state.heads.down[index].textContent = label;
  });
  const focus = (row, column) => {
    const next = state.cells[row]?.[column];
    if (!next) return;
    for (const line of state.cells) for (const button of line) button.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  // Of many classes each mistake is a small share of its row: the tint is of the most frequent one.
  const sums = counts.map((line) => line.reduce((a, b) => a + b, 0) || 1);
  const worst = Math.max(...counts.map((line, row) => Math.max(...line.map((n, at) => (at === row ? 0 : n / sums[row])))));
  const scale = size > 5 && worst > 0 && worst < 0.4 ? 0.4 / worst : 1;
  for (let row = 0; row < size; row += 1) {
    const sum = sums[row];
    for (let column = 0; column < size; column += 1) {
      const count = counts[row][column];
      const share = count / sum;
      const button = state.cells[row][column];
      const open = Boolean(chosen && chosen[0] === row && chosen[1] === column);
      button.textContent = count;
      button.classList.toggle("long", count > 999);
      button.style.setProperty("--share", `${Math.round(100 * share * (row === column ? 1 : scale))}%`);
      button.classList.toggle("strong", share > (data.dark ? 0.55 : 0.8));
      button.setAttribute("aria-pressed", String(open));
      button.disabled = !data.open;
      const fill = { t: labels[row], a: labels[column], n: count, p: `${(100 * share).toFixed(1)} %` };
      const said = words.cell.replace(/%([tanp])/g, (_, name) => fill[name]);
      button.setAttribute("aria-label", said);
      button.title = said;
      button.onclick = () => {
        focus(row, column);
        setTriggerValue("cell", open ? "" : [row, column]);
      };
      button.onkeydown = (event) => {
        const move = moves[event.key];
        if (!move) return;
        event.preventDefault();
        focus(row + move[0], column + move[1]);
      };
    }
  }
}
