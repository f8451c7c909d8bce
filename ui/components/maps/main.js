// A network's layers as pictures of what they answer. layout.js says where everything is, draw.js paints it, point.js
// answers pointer and keys. Elements are kept and changed in place: a live run never shows an empty frame. Three layers
// lie on one another: the maps (canvas), what is marked in them (canvas), and one button for each map.

import { bytes, fill, floats, make, onResize, theme } from "../dom.js"
import { follow, listen } from "../pointing.js"
import { mark, paint } from "./draw.js"
import { lay, there } from "./layout.js"
import { call, cellOf, choose, find, foot, hover, press } from "./point.js"

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { tiles: new Map(), at: null, chosen: null, told: "", layout: "" }
  const ui = (state.ui = /** @type {Record<string, any>} */ ({ root }))
  ui.stage = make("div", "stage layers", root, { role: "group" })
  ui.canvas = make("canvas", "", ui.stage, { "aria-hidden": "true" })
  ui.marks = make("canvas", "", ui.stage, { "aria-hidden": "true" })
  ui.tiles = make("div", "tiles", ui.stage)
  const under = make("figcaption", "foot", root)
  ui.said = make("p", "said", under, { id: "said" })
  ui.legend = make("p", "legend", under)
  state.colour = theme(root, () => redraw(state))
  listen(state, ui.stage, { find, hover, choose, press, stood: cellOf })
  onResize(signal, ui.stage, () => redraw(state))
  return state
}

export function show(state, data) {
  take(state, data)
  redraw(state)
}

function redraw(state) {
  const { ui, data } = state
  lay(state)
  if (!state.width || !ui.root.isConnected) return
  ui.stage.setAttribute("aria-label", fill(data.words.label, data.fields))
  paint(state)
  mark(state)
  call(state)
  foot(state)
  ui.stage.dataset.frames = Number(ui.stage.dataset.frames ?? 0) + 1
}

// What stands still came with the layer, the rest with the run.
function take(state, data) {
  state.data = data
  state.layers = data.layers.map((layer, index) => {
    const known = { ...layer, ...data.numbers[index] }
    const read = (name, decode) => known[name] ? decode(known[name]) : null
    return {
      ...known,
      values: read("values", bytes),
      under: read("under", bytes),
      outputs: read("outputs", floats),
      shares: read("shares", floats),
      before: read("before", floats),
    }
  })
  follow(state, data.chosen, (place) => there(state, place))
}
