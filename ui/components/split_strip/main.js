// Every sample as one cell: in order → shuffled → cut. All positions are worked out here from the order that Python sent
// once; playing costs the server nothing. Cells are written into one pixel buffer, so that 60 000 of them stay fluent.

import { button, bytes, fill, make, onResize, pixel, still, theme } from "../dom.js"
import { arrange, cellShape } from "./cells.js"

const STOPS = ["order", "shuffled", "cut"]
const MOVE_MS = [900, 300] // the shuffle has far to go; the cut only opens gaps
const HOLD_MS = 500

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { frame: 0, timer: 0 }
  const ui = (state.ui = /** @type {Record<string, any>} */ ({ root }))
  ui.canvas = make("canvas", "cells", root, { role: "img" })
  const bar = make("div", "bar", root)
  ui.play = button("play", bar, () => (state.playing ? go(state, 2) : play(state)))
  ui.stops = make("div", "stops joined", bar, { role: "group" })
  ui.buttons = STOPS.map((_name, at) => button("", ui.stops, () => go(state, at)))
  ui.said = make("span", "said", bar, { "aria-live": "polite" })
  ui.canvas.onpointermove = (event) => point(state, event)
  ui.canvas.onpointerleave = () => say(state)
  state.colour = theme(root, () => draw(state))
  onResize(signal, root, () => {
    lay(state)
    draw(state)
  })
  signal.addEventListener("abort", () => halt(state))
  return state
}

export function show(state, data) {
  const before = state.data
  state.data = data
  state.row = new Uint16Array(bytes(data.rows).buffer)
  state.kind = data.classes === null ? null : bytes(data.classes)
  label(state)
  lay(state)
  if (data.stop !== before?.stop) go(state, STOPS.indexOf(data.stop))
  else if (data.replay !== before.replay && data.moves) play(state)
  else draw(state)
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

function lay(state) {
  const { ui, data, row } = state
  const ratio = Math.min(devicePixelRatio || 1, 2)
  const width = Math.floor(ui.root.clientWidth * ratio)
  if (!width) return
  Object.assign(state, { ratio, width }, arrange(row.length, data.sizes, width, ratio))
  ui.canvas.width = width
  ui.canvas.height = state.height
  ui.canvas.style.height = `${state.height / ratio}px`
  state.image = ui.canvas.getContext("2d").createImageData(width, state.height)
  state.pixels = new Uint32Array(state.image.data.buffer)
  state.flats = [0, 1, 2].map((set) => cellShape(set, state.inner).map(([x, y]) => y * width + x))
}

// ---- drawing -----------------------------------------------------------------------------------------------------

function draw(state) {
  const { data, row, kind, part, block, pixels, flats, width, height, cell, lines, starts, left, at } = state
  if (!pixels) return
  const palette = data.colours.map((name) => pixel(state.colour(name)))
  const moved = Math.min(at, 1)
  const cut = Math.max(at - 1, 0)
  const ease = moved * moved * (3 - 2 * moved)
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
  state.ui.said.textContent = fill(data.words.cell, words)
}

// ---- playing -----------------------------------------------------------------------------------------------------

function halt(state) {
  cancelAnimationFrame(state.frame)
  clearTimeout(state.timer)
  state.playing = false
}

function go(state, at) {
  halt(state)
  state.at = at
  draw(state)
}

function play(state) {
  halt(state)
  if (still()) return go(state, 2)
  state.at = state.data.moves ? 0 : 1
  state.playing = true
  state.frames = 0
  draw(state)
  const leg = (from) => {
    if (from === 2) return go(state, 2)
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
