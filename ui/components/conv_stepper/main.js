// Plays a worked convolution or pooling. Python sends input, kernels and sizes; work.js does the arithmetic, picture.js
// draws, cells.js and edit.js take a cell and a typed number, words.js has the sums in words. State (step, channel,
// filter, speed) lives with the element, so that new data or a new theme does not lose it.

import { changed, focused, make, onResize } from "../dom.js"
import { pause, showReach } from "./cells.js"
import { moveInGrid, readEdits, select, startEdit } from "./edit.js"
import { begin, draw, measure } from "./picture.js"

const SPEEDS = [0.5, 1, 2, 4, 0] // 0: as fast as the screen

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { root, step: 0, channel: 0, filter: 0, speed: 1, timer: 0, said: "" }
  const ui = (state.ui = /** @type {Record<string, any>} */ ({}))
  const bar = make("div", "bar", root)
  for (const name of ["play", "back", "forward"]) ui[name] = make("button", name, bar, { type: "button" })
  ui.scrub = make("input", "scrub", bar, { type: "range", min: 0, step: 1 })
  ui.count = make("span", "count", bar)
  ui.speed = make("select", "speed", bar)
  for (const speed of SPEEDS) make("option", "", ui.speed, { value: speed })
  ui.speed.value = state.speed
  const chosen = make("div", "chosen", root)
  ui.filters = make("div", "filters bar", chosen, { role: "group" })
  ui.channels = make("div", "channels bar", chosen, { role: "group" })
  ui.grids = make("div", "grids", root)
  for (const name of ["input", "kernel", "products", "output"]) {
    const home = name === "kernel" || name === "products" ? (ui.middle ??= make("div", "middle", ui.grids)) : ui.grids
    ui[name] = make("figure", name, home)
    ui[name].caption = make("figcaption", "", ui[name])
    ui[name].grid = make("div", "grid", ui[name])
  }
  ui.bias = make("div", "bias", ui.kernel)
  ui.bias.caption = make("span", "label", ui.bias)
  ui.bias.grid = make("div", "grid", ui.bias)
  ui.sum = make("p", "sum", root, { "aria-hidden": "true" })
  ui.keys = make("p", "keys", root)
  ui.spoken = make("p", "spoken", root, { "aria-live": "polite" })

  ui.play.onclick = () => (state.timer ? stop(state) : play(state))
  ui.back.onclick = () => go(state, state.step - 1)
  ui.forward.onclick = () => go(state, state.step + 1)
  ui.scrub.oninput = () => go(state, Number(ui.scrub.value))
  ui.speed.onchange = () => (state.speed = Number(ui.speed.value))
  for (const grid of [ui.input.grid, ui.kernel.grid, ui.bias.grid]) {
    grid.onclick = (event) => {
      const cell = event.target.closest(".cell")
      if (!cell || event.target.tagName === "INPUT") return
      const again = focused(root) === cell
      select(state, cell)
      if (again && cell.dataset.grid !== "input") startEdit(state, cell)
    }
    grid.ondblclick = (event) => startEdit(state, event.target.closest(".cell"))
  }
  ui.output.grid.onclick = (event) => {
    const cell = event.target.closest(".cell")
    if (cell) go(state, Number(cell.dataset.step))
  }
  root.onkeydown = (event) => onKey(event, state)
  onResize(signal, root, () => state.data && measure(state))
  signal.addEventListener("abort", () => pause(state))
  return state
}

export function show(state, data) {
  if (!changed(state, data)) return
  state.filter = Math.min(state.filter, data.pictures.length - 1)
  const before = state.data ? state.data.steps.length : 0
  const { output } = data.pictures[state.filter]
  const after = output[0] * output[1]
  // The same number of steps: stay there. At the end before: at the end now, so that a full picture stays full.
  if (state.step >= before - 1 && before > 1) state.step = after - 1
  else if (before !== after) state.step = 0
  Object.assign(state, { all: data, edits: readEdits(data.edits) })
  begin(state)
}

function onKey(event, state) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target === state.ui.speed) return
  const { target, key } = event
  if (target.dataset.place && (key.startsWith("Arrow") || key === "Enter" || key === "F2" || /^[-0-9.]$/.test(key))) {
    event.preventDefault()
    if (key.startsWith("Arrow")) moveInGrid(state, target, key)
    else startEdit(state, target, key.length > 1 ? undefined : key)
    return
  }
  const width = state.data.output[1]
  const inGrid = state.ui.output.contains(event.target)
  const moves = {
    ArrowLeft: state.step - 1,
    ArrowRight: state.step + 1,
    ArrowUp: state.step - (inGrid ? width : 1),
    ArrowDown: state.step + (inGrid ? width : 1),
    Home: 0,
    End: state.data.steps.length - 1,
  }
  if (event.key in moves) {
    event.preventDefault() // also keeps the slider from moving twice
    const aim = moves[event.key]
    if (aim >= 0 && aim < state.data.steps.length) go(state, aim)
    if (inGrid) state.cells[state.step].focus()
  } else if (event.key === " " && event.target.tagName !== "BUTTON") {
    event.preventDefault()
    state.ui.play.click()
  }
}

// ---- playing -----------------------------------------------------------------------------------------------------

function play(state) {
  const last = state.data.steps.length - 1
  if (state.step >= last) state.step = 0
  showReach(state, null)
  let before = performance.now()
  const frame = (now) => {
    // ms; a long picture takes some 24 s at most at speed 1; the fastest takes one step at every frame
    const wait = state.speed ? Math.min(900, Math.max(40, 24000 / (last + 1))) / state.speed : 0
    state.root.classList.toggle("fast", wait < 200) // no sliding from place to place: it would lag behind
    if (now - before >= wait) {
      if (state.step >= last) return stop(state)
      before = now
      state.step += 1
      draw(state)
    }
    state.timer = requestAnimationFrame(frame)
  }
  state.timer = requestAnimationFrame(frame)
  draw(state)
}

function stop(state) {
  pause(state)
  state.root.classList.remove("fast")
  draw(state)
}

function go(state, step) {
  pause(state)
  showReach(state, null)
  state.step = Math.min(Math.max(step, 0), state.data.steps.length - 1)
  draw(state)
}
