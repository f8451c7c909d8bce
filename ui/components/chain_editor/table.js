// The table's elements. Each field reads its row anew from the state, by its index: rows are replaced, elements stay.

import { fill, focused, icon, make, say } from "../dom.js"
import { changed, DEFAULTS, FIELDS, FLAGS, MORE, read, shown } from "./layers.js"

const ICONS = {
  up: "M12 6l-7 7h5v6h4v-6h5z",
  down: "M12 19l7-7h-5V6h-4v6H5z",
  add: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  remove: "M6.4 5L12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4L12 13.4 6.4 19 5 17.6 10.6 12 5 6.4z",
  more: "M5 10h4v4H5zm5 0h4v4h-4zm5 0h4v4h-4z",
}

// Builds the elements anew; what can change without that is left to the refreshers.
export function draw(state) {
  const { root, data } = state
  const { words } = data
  state.refreshers = []
  root.replaceChildren()
  const table = make("table", "", root, { "aria-label": words.title })
  const head = make("tr", "", make("thead", "", table))
  const titles = ["number", "name", "type", "many", "kernel_size", "stride", "padding", "activation", "output"]
  for (const title of [...titles, "parameters", "multiply_adds", "field"]) {
    make("th", "", head, { scope: "col", "data-for": title }).textContent = words[title]
  }
  make("th", "", head, { scope: "col" })
  const body = make("tbody", "", table)
  state.rows.forEach((row, index) => line(state, body, row.type, index))
  const note = make("p", "note", root, { role: "status" })
  state.refreshers.push(() => {
    table.setAttribute("aria-busy", String(state.pending !== null))
    say(note, state.full ? words.full : words.hint)
  })
}

function line(state, body, type, index) {
  const { words } = state.data
  const known = FIELDS[type] ?? []
  const tr = make("tr", "", body)
  cell(tr, "number", words.number).textContent = index + 1
  input(state, cell(tr, "name", words.name), index, "name")
  select(state, cell(tr, "type", words.type), index, "type", state.data.kinds)
  const many = type === "linear" ? "features" : "filters"
  const size = type === "adaptivepool" ? "output_size" : "kernel_size"
  for (const field of [many, size, "stride", "padding"]) {
    const place = cell(tr, field, words[field])
    if (known.includes(field)) input(state, place, index, field)
    else place.classList.add("empty")
  }
  const place = cell(tr, "activation", words.activation)
  const functions = Object.fromEntries(state.data.activations.map((name) => [name, name]))
  if (type !== "activation") functions[""] = words.none
  if (known.includes("activation")) select(state, place, index, "activation", functions)
  else place.classList.add("empty")
  const numbers = ["output", "parameters", "multiply_adds", "field"].map((name) => ({
    name,
    place: cell(tr, `result ${name}`, words[name]),
  }))
  state.refreshers.push(() => {
    const result = state.results[index] ?? {}
    tr.classList.toggle("stopped", Boolean(result.stopped))
    for (const { name, place } of numbers) {
      place.textContent = result[name] ?? ""
      place.title = result.exact?.[name] ?? ""
    }
  })
  const actions = cell(tr, "actions", "")
  const extra = known.filter((field) => MORE.includes(field))
  const more = button(actions, "more", index, state, () => state.does.toggle(state, index), !extra.length)
  button(actions, "up", index, state, () => state.does.move(state, index, -1), index === 0)
  button(actions, "down", index, state, () => state.does.move(state, index, 1), index === state.rows.length - 1)
  button(actions, "remove", index, state, () => state.does.remove(state, index), state.rows.length < 2)
  button(actions, "add", index, state, () => state.does.add(state, index), state.rows.length >= state.data.mostLayers)
  more.setAttribute("aria-expanded", String(state.open.has(index)))
  if (!state.open.has(index) || !extra.length) return
  const second = make("td", "extra", make("tr", "", body), { colspan: 13 })
  for (const field of extra) {
    const label = make("label", "", second)
    make("span", "", label).textContent = words[field]
    if (field in FLAGS) flag(state, label, index, field)
    else input(state, label, index, field)
  }
}

function cell(tr, name, label) {
  return make("td", name, tr, { "data-label": label })
}

function button(parent, name, index, state, act, disabled) {
  const words = fill(state.data.words[name], { n: index + 1 })
  const element = make("button", name, parent, { type: "button", "aria-label": words, title: words })
  element.append(icon(ICONS[name]))
  element.dataset.key = `${index}.${name}`
  element.disabled = disabled
  element.onclick = act
  return element
}

// ---- fields: an empty one means the default, which it shows faintly ------------------------------------------------

function label(state, index, field) {
  return fill(state.data.words.of, { field: state.data.words[field], n: index + 1 })
}

function faint(state, index, field) {
  const row = state.rows[index]
  if (field === "name") return state.results[index]?.name ?? ""
  return field === "stride" && row.type !== "conv" ? shown(row.kernel_size) : (DEFAULTS[field] ?? "")
}

function input(state, parent, index, field) {
  const box = make("input", "", parent, { type: "text", "aria-label": label(state, index, field) })
  if (field !== "name") box.inputMode = "numeric"
  box.autocomplete = "off"
  box.maxLength = field === "name" ? 40 : 12
  box.dataset.key = `${index}.${field}`
  box.onchange = () => {
    box.defaultValue = box.value // handed in: no longer being typed
    const text = box.value.replace(/[\p{C}\p{Z}]+/gu, " ").trim() // what cannot be seen cannot stand in a link
    state.does.edit(state, (rows) => {
      if (text === "") delete rows[index][field]
      else rows[index][field] = read(field, text)
    })
  }
  state.refreshers.push(() => {
    box.placeholder = faint(state, index, field)
    const value = shown(state.rows[index][field])
    if (typing(box)) return
    const all = allMarked(box)
    box.defaultValue = value
    if (box.value === value) return
    box.value = value
    if (all) box.select()
  })
}

function select(state, parent, index, field, options) {
  const box = make("select", "", parent, { "aria-label": label(state, index, field) })
  const option = (name, text) => (make("option", "", box, { value: name }).textContent = text)
  box.dataset.key = `${index}.${field}`
  for (const [name, text] of Object.entries(options)) option(name, text)
  box.onchange = () =>
    state.does.edit(state, (rows, results) => {
      if (field === "type") {
        rows[index] = changed(rows[index], box.value)
        results[index] = {}
      } else if (box.value === "") delete rows[index][field]
      else rows[index][field] = box.value
    })
  state.refreshers.push(() => {
    const value = shown(state.rows[index][field])
    if (![...box.options].some((known) => known.value === value)) option(value, value || "?")
    if (box.value !== value) box.value = value
  })
}

function flag(state, parent, index, field) {
  const box = make("input", "", parent, { type: "checkbox", "aria-label": label(state, index, field) })
  box.dataset.key = `${index}.${field}`
  box.onchange = () =>
    state.does.edit(state, (rows) => {
      if (box.checked === FLAGS[field]) delete rows[index][field]
      else rows[index][field] = box.checked
    })
  state.refreshers.push(() => (box.checked = state.rows[index][field] ?? FLAGS[field]))
}

export function typing(box) {
  return box.type === "text" && box.value !== box.defaultValue
}

export function allMarked(box) {
  return box === focused(box) && box.selectionStart === 0 && box.selectionEnd === box.value.length
}
