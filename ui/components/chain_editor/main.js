// A chain of layers as a table: every field an ordinary input, so that keyboard, phone and screen reader just work.
// This file: what is sent, what comes back, and what becomes of the focus. table.js draws; layers.js knows the layers.

import { changed, focused } from "../dom.js"
import { fresh, kinds } from "./layers.js"
import { allMarked, draw, typing } from "./table.js"

export function build(root) {
  // The id tells the edits of this table from those of one that stood here before, in the same session.
  const id = Math.random().toString(36).slice(2)
  const does = { edit, toggle, move, remove, add }
  return { root, id, does, sent: 0, pending: null, base: null, rows: [], results: [], open: new Set() }
}

export function show(state, data) {
  if (changed(state, data)) answer(state, data)
}

// ---- edits: the table's own rows are the truth until the last edit is answered --------------------------------------

// The whole chain goes to the server, so that of several edits only the last has to arrive. With it goes the edit's own
// name, which the server sends back, and the base, which is another one whenever the server's chain changed by other
// means: a preset, a pasted network, Back, Undo. Such a chain replaces the rows, and edits of the old ones are void.
function edit(state, change, focus) {
  const rows = structuredClone(state.rows)
  const results = [...state.results]
  change(rows, results)
  const text = JSON.stringify(rows)
  state.full = text.length > state.data.most
  if (!state.full) {
    state.pending = `${state.id}.${++state.sent}`
    Object.assign(state, { rows, results, focus })
    state.send("chain", { edit: state.pending, base: state.base, text })
  }
  redraw(state)
}

// An answer to an earlier edit, or to a click elsewhere, does not know the last one: of it only the results are of use.
function answer(state, data) {
  const late = state.pending !== null && data.base === state.base && data.edit !== state.pending
  state.data = data
  if (!late) Object.assign(state, { rows: structuredClone(data.rows), base: data.base, pending: null })
  if (!late || kinds(data.rows) === kinds(state.rows)) {
    const impossible = { stopped: true, output: data.words.impossible }
    state.results = data.rows.map((_, index) => (index + 1 === data.stopped ? impossible : (data.results[index] ?? {})))
  }
  redraw(state)
}

function toggle(state, index) {
  if (!state.open.delete(index)) state.open.add(index)
  redraw(state)
}

function move(state, index, by) {
  const shift = (list) => list.splice(index + by, 0, ...list.splice(index, 1))
  state.open.clear()
  edit(state, (...lists) => lists.forEach(shift), `${index + by}.${by < 0 ? "up" : "down"}`)
}

function remove(state, index) {
  const last = state.rows.length - 2
  state.open.clear()
  edit(state, (...lists) => lists.forEach((list) => list.splice(index, 1)), `${Math.min(index, last)}.remove`)
}

function add(state, index) {
  const flat = state.rows.slice(0, index + 1).some((row) => row.type === "flatten" || row.type === "linear")
  const type = flat ? "linear" : "conv"
  const insert = (rows, results) => {
    rows.splice(index + 1, 0, { ...fresh(type), ...(flat ? {} : { padding: 1 }) })
    results.splice(index + 1, 0, {})
  }
  state.open.clear()
  edit(state, insert, `${index + 1}.type`)
}

// ---- on the screen: elements stay while the rows keep their kinds, and with them focus and what is being typed ------

function redraw(state) {
  const { root, data } = state
  const shape = JSON.stringify([kinds(state.rows), [...state.open], data.words, data.kinds, data.activations])
  let kept = null
  if (shape !== state.shape) {
    state.shape = shape
    kept = keep(root)
    draw(state)
  }
  for (const refresh of state.refreshers) refresh()
  restore(state, kept)
}

function keep(root) {
  const active = focused(root)
  if (!active?.dataset?.key || !root.contains(active)) return null
  const marked = active.type === "text" ? [active.selectionStart, active.selectionEnd] : null
  const value = typing(active) ? active.value : null
  return { key: active.dataset.key, value, marked, all: marked !== null && allMarked(active) }
}

function restore(state, kept) {
  const key = state.focus ?? kept?.key
  const field = key && state.root.querySelector(`[data-key="${key}"]`)
  if (!field) return
  const same = !state.focus
  if (same && kept.value !== null) {
    field.value = kept.value
    // The browser reports a change only of what was typed into this very field: hand the rest in.
    field.onblur = () => typing(field) && field.onchange()
    field.onkeydown = (event) => event.key === "Enter" && field.onblur()
  }
  state.focus = undefined
  field.focus()
  if (same && kept.marked && field.type === "text") {
    if (kept.all) field.select()
    else field.setSelectionRange(...kept.marked)
  }
  if (field.disabled) field.parentElement.querySelector("button:not(:disabled)")?.focus()
}
