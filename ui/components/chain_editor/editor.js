// A chain of layers as a table: every field an ordinary input, so that keyboard, phone and screen reader just work.

const STATES = new WeakMap()
const SIZES = ["kernel_size", "stride", "padding", "dilation"]
const FLAGS = { bias: true, ceil_mode: false, count_include_pad: true } // and their defaults
const POOL = ["kernel_size", "stride", "padding"]
const FIELDS = {
  conv: ["filters", "kernel_size", "stride", "padding", "activation", "dilation", "groups", "bias"],
  avgpool: [...POOL, "ceil_mode", "count_include_pad"],
  maxpool: [...POOL, "dilation", "ceil_mode"],
  flatten: [],
  linear: ["features", "activation", "bias"],
  activation: ["activation"],
}
const MORE = ["dilation", "groups", "bias", "ceil_mode", "count_include_pad"]
const DEFAULTS = { stride: "1", padding: "0", dilation: "1", groups: "1" }
const NEW = { conv: { filters: 6, kernel_size: 3 }, avgpool: { kernel_size: 2 }, maxpool: { kernel_size: 2 } }
Object.assign(NEW, { linear: { features: 10 }, activation: { activation: "relu" }, flatten: {} })
const ICONS = { up: "M12 6l-7 7h5v6h4v-6h5z", down: "M12 19l7-7h-5V6h-4v6H5z", add: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z" }
ICONS.remove = "M6.4 5L12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4L12 13.4 6.4 19 5 17.6 10.6 12 5 6.4z"
ICONS.more = "M5 10h4v4H5zm5 0h4v4h-4zm5 0h4v4h-4z"

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".chain")
  const state = STATES.get(root) ?? { signature: "", open: new Set() }
  STATES.set(root, state)
  state.send = setTriggerValue
  const signature = JSON.stringify(data)
  if (signature !== state.signature) {
    Object.assign(state, { data, signature, rows: structuredClone(data.rows) })
    fill(root, state)
  }
  return () => {
    STATES.delete(root)
    root.replaceChildren()
  }
}

function make(tag, className, parent, attributes = {}) {
  const element = document.createElement(tag)
  element.className = className
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  parent.append(element)
  return element
}

function say(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name])
}

function fill(root, state) {
  const { data } = state
  const { words } = data
  const kept = keep(root)
  for (const [name, value] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, value)
  root.replaceChildren()
  const table = make("table", "", root, { "aria-label": words.title })
  const head = make("tr", "", make("thead", "", table))
  const titles = ["number", "name", "type", "many", "kernel_size", "stride", "padding", "activation", "output"]
  for (const title of [...titles, "parameters", "multiply_adds", "field"]) {
    make("th", "", head, { scope: "col", "data-for": title }).textContent = words[title]
  }
  make("th", "", head, { scope: "col" })
  const body = make("tbody", "", table)
  state.rows.forEach((row, index) => line(root, state, body, row, index))
  state.note = make("p", "note", root, { role: "status" })
  state.note.textContent = words.hint
  restore(root, kept, state)
}

function line(root, state, body, row, index) {
  const { words, results, stopped } = state.data
  const result = results[index]
  const known = FIELDS[row.type] ?? []
  const tr = make("tr", index + 1 === stopped ? "stopped" : "", body)
  cell(tr, "number", words.number).textContent = index + 1
  input(root, state, cell(tr, "name", words.name), row, index, "name", result?.name ?? "")
  select(root, state, cell(tr, "type", words.type), row, index, "type", state.data.kinds)
  const many = row.type === "linear" ? "features" : "filters"
  for (const field of [many, "kernel_size", "stride", "padding"]) {
    const place = cell(tr, field, words[field])
    if (known.includes(field)) input(root, state, place, row, index, field, given(row, field))
    else place.classList.add("empty")
  }
  const place = cell(tr, "activation", words.activation)
  const names = Object.fromEntries(state.data.activations.map((name) => [name, name]))
  if (row.type !== "activation") names[""] = words.none
  if (known.includes("activation")) select(root, state, place, row, index, "activation", names)
  else place.classList.add("empty")
  for (const name of ["output", "parameters", "multiply_adds", "field"]) {
    const text = result ? result[name] : name === "output" && index + 1 === stopped ? words.impossible : ""
    const place = cell(tr, `result ${name}`, words[name])
    place.textContent = text
    if (result?.exact[name]) place.title = result.exact[name]
  }
  const actions = cell(tr, "actions", "")
  const extra = known.filter((field) => MORE.includes(field))
  button(actions, "more", index, state, () => toggle(root, state, index), !extra.length)
  button(actions, "up", index, state, () => move(root, state, index, -1), index === 0)
  button(actions, "down", index, state, () => move(root, state, index, 1), index === state.rows.length - 1)
  button(actions, "remove", index, state, () => remove(root, state, index), state.rows.length < 2)
  button(actions, "add", index, state, () => add(root, state, index), state.rows.length >= state.data.mostLayers)
  actions.firstChild.setAttribute("aria-expanded", state.open.has(index))
  if (!state.open.has(index) || !extra.length) return
  const second = make("td", "extra", make("tr", "", body), { colspan: 13 })
  for (const field of extra) {
    const label = make("label", "", second)
    make("span", "", label).textContent = words[field]
    if (field in FLAGS) flag(root, state, label, row, index, field)
    else input(root, state, label, row, index, field, given(row, field))
  }
}

function cell(tr, name, label) {
  return make("td", name, tr, { "data-label": label })
}

