const NS = "http://www.w3.org/2000/svg";
const WIDTH = 620;
const HEIGHT = 186;
const chosen = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  const svg = parentElement.querySelector("svg");
  const caption = parentElement.querySelector("figcaption");
  const { widths, weights, biases, words, most } = data;
  const shown = widths.map((count) => Math.min(count, most));
  const tallest = Math.max(...shown);
  const gap = Math.min(50, (HEIGHT - 30) / tallest);
  const radius = Math.max(4, Math.min(14, gap * 0.34));
  const x = (layer) => 44 + (layer * (WIDTH - 88)) / (widths.length - 1);
  const y = (layer, index) => (HEIGHT - 24) / 2 + (index - (shown[layer] - 1) / 2) * gap;

  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("aria-label", data.label);
  const alive = new Set();
  const upsert = (id, tag, parent) => {
    alive.add(id);
    let element = svg.querySelector(`#${id}`);
    if (!element) {
      element = document.createElementNS(NS, tag);
      element.id = id;
      parent.appendChild(element);
    }
    return element;
  };
  const edges = upsert("edges", "g", svg);
  const nodes = upsert("nodes", "g", svg);

  const largest = Math.max(1e-9, ...weights.flat(2).map(Math.abs));
  for (let layer = 0; layer + 1 < widths.length; layer += 1) {
    for (let from = 0; from < shown[layer]; from += 1) {
      for (let to = 0; to < shown[layer + 1]; to += 1) {
        const value = weights[layer]?.[to]?.[from];
        const line = upsert(`w${layer}_${from}_${to}`, "line", edges);
        line.setAttribute("x1", x(layer));
        line.setAttribute("y1", y(layer, from));
        line.setAttribute("x2", x(layer + 1));
        line.setAttribute("y2", y(layer + 1, to));
        const known = value !== undefined && value !== null;
        line.style.stroke = !known ? "var(--st-border-color)" : value >= 0 ? data.positive : data.negative;
        line.style.strokeWidth = known ? `${0.4 + 5 * (Math.abs(value) / largest)}px` : "1px";
        line.style.strokeDasharray = known && value < 0 ? "6 5" : "none";
        line.style.strokeOpacity = known ? 0.8 : 0.9;
      }
    }
  }

  const name = (layer) =>
    layer === 0 ? words.input : layer === widths.length - 1 ? words.output : `${words.hidden} ${layer}`;
  const show = (v) => (v === null ? "NaN" : v.toFixed(4));
  const describe = (layer, index) => {
    const head = `${name(layer)}, ${words.neuron} ${index + 1}`;
    if (layer === 0 || !weights[layer - 1]?.[index]) return head;
    const row = weights[layer - 1][index].map(show).join(", ");
    return `${head}: ${words.weights} ${row}; ${words.bias} ${show(biases[layer - 1][index])}`;
  };
  const say = () => {
    const at = chosen.get(svg);
    if (at && at[0] < widths.length && at[1] < shown[at[0]]) caption.textContent = describe(...at);
    else caption.textContent = weights.length ? words.hint : words.not_yet;
  };

  for (let layer = 0; layer < widths.length; layer += 1) {
    const label = upsert(`l${layer}`, "text", nodes);
    label.setAttribute("class", "layer");
    label.setAttribute("x", x(layer));
    label.setAttribute("y", HEIGHT - 4);
    label.textContent = layer === 0 || layer === widths.length - 1 ? `${name(layer)} ${widths[layer]}` : widths[layer];
    for (let index = 0; index < shown[layer]; index += 1) {
      const group = upsert(`n${layer}_${index}`, "g", nodes);
      group.setAttribute("class", "neuron");
      group.setAttribute("tabindex", "0");
      group.setAttribute("role", "img");
      group.setAttribute("aria-label", describe(layer, index));
      let circle = group.querySelector("circle");
      if (!circle) {
        circle = document.createElementNS(NS, "circle");
        group.appendChild(circle);
      }
      circle.setAttribute("cx", x(layer));
      circle.setAttribute("cy", y(layer, index));
      circle.setAttribute("r", radius);
      const choose = () => {
        chosen.set(svg, [layer, index]);
        say();
      };
      const leave = () => {
        chosen.delete(svg);
        say();
      };
      group.onmouseenter = choose;
      group.onfocus = choose;
      group.onmouseleave = leave;
      group.onblur = leave;
    }
  }
  for (const group of [edges, nodes]) {
    for (const element of [...group.children]) if (!alive.has(element.id)) element.remove();
  }
  say();
}
