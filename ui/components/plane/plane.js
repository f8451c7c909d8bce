// What a network answers at every point of two inputs. Python sends the answers on a grid and at the samples; the picture
// between grid points is interpolated here, and all that is shown as a number was sent.

const STATES = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".plane")
  let state = STATES.get(root)
  if (!state) {
    state = { hidden: [false, false], flat: false, at: null, frames: 0, labels: new Map() }
    STATES.set(root, state)
    build(root, state)
  }
  state.send = setTriggerValue
  state.data = unpacked(data)
  state.stale = true
  if (state.at && state.at.sample >= state.data.marks.test.length) state.at = null
  legend(state)
  lay(state)
  draw(state)
  say(state, false)
  return () => {
    state.observer.disconnect()
    STATES.delete(root)
    root.replaceChildren()
  }
}

function unpacked(data) {
  const { marks } = data
  const grid = decode(data.grid, Float32Array)
  return {
    ...data,
    grid,
    marks: {
      at: decode(marks.at, Float32Array),
      truth: decode(marks.truth, Float32Array),
      test: decode(marks.test, Uint8Array),
      row: decode(marks.row, Int32Array),
      wrong: decode(marks.wrong, Uint8Array),
      said: decode(marks.said, Float32Array),
    },
  }
}

function decode(text, Kind) {
  if (text === null) return null
  return new Kind(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer)
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
  ui.canvas = make("canvas", "", root, { role: "img", tabindex: "0" })
  ui.legend = make("div", "legend", root)
  ui.said = make("figcaption", "", root)
  ui.spoken = make("div", "spoken", root, { "aria-live": "polite" })
  ui.sets = [0, 1].map((set) => {
    const button = make("button", "", ui.legend, { type: "button" })
    button.onclick = () => {
      state.hidden[set] = !state.hidden[set]
      refresh(state)
    }
    return button
  })
  ui.flat = make("button", "flat", ui.legend, { type: "button" })
  ui.flat.onclick = () => {
    state.flat = !state.flat
    state.stale = true
    refresh(state)
  }
  ui.keys = make("span", "", ui.legend)
  ui.keys.style.display = "contents"
  listen(state)
  state.observer = new ResizeObserver(() => {
    lay(state)
    draw(state)
  })
  state.observer.observe(root)
}

function refresh(state) {
  if (state.at?.sample >= 0 && state.hidden[state.data.marks.test[state.at.sample]]) state.at = null
  legend(state)
  draw(state)
  say(state, false)
}

// ---- the legend --------------------------------------------------------------------------------------------------

function legend(state) {
  const { ui, data } = state
  const { words, classes, ink, colours } = data
  ui.root.style.setProperty("--muted", ink.muted)
  ui.canvas.setAttribute("aria-label", words.alt)
  ui.sets.forEach((button, set) => {
    fill(button, [shape(set === 0 ? "disc" : "ring", ink.text), name(words.sets[set])])
    button.setAttribute("aria-pressed", String(!state.hidden[set]))
  })
  fill(ui.flat, [name(classes.length ? words.flat : words.flat_values)])
  ui.flat.hidden = !data.grid
  ui.flat.title = classes.length ? words.flat_help : ""
  ui.flat.setAttribute("aria-pressed", String(state.flat))
  const keys = classes.map((word, at) => key([swatch(colours[at]), name(word)]))
  if (!classes.length) {
    const [low, high] = [-1, 1].map((side) => short(data.middle + side * data.reach))
    const ramp = document.createElement("i")
    ramp.className = "ramp"
    ramp.style.background = `linear-gradient(90deg, ${colours[0]}, ${ink.ground}, ${colours[1]})`
    keys.push(key([name(`${data.output}: ${low}`), ramp, name(high)]))
  }
  if (data.marks.wrong && classes.length) keys.push(key([shape("triangle", ink.text), name(words.wrong)]))
  if (data.borders.length) keys.push(key([shape("dashes", ink.text), name(words.border)]))
  fill(ui.keys, keys)
}

function fill(parent, children) {
  const old = [...parent.children]
  if (old.length === children.length && old.every((child, at) => child.isEqualNode(children[at]))) return
  parent.replaceChildren(...children)
}

function key(children) {
  const element = document.createElement("span")
  element.append(...children)
  return element
}

function name(text) {
  const element = document.createElement("span")
  element.className = "name"
  element.textContent = text
  return element
}

function swatch(colour) {
  const element = document.createElement("i")
  element.className = "swatch"
  element.style.background = colour
  return element
}

function shape(kind, ink) {
  const space = "http://www.w3.org/2000/svg"
  const svg = document.createElementNS(space, "svg")
  const paths = {
    disc: ["M7 2.5a4.5 4.5 0 1 0 .01 0z", true],
    ring: ["M7 2.5a4.5 4.5 0 1 0 .01 0z", false],
    triangle: ["M7 2l5.5 9.5h-11z", false],
    dashes: ["M0 7h5M9 7h5", false],
  }
  const [path, full] = paths[kind]
  const attributes = { width: 14, height: 14, viewBox: "0 0 14 14", "aria-hidden": "true" }
  for (const [label, value] of Object.entries(attributes)) svg.setAttribute(label, value)
  const line = document.createElementNS(space, "path")
  line.setAttribute("d", path)
  line.setAttribute("fill", full ? ink : "none")
  line.setAttribute("stroke", ink)
  line.setAttribute("stroke-width", "1.8")
  svg.append(line)
  return svg
}
