// The table is built once for a number of rows; afterwards only what has changed is written.

import { each, make, say } from "../dom.js"
import { moved } from "../moved.js"

export function build(root) {
  const table = make("table", "", root)
  return { table, head: make("tr", "", make("thead", "", table)), body: make("tbody", "", table) }
}

export function show(state, data, streamed) {
  const { table, head, body } = state
  const { columns, heads, names } = data
  table.setAttribute("aria-label", data.alt)
  each(head, ["", ...heads], () => make(head.children.length ? "th" : "td", "", head, { scope: "col" }), say)
  each(body, names, () => make("tr", "", body), (row, name, place) => {
    const texts = [name, ...columns.map((column) => column[place])]
    each(row, texts, () => make(row.children.length ? "td" : "th", "", row, { scope: "row" }), say)
  })
  moved(state, data.moments.join(" "), data.rests.every(Boolean), streamed)
}
