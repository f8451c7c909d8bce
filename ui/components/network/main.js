// The network's picture. layout.js says where everything is, draw.js puts it there, point.js answers pointer and keys; all
// are one module. Elements are kept by id and changed in place: a live run never shows an empty frame. Three layers lie on
// one another: lines (SVG), what the neurons answer (canvas), and the neurons themselves (SVG), which are what is pointed at.

const STATES = new WeakMap()
const NS = "http://www.w3.org/2000/svg"

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".network")
  let state = STATES.get(root)
  if (!state) {
    state = { lines: new Map(), neurons: new Map(), heads: new Map(), at: null, chosen: null, told: "", layout: "" }
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

function shape(tag, className, parent, attributes = {}) {
  const element = document.createElementNS(NS, tag)
  element.setAttribute("class", className)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  parent.append(element)
  return element
}

function build(root, state) {
  root.replaceChildren()
  const ui = (state.ui = { root })
  ui.stage = make("div", "stage", root)
  ui.lines = shape("svg", "lines", ui.stage, { "aria-hidden": "true" })
  ui.canvas = make("canvas", "maps", ui.stage, { "aria-hidden": "true" })
  ui.neurons = shape("svg", "neurons", ui.stage, { role: "group" })
  const foot = make("div", "foot", root)
  ui.caption = make("figcaption", "", foot)
  ui.said = make("p", "said", ui.caption, { id: "said" })
  ui.legend = make("p", "legend", ui.caption)
  ui.switch = make("div", "switch", foot, { role: "group" })
  ui.shows = ["weights", "gradients"].map((what) => {
    const button = make("button", "", ui.switch, { type: "button" })
    button.onclick = () => state.send("show", what)
    return button
  })
  // The theme's colours as the browser mixes them; the canvas is painted anew when they have changed.
  ui.probes = Object.fromEntries(["positive", "negative", "ground"].map((name) => [name, make("i", name, root)]))
  ui.probes.positive.addEventListener("transitionend", () => paint(state))
  listen(state)
  state.observer = new ResizeObserver(() => {
    lay(state)
    draw(state)
  })
  state.observer.observe(ui.stage)
}

// ---- what Python sent --------------------------------------------------------------------------------------------

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}

const floats = (text) => new Float32Array(bytes(text).buffer)

function take(state, data) {
  state.data = data
  state.shown = data.widths.map((count) => Math.min(count, data.most))
  state.weights = data.weights.map(floats)
  state.gradients = data.gradients.map(floats)
  state.biases = data.biases.map(floats)
  state.answers = data.answers.map(floats)
  state.maps = data.maps.map(bytes)
  state.drawn = data.byGradient ? state.gradients : state.weights
  state.largest = largest(state.drawn)
  const told = JSON.stringify(data.chosen)
  if (told !== state.told) state.chosen = data.chosen // else what was clicked in the meantime holds
  state.told = told
  if (state.chosen && !there(state, state.chosen[0], state.chosen[1])) state.chosen = null
  if (state.at && !there(state, state.at[0], state.at[1])) state.at = null
}

function there(state, layer, neuron) {
  return layer < state.shown.length && neuron < state.shown[layer]
}

function largest(layers) {
  let found = 1e-12
  for (const layer of layers)
    for (const value of layer) {
      const size = Math.abs(value)
      if (size > found && size < Infinity) found = size
    }
  return found
}

// Row: the neuron whose weight it is; column: the neuron of the layer before.
function weight(state, layers, layer, neuron, from) {
  return layers[layer - 1]?.[neuron * state.shown[layer - 1] + from]
}

function number(value) {
  if (value === undefined) return "–"
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞"
  const size = Math.abs(value)
  const text = size === 0 ? "0" : size < 0.001 || size >= 10000 ? value.toExponential(2) : value.toFixed(4)
  return text.replaceAll("-", "−")
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_all, name) => values[name])
}
