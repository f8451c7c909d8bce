// What a network answers at every point of two inputs. Python sends the answers on a grid and at the samples; the
// picture between grid points is interpolated here, and all that is shown as a number was sent.

import { button, bytes, floats, make, onResize, theme } from "../dom.js"
import { lay } from "./layout.js"
import { legend } from "./legend.js"
import { draw } from "./paint.js"
import { listen, say } from "./point.js"

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { hidden: [false, false], flat: false, at: null, frames: 0, labels: new Map() }
  const ui = (state.ui = /** @type {Record<string, any>} */ ({ root }))
  ui.canvas = make("canvas", "", root, { role: "img", tabindex: "0" })
  ui.legend = make("div", "legend", root)
  ui.said = make("figcaption", "", root)
  ui.spoken = make("div", "spoken", root, { "aria-live": "polite" })
  ui.sets = [0, 1].map((set) =>
    button("entry", ui.legend, () => {
      state.hidden[set] = !state.hidden[set]
      refresh(state)
    })
  )
  ui.flat = button("flat entry", ui.legend, () => {
    state.flat = !state.flat
    state.stale = true
    refresh(state)
  })
  ui.keys = make("span", "", ui.legend)
  ui.keys.style.display = "contents"
  state.colour = theme(root, () => {
    state.stale = true
    draw(state)
  })
  listen(state)
  onResize(signal, root, () => {
    lay(state)
    draw(state)
  })
  return state
}

export function show(state, data, streamed) {
  state.data = unpacked(data, streamed ? state.data.marks : data.marks)
  state.stale = true
  lay(state)
  refresh(state)
}

// The samples stay what they are while a run goes on; what the network answers changes.
function unpacked(data, marks) {
  const read = typeof marks.at !== "string" ? marks : {
    at: floats(marks.at),
    truth: floats(marks.truth),
    test: bytes(marks.test),
    row: new Int32Array(bytes(marks.row).buffer),
  }
  return { ...data, grid: floats(data.grid), marks: { ...read, wrong: bytes(data.wrong), said: floats(data.said) } }
}

function refresh(state) {
  const { marks } = state.data
  const gone = state.at?.sample >= marks.test.length
  if (gone || (state.at?.sample >= 0 && state.hidden[marks.test[state.at.sample]])) state.at = null
  legend(state)
  draw(state)
  say(state, false)
}
