// Curves of a run, live or over. A run changes data.points, data.end and data.level; all else is what the page says.

import { button, changed, doubles, each, make, onResize, say, set, theme } from "../dom.js"
import { draw, mark, sign } from "./draw.js"
import { listen, tell } from "./point.js"
import { smoothed } from "./scale.js"

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { root, hidden: new Set(), lines: [], at: null, frames: 0 }
  const head = make("figcaption", "", root)
  const ui = (state.ui = /** @type {Record<string, any>} */ ({ title: make("b", "", head) }))
  ui.legend = make("div", "legend", head)
  ui.stage = make("div", "stage", root)
  ui.canvas = make("canvas", "", ui.stage, { role: "img", tabindex: "0", "aria-keyshortcuts": "ArrowLeft ArrowRight" })
  ui.cursor = make("i", "cursor", ui.stage)
  ui.dots = make("div", "dots", ui.stage)
  ui.tip = make("div", "tip", ui.stage, { "aria-hidden": "true" })
  ui.when = make("div", "when", ui.tip)
  ui.values = make("div", "", ui.tip)
  ui.spoken = make("div", "spoken", root, { "aria-live": "polite" })
  const paint = () => refresh(state)
  state.family = getComputedStyle(root).fontFamily
  state.colour = theme(root, paint)
  document.fonts.addEventListener("loadingdone", paint, { signal }) // a canvas is not drawn anew by itself
  listen(state)
  onResize(signal, ui.stage, () => {
    state.size = { width: ui.stage.clientWidth, height: ui.stage.clientHeight }
    paint()
  })
  return state
}

export function show(state, data) {
  state.data = data
  state.lines = data.lines.map((line, at) => {
    const rows = doubles(data.points[at] ?? "")
    return { ...line, rows, smoothed: line.smooth ? smoothed(rows, line.smooth) : rows }
  })
  if (changed(state, [data.lines, data.words, data.height])) dress(state)
  refresh(state)
}

function refresh(state) {
  state.shown = state.lines.filter((line) => line.rows.length && !state.hidden.has(line.label))
  draw(state)
  tell(state)
}

// What stays as it is while a run goes on.
function dress(state) {
  const { ui, data, root } = state
  root.style.minHeight = `${data.height}px`
  set(ui.canvas, { "aria-label": data.words.alt })
  say(ui.title, data.words.title)
  each(ui.legend, data.lines, () => sign(button("entry", ui.legend, () => {}), ["span"]), (made, line) => {
    set(made, { "aria-pressed": !state.hidden.has(line.label) })
    mark(made, line)
    say(made.lastChild, line.label)
    made.onclick = () => {
      if (!state.hidden.delete(line.label)) state.hidden.add(line.label)
      set(made, { "aria-pressed": !state.hidden.has(line.label) })
      refresh(state)
    }
  })
}
