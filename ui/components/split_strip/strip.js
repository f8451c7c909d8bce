// Every sample as one cell: in order → shuffled → cut. All positions are worked out here from the order that Python sent
// once; playing costs the server nothing. Cells are written into one pixel buffer, so that 60 000 of them stay fluent.

const STATES = new WeakMap()
const STOPS = ["order", "shuffled", "cut"]
const MOVE_MS = [900, 300] // the shuffle has far to go; the cut only opens gaps
const HOLD_MS = 500
const TALLEST = 128 // CSS pixels, unless single pixels need more
const LARGEST_CELL = 26

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".strip")
  let state = STATES.get(root)
  if (!state) {
    state = { at: STOPS.indexOf(data.stop), frame: 0, timer: 0, replay: data.replay, stop: data.stop }
    STATES.set(root, state)
    build(root, state)
  }
  state.data = data
  state.row = decode(data.rows, Uint16Array)
  state.kind = data.classes === null ? null : decode(data.classes, Uint8Array)
  label(state)
  lay(state)
  if (data.stop !== state.stop) go(state, STOPS.indexOf(data.stop))
  else if (data.replay !== state.replay && data.moves) play(state)
  else draw(state)
  Object.assign(state, { replay: data.replay, stop: data.stop })
  return () => {
    halt(state)
    state.observer.disconnect()
    STATES.delete(root)
    root.replaceChildren()
  }
}

function decode(text, Kind) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  return new Kind(bytes.buffer)
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
  const ui = (state.ui = { root })
  ui.canvas = make("canvas", "cells", root, { role: "img" })
  const bar = make("div", "bar", root)
  ui.play = make("button", "play", bar, { type: "button" })
  ui.stops = make("div", "stops", bar, { role: "group" })
  ui.buttons = STOPS.map((_name, at) => {
    const button = make("button", "", ui.stops, { type: "button" })
    button.onclick = () => go(state, at)
    return button
  })
  ui.said = make("span", "said", bar, { "aria-live": "polite" })
  ui.play.onclick = () => (state.playing ? settle(state) : play(state))
  ui.canvas.onpointermove = (event) => point(state, event)
  ui.canvas.onpointerleave = () => say(state)
  state.observer = new ResizeObserver(() => {
    lay(state)
    draw(state)
  })
  state.observer.observe(root)
}

function label(state) {
  const { ui, data } = state
  ui.canvas.setAttribute("aria-label", data.words.picture)
  ui.stops.setAttribute("aria-label", data.words.stops)
  ui.buttons.forEach((button, at) => {
    button.textContent = data.words[STOPS[at]]
    button.hidden = at === 1 && !data.moves
  })
}

// ---- where the cells are -----------------------------------------------------------------------------------------

function lay(state) {
  const { ui, data, row } = state
  const ratio = Math.min(window.devicePixelRatio || 1, 2)
  const width = Math.floor(ui.root.clientWidth * ratio)
  if (!width) return
  const count = row.length
  const gap = Math.round(14 * ratio)
  const sizes = data.sizes.filter((size) => size > 0)
  let cell = Math.round(LARGEST_CELL * ratio)
  let lines = 1
  for (; cell >= 1; cell -= 1) {
    const columns = Math.floor((width - gap * (sizes.length - 1)) / cell) - sizes.length + 1
    if (columns < 1) continue
    lines = Math.ceil(count / columns)
    if (lines * cell <= TALLEST * ratio) break
  }
  cell = Math.max(cell, 1)
  const starts = [0]
  const left = [0]
  for (const size of sizes) {
    starts.push(starts.at(-1) + size)
    left.push(left.at(-1) + Math.ceil(size / lines) * cell + gap)
  }
  const between = cell >= 8 ? Math.max(1, Math.round(cell / 7)) : cell >= 4 ? 1 : 0
  Object.assign(state, { ratio, width, height: lines * cell, cell, lines, starts, left, sizes, inner: cell - between })
  ui.canvas.width = width
  ui.canvas.height = state.height
  ui.canvas.style.height = `${state.height / ratio}px`
  state.image = ui.canvas.getContext("2d").createImageData(width, state.height)
  state.pixels = new Uint32Array(state.image.data.buffer)
  // Which set a table row belongs to, with empty sets counted, so that shapes and colours stay true.
  const part = (state.part = new Uint8Array(count))
  let before = 0
  data.sizes.forEach((size, set) => {
    part.fill(set, before, before + size)
    before += size
  })
  const block = (state.block = new Uint8Array(count))
  sizes.forEach((size, at) => block.fill(at, starts[at], starts[at] + size))
  state.shapes = [0, 1, 2].map((set) => shape(set, state.inner))
}