function given(row, field) {
  return field === "stride" && row.type !== "conv" ? shown(row.kernel_size ?? "") : (DEFAULTS[field] ?? "")
}

function shown(value) {
  if (value === null || value === undefined) return ""
  return Array.isArray(value) ? value.join("×") : typeof value === "object" ? "?" : String(value)
}

// ---- fields: an empty one means the default, which it shows faintly ------------------------------------------------

function label(state, index, field) {
  return say(state.data.words.of, { field: state.data.words[field], n: index + 1 })
}

function input(root, state, parent, row, index, field, faint) {
  const box = make("input", "", parent, { type: "text", "aria-label": label(state, index, field), placeholder: faint })
  if (field !== "name") box.inputMode = "numeric"
  box.autocomplete = "off"
  box.maxLength = field === "name" ? 40 : 12
  box.dataset.key = `${index}.${field}`
  box.defaultValue = shown(row[field])
  box.onchange = () => {
    box.dataset.sent = box.value
    const text = box.value.trim()
    if (text === "") delete row[field]
    else row[field] = field === "name" ? text : number(text, SIZES.includes(field))
    send(root, state)
  }
}

// What is no number stays text: Python says what is wrong with it.
function number(text, pairs) {
  const pair = pairs && text.match(/^(\d{1,9})\s*[x×,*\s]\s*(\d{1,9})$/i)
  if (pair) return [Number(pair[1]), Number(pair[2])]
  return /^-?\d{1,9}$/.test(text) ? Number(text) : text
}

function select(root, state, parent, row, index, field, options) {
  const box = make("select", "", parent, { "aria-label": label(state, index, field) })
  box.dataset.key = `${index}.${field}`
  const value = shown(row[field])
  if (!(value in options)) options = { [value]: value || "?", ...options }
  for (const [name, text] of Object.entries(options)) make("option", "", box, { value: name }).textContent = text
  box.value = value
  box.onchange = () => {
    if (field === "type") state.rows[index] = changed(row, box.value)
    else if (box.value === "") delete row[field]
    else row[field] = box.value
    send(root, state)
  }
}

function changed(row, type) {
  const fresh = { type, ...NEW[type] }
  for (const field of FIELDS[type]) if (field in row) fresh[field] = row[field]
  if (row.name) fresh.name = row.name
  return fresh
}

function flag(root, state, parent, row, index, field) {
  const box = make("input", "", parent, { type: "checkbox", "aria-label": label(state, index, field) })
  box.dataset.key = `${index}.${field}`
  box.checked = row[field] ?? FLAGS[field]
  box.onchange = () => {
    if (box.checked === FLAGS[field]) delete row[field]
    else row[field] = box.checked
    send(root, state)
  }
}

// ---- rows ----------------------------------------------------------------------------------------------------------

function button(parent, name, index, state, act, disabled) {
  const words = say(state.data.words[name], { n: index + 1 })
  const element = make("button", name, parent, { type: "button", "aria-label": words, title: words })
  element.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`
  element.dataset.key = `${index}.${name}`
  element.disabled = disabled
  element.onclick = act
}

function toggle(root, state, index) {
  if (!state.open.delete(index)) state.open.add(index)
  fill(root, state)
}

function move(root, state, index, by) {
  const [row] = state.rows.splice(index, 1)
  state.rows.splice(index + by, 0, row)
  state.open.clear()
  state.focus = `${index + by}.${by < 0 ? "up" : "down"}`
  send(root, state)
}

function remove(root, state, index) {
  state.rows.splice(index, 1)
  state.open.clear()
  state.focus = `${Math.min(index, state.rows.length - 1)}.remove`
  send(root, state)
}

function add(root, state, index) {
  const flat = state.rows.slice(0, index + 1).some((row) => row.type === "flatten" || row.type === "linear")
  const type = flat ? "linear" : "conv"
  state.rows.splice(index + 1, 0, { type, ...NEW[type], ...(flat ? {} : { padding: 1 }) })
  state.open.clear()
  state.focus = `${index + 1}.type`
  send(root, state)
}

// The whole chain goes to the server, so that a second change before the first one's answer loses nothing.
function send(root, state) {
  const text = JSON.stringify(state.rows)
  if (text.length > state.data.most) {
    state.rows = structuredClone(state.data.rows)
    fill(root, state)
    state.note.textContent = state.data.words.full
    return
  }
  state.send("chain", text)
}

// ---- the focus stays through an answer, with what is being typed ------------------------------------------------------

function keep(root) {
  const active = root.getRootNode().activeElement
  if (!active?.dataset?.key || !root.contains(active)) return null
  const typing = active.type === "text" && active.value !== active.defaultValue && active.value !== active.dataset.sent
  const marked = active.type === "text" ? [active.selectionStart, active.selectionEnd] : null
  const all = marked !== null && marked[0] === 0 && marked[1] === active.value.length
  return { key: active.dataset.key, value: typing ? active.value : null, marked, all }
}

function restore(root, kept, state) {
  const key = state.focus ?? kept?.key
  const field = key && root.querySelector(`[data-key="${key}"]`)
  if (!field) return
  const same = !state.focus
  if (same && kept.value !== null) {
    field.value = kept.value
    // The browser reports a change only of what was typed into this very field: hand the rest in when it is left.
    field.onblur = () => field.value !== field.dataset.sent && field.onchange()
  }
  state.focus = undefined
  field.focus()
  if (same && kept.marked && field.type === "text") {
    if (kept.all) field.select()
    else field.setSelectionRange(...kept.marked)
  }
  if (field.disabled) field.parentElement.querySelector("button:not(:disabled)")?.focus()
}
