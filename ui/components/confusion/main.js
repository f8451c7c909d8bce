// The table is built once for a number of classes; afterwards only numbers, tints and marks change.

import { fill, make, say } from "../dom.js"
import { tint } from "./tint.js"

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }

export function build(root) {
  return { root, size: 0 }
}

export function show(state, data) {
  const { counts, labels, chosen, words } = data
  if (state.size !== labels.length) table(state, labels.length)
  state.root.classList.toggle("many", state.size > 5)
  const total = counts.flat().reduce((sum, count) => sum + count, 0)
  const wrong = counts.reduce((rest, row, at) => rest - row[at], total)
  say(state.caption, fill(words.caption, { wrong, total }))
  state.across.textContent = words.answer
  state.down.textContent = words.truth
  state.hint.textContent = words.hint
  labels.forEach((label, at) => (state.columns[at].textContent = state.rows[at].textContent = label))
  const { share, strength } = tint(counts)
  state.cells.forEach((line, row) =>
    line.forEach((button, column) => {
      const open = chosen?.[0] === row && chosen[1] === column
      const count = counts[row][column]
      button.textContent = count
      button.classList.toggle("long", count > 999)
      button.style.setProperty("--share", `${Math.round(100 * strength(row, column))}%`)
      button.classList.toggle("strong", share(row, column) > (data.dark ? 0.55 : 0.8))
      button.setAttribute("aria-pressed", String(open))
      const said = { t: labels[row], a: labels[column], n: count, p: `${(100 * share(row, column)).toFixed(1)}%` }
      button.title = words.cell.replace(/%([tanp])/g, (_all, name) => said[name])
      button.setAttribute("aria-label", button.title)
      button.onclick = () => {
        focus(state, row, column)
        state.send("cell", open ? "" : [row, column])
      }
      button.onkeydown = (event) => {
        const move = MOVES[event.key]
        if (!move) return
        event.preventDefault()
        focus(state, row + move[0], column + move[1])
      }
    })
  )
}

function table(state, size) {
  state.root.replaceChildren()
  const table = make("table", "", state.root, { role: "grid" })
  state.caption = make("caption", "", table)
  const head = make("thead", "", table)
  const axis = make("tr", "", head)
  make("td", "corner", axis)
  state.across = make("th", "axis", axis, { scope: "colgroup", colspan: size })
  const names = make("tr", "", head)
  state.down = make("th", "axis down", names)
  const places = Array.from({ length: size }, (_, place) => place)
  state.columns = places.map(() => make("th", "", names, { scope: "col" }))
  const body = make("tbody", "", table)
  const lines = places.map(() => make("tr", "", body))
  state.rows = lines.map((line) => make("th", "", line, { scope: "row" }))
  state.cells = lines.map((line, row) =>
    places.map((column) => {
      const look = row === column ? "diagonal" : ""
      return make("button", look, make("td", "", line), { type: "button", tabindex: row || column ? -1 : 0 })
    })
  )
  state.hint = make("p", "", state.root)
  state.size = size
}

function focus(state, row, column) {
  const next = state.cells[row]?.[column]
  if (!next) return
  for (const button of state.cells.flat()) button.tabIndex = -1
  next.tabIndex = 0
  next.focus()
}
