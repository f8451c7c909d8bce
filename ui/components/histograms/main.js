// Each histogram is two filled outlines: the bins below 0 and those above, in two colours.

import { each, fill, make, say, set, shape } from "../dom.js"
import { outline } from "./outline.js"

export function build(root) {
  set(root, { role: "img" })
  const heads = [0, 1].map(() => make("h4", "", root))
  return { root, heads, cells: make("div", "", root), told: "" }
}

export function show(state, { rows, heads, names, words }) {
  state.heads.forEach((head, column) => say(head, heads[column]))
  state.cells.style.display = "contents"
  const cells = rows.flatMap((row, at) => row.map((one) => ({ ...one, name: names[at] })))
  const told = cells.map(({ said: [template, values], name }) => fill(words[template], { ...values, name }))
  each(state.cells, cells, () => cell(state.cells), ({ parts }, { counts, below, ends }, at) => {
    say(parts.said, told[at])
    const most = Math.max(...counts, 1)
    set(parts.negative, { d: outline(counts, 0, below, most) })
    set(parts.positive, { d: outline(counts, below, counts.length, most) })
    parts.ends.forEach((end, side) => say(end, ends[side]))
  })
  const left = told.filter((_, at) => at % 2 === 0)
  const right = told.filter((_, at) => at % 2 === 1)
  set(state.root, { "aria-label": fill(words.alt, { sizes: [...left, ...right].join("; ") }) })
}

function cell(parent) {
  const box = /** @type {any} */ (make("div", "", parent))
  const said = make("p", "", box)
  const svg = shape("svg", "", box, { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" })
  const [negative, positive] = ["negative", "positive"].map((name) => shape("path", name, svg))
  const bounds = make("p", "", box)
  box.parts = { said, negative, positive, ends: [0, 1].map(() => make("span", "", bounds)) }
}
