// The network's picture. layout.js says where everything is, draw.js puts it there, point.js answers pointer and keys.
// Elements are kept by id and changed in place: a live run never shows an empty frame. Three layers lie on one another:
// lines (SVG), what the neurons answer (canvas), and the neurons themselves (SVG), which are what is pointed at.

import { bytes, floats, make, onResize, shape, theme } from "../dom.js"
import { draw, paint } from "./draw.js"
import { lay } from "./layout.js"
import { largest } from "./numbers.js"
import { emphasise, foot, listen, rove } from "./point.js"

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { lines: new Map(), neurons: new Map(), heads: new Map(), lit: [], at: null, chosen: null, told: "" }
  const ui = (state.ui = /** @type {Record<string, any>} */ ({ root }))
  ui.stage = make("div", "stage", root)
  ui.lines = shape("svg", "lines", ui.stage, { "aria-hidden": "true" })
  ui.canvas = make("canvas", "maps", ui.stage, { "aria-hidden": "true" })
  ui.neurons = shape("svg", "neurons", ui.stage, { role: "group" })
  const foot = make("div", "foot", root)
  ui.caption = make("figcaption", "", foot)
  ui.said = make("p", "said", ui.caption, { id: "said" })
  ui.legend = make("p", "legend", ui.caption)
  ui.switch = make("div", "switch joined", foot, { role: "group" })
  ui.shows = ["weights", "gradients"].map((what) => {
    const button = make("button", "", ui.switch, { type: "button" })
    button.onclick = () => state.send("show", what)
    return button
  })
  state.colour = theme(root, () => paint(state))
  listen(state)
  onResize(signal, ui.stage, () => redraw(state))
  return state
}

export function show(state, data) {
  take(state, data)
  redraw(state)
}

function redraw(state) {
  lay(state)
  if (!state.width) return
  draw(state)
  rove(state)
  foot(state)
  emphasise(state)
}

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
  const there = ([layer, neuron]) => layer < state.shown.length && neuron < state.shown[layer]
  if (state.chosen && !there(state.chosen)) state.chosen = null
  if (state.at && !there(state.at)) state.at = null
}
