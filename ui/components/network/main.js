// The network's picture. layout.js says where everything is, draw.js puts it there, point.js answers pointer and keys.
// Elements are kept by id and changed in place: a live run never shows an empty frame. Three layers lie on one another:
// lines (SVG), what the neurons answer (canvas), and the neurons themselves (SVG), which are what is pointed at.

import { button, bytes, floats, make, onResize, shape, theme } from "../dom.js"
import { follow, listen } from "../pointing.js"
import { draw, paint } from "./draw.js"
import { lay } from "./layout.js"
import { largest } from "./numbers.js"
import { choose, emphasise, find, foot, hover, press, rove } from "./point.js"

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { lines: new Map(), neurons: new Map(), heads: new Map(), lit: [], at: null, chosen: null, told: "" }
  const ui = (state.ui = /** @type {Record<string, any>} */ ({ root }))
  ui.stage = make("div", "stage layers", root)
  ui.lines = shape("svg", "lines", ui.stage, { "aria-hidden": "true" })
  ui.canvas = make("canvas", "maps", ui.stage, { "aria-hidden": "true" })
  ui.neurons = shape("svg", "neurons", ui.stage, { role: "group" })
  const foot = make("div", "foot", root)
  ui.caption = make("figcaption", "", foot)
  ui.said = make("p", "said", ui.caption, { id: "said" })
  ui.legend = make("p", "legend", ui.caption)
  ui.switch = make("div", "switch joined", foot, { role: "group" })
  ui.shows = ["weights", "gradients"].map((what) => button("", ui.switch, () => state.send("show", what)))
  state.colour = theme(root, () => paint(state))
  listen(state, ui.stage, { find, hover, choose, press })
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
  follow(state, data.chosen, ([layer, neuron]) => layer < state.shown.length && neuron < state.shown[layer])
}