// The pixels of a cell: training full, validation a triangle, test hollow. Small cells are full.
function shape(set, size) {
  const found = []
  const edge = Math.max(1, Math.round(size / 6))
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const hollow = x >= edge && y >= edge && x < size - edge && y < size - edge
      if (size < 4 || set === 0 || (set === 1 && x + y < size) || (set === 2 && !hollow)) found.push([x, y])
    }
  return found
}

const colour = (text) => {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16))
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0
}

// ---- drawing -----------------------------------------------------------------------------------------------------

function draw(state) {
  const { data, row, kind, part, block, pixels, width, height, cell, lines, starts, left, at } = state
  if (!pixels) return
  const palette = (kind === null ? data.set_colours : data.class_colours).map(colour)
  const moved = Math.min(at, 1)
  const cut = Math.max(at - 1, 0)
  const ease = moved * moved * (3 - 2 * moved)
  const flats = state.shapes.map((points) => points.map(([x, y]) => y * width + x))
  pixels.fill(0)
  for (let sample = 0; sample < row.length; sample++) {
    const to = row[sample]
    const set = part[to]
    let x = Math.floor(sample / lines) * cell
    let y = (sample % lines) * cell
    x += (Math.floor(to / lines) * cell - x) * ease
    y += ((to % lines) * cell - y) * ease
    if (cut) {
      const inside = to - starts[block[to]]
      x += (left[block[to]] + Math.floor(inside / lines) * cell - x) * cut
      y += ((inside % lines) * cell - y) * cut
    }
    x |= 0
    y |= 0
    if (x + cell > width || y + cell > height) continue
    const ink = palette[kind === null ? set : kind[sample]]
    const from = y * width + x
    const points = flats[set]
    for (let i = 0; i < points.length; i++) pixels[from + points[i]] = ink
  }
  state.ui.canvas.getContext("2d").putImageData(state.image, 0, 0)
  state.ui.canvas.dataset.at = at.toFixed(2)
  if (!state.playing) say(state)
  state.ui.play.textContent = state.playing ? data.words.skip : data.words.play
  state.ui.buttons.forEach((button, stop) => button.setAttribute("aria-pressed", String(stop === at)))
}

function say(state) {
  state.ui.said.textContent = state.data.words[`said_${STOPS[Math.round(state.at)]}`]
}

function point(state, event) {
  const { data, row, cell, lines, starts, left, sizes, part, ratio, at } = state
  if (state.playing || !cell) return
  const x = event.offsetX * ratio
  const line = Math.floor((event.offsetY * ratio) / cell)
  let place = Math.floor(x / cell) * lines + line
  if (at === 2) {
    const block = sizes.findLastIndex((_size, index) => x >= left[index])
    place = Math.floor((x - left[block]) / cell) * lines + line
    if (place >= sizes[block]) return say(state)
    place += starts[block]
  }
  if (line >= lines || place >= row.length) return say(state)
  const sample = at === 0 ? place : row.indexOf(place)
  const words = { sample: sample + 1, row: row[sample] + 1, set: data.words.sets[part[row[sample]]] }
  state.ui.said.textContent = data.words.cell.replace(/\{(\w+)\}/g, (_all, name) => words[name])
}

// ---- playing -----------------------------------------------------------------------------------------------------

function halt(state) {
  cancelAnimationFrame(state.frame)
  clearTimeout(state.timer)
  state.playing = false
}

function settle(state) {
  halt(state)
  state.at = 2
  draw(state)
}

function go(state, at) {
  halt(state)
  state.at = at
  draw(state)
}

function play(state) {
  halt(state)
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return go(state, 2)
  state.at = state.data.moves ? 0 : 1
  state.playing = true
  state.frames = 0
  draw(state)
  const leg = (from) => {
    if (from === 2) return settle(state)
    state.timer = setTimeout(() => {
      const start = performance.now()
      const step = (now) => {
        const share = Math.min(1, Math.max(0, now - start) / MOVE_MS[from])
        state.at = from + share
        state.ui.canvas.dataset.frames = ++state.frames
        draw(state)
        if (share < 1) state.frame = requestAnimationFrame(step)
        else leg(from + 1)
      }
      state.frame = requestAnimationFrame(step)
    }, HOLD_MS)
  }
  leg(state.at)
}
