// A network's layers as pictures of what they answer. layout.js says where everything is, draw.js paints it, point.js
// answers pointer and keys; all are one module. Elements are kept and changed in place: a live run never shows an empty
// frame. Three layers lie on one another: the maps (canvas), what is marked in them (canvas), and one button for each map.

const STATES = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".maps")
  let state = STATES.get(root)
  if (!state) {
    state = { tiles: new Map(), at: null, chosen: null, told: "", layout: "" }
    STATES.set(root, state)
    build(root, state)
  }
  state.send = setTriggerValue
  take(state, data)
  lay(state)
  draw(state)
  return () => {
    state.observer.disconnect()
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

function build(root, state) {
  root.replaceChildren()
  const ui = (state.ui = { root })
  ui.stage = make("div", "stage", root, { role: "group" })
  ui.canvas = make("canvas", "", ui.stage, { "aria-hidden": "true" })
  ui.marks = make("canvas", "", ui.stage, { "aria-hidden": "true" })
  ui.tiles = make("div", "tiles", ui.stage)
  const foot = make("figcaption", "foot", root)
  ui.said = make("p", "said", foot, { id: "said" })
  ui.legend = make("p", "legend", foot)
  // The theme's colours as the browser mixes them; the canvases are painted anew when they have changed.
  const names = ["positive", "negative", "ground", "text", "muted", "line", "accent", "test"]
  ui.probes = Object.fromEntries(names.map((name) => [name, make("i", name, root)]))
  ui.probes.positive.addEventListener("transitionend", () => draw(state))
  listen(state)
  state.observer = new ResizeObserver(() => {
    lay(state)
    draw(state)
  })
  state.observer.observe(ui.stage)
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}

function take(state, data) {
  state.data = data
  state.layers = data.layers.map((layer) => ({
    ...layer,
    values: bytes(layer.values),
    under: layer.under ? bytes(layer.under) : null,
  }))
  const told = JSON.stringify(data.chosen)
  if (told !== state.told) state.chosen = data.chosen // else what was clicked in the meantime holds
  state.told = told
  if (state.chosen && !there(state, state.chosen)) state.chosen = null
  if (state.at && !there(state, state.at)) state.at = null
}

// A place is [layer, tile, row, column].
function there(state, [layer, tile, row, column]) {
  const found = state.layers[layer]
  return Boolean(found) && tile < found.tiles && row < found.rows && column < found.columns
}

const same = (one, other) => String(one) === String(other)

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_all, name) => values[name])
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text
}

function signed(text) {
  return String(text).replaceAll("-", "−")
}
