// Plays a worked convolution or pooling. Every number comes from Python; here is only the showing, and picture.js,
// which follows in the same module, draws. State (the present step and channel) lives with the element, so that new
// data or a new theme does not lose it.

const STATES = new WeakMap()

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".stepper")
  let state = STATES.get(root)
  if (!state) {
    state = { step: 0, channel: 0, timer: 0, signature: "", observer: null }
    STATES.set(root, state)
    build(root, state)
  }
  const signature = JSON.stringify(data)
  if (signature !== state.signature) {
    const before = state.data ? state.data.steps.length : 0
    const after = data.steps.length
    // The same number of steps: stay there. At the end before: at the end now, so that a full picture stays full.
    if (state.step >= before - 1 && before > 1) state.step = after - 1
    else if (before !== after) state.step = 0
    Object.assign(state, { data, signature })
    state.channel = Math.min(state.channel, data.channels.length - 1)
    fill(root, state)
  }
  return () => {
    pause(state)
    state.observer.disconnect()
    STATES.delete(root)
    root.replaceChildren()
  }
}

// ---- once per element --------------------------------------------------------------------------------------------

function make(tag, className, parent, attributes = {}) {
  const element = document.createElement(tag)
  element.className = className
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  parent.append(element)
  return element
}

function build(root, state) {
  root.replaceChildren()
  const ui = (state.ui = {})
  const bar = make("div", "bar", root)
  for (const name of ["play", "back", "forward"]) ui[name] = make("button", name, bar, { type: "button" })
  ui.scrub = make("input", "scrub", bar, { type: "range", min: 0, step: 1 })
  ui.count = make("span", "count", bar)
  ui.channels = make("div", "channels bar", root, { role: "group" })
  ui.grids = make("div", "grids", root)
  for (const name of ["input", "kernel", "products", "output"]) {
    const home = name === "kernel" || name === "products" ? (ui.middle ??= make("div", "middle", ui.grids)) : ui.grids
    ui[name] = make("figure", name, home)
    ui[name].caption = make("figcaption", "", ui[name])
    ui[name].grid = make("div", "grid", ui[name])
  }
  ui.sum = make("p", "sum", root, { "aria-hidden": "true" })
  ui.keys = make("p", "keys", root)
  ui.spoken = make("p", "spoken", root, { "aria-live": "polite" })

  ui.play.onclick = () => (state.timer ? stop(root, state) : play(root, state))
  ui.back.onclick = () => go(root, state, state.step - 1)
  ui.forward.onclick = () => go(root, state, state.step + 1)
  ui.scrub.oninput = () => go(root, state, Number(ui.scrub.value))
  ui.output.grid.onclick = (event) => {
    const cell = event.target.closest(".cell")
    if (cell) go(root, state, Number(cell.dataset.step))
  }
  root.onkeydown = (event) => onKey(event, root, state)
  state.observer = new ResizeObserver(() => state.data && measure(root, state))
  state.observer.observe(root)
}

function onKey(event, root, state) {
  if (event.altKey || event.ctrlKey || event.metaKey) return
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
    if (aim >= 0 && aim < state.data.steps.length) go(root, state, aim)
    if (inGrid) state.cells[state.step].focus()
  } else if (event.key === " " && event.target.tagName !== "BUTTON") {
    event.preventDefault()
    state.ui.play.click()
  }
}

// ---- playing -----------------------------------------------------------------------------------------------------

function play(root, state) {
  const last = state.data.steps.length - 1
  if (state.step >= last) state.step = 0
  const wait = Math.min(900, Math.max(40, 24000 / (last + 1))) // ms; a long picture takes some 24 s at most
  const tick = () => {
    if (state.step >= last) return stop(root, state)
    state.step += 1
    draw(root, state)
    state.timer = setTimeout(tick, wait)
  }
  state.timer = setTimeout(tick, wait)
  draw(root, state)
}

function pause(state) {
  clearTimeout(state.timer)
  state.timer = 0
}

function stop(root, state) {
  pause(state)
  draw(root, state)
}

function go(root, state, step) {
  pause(state)
  state.step = Math.min(Math.max(step, 0), state.data.steps.length - 1)
  draw(root, state)
}
