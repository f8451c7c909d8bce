// Pointing, choosing and walking with the keys; what is said about a cell.

import { fill, focused, say, signed } from "../dom.js"
import { entry } from "../pointing.js"
import { mark } from "./draw.js"
import { there } from "./layout.js"
import { percent, same, short } from "./numbers.js"

// The cell of a map at which the keys begin: the chosen one, else the one that stands out most.
export function cellOf(state, [index, tile]) {
  const { chosen } = state
  if (chosen && chosen[0] === index && chosen[1] === tile) return chosen
  const layer = state.layers[index]
  const count = layer.rows * layer.columns
  if (layer.kind === "bars") return [index, 0, layer.answer, 0]
  let best = 0
  const size = (place) => Math.abs(layer.values[tile * count + place] - (layer.tint ? 0 : 128))
  for (let place = 1; place < count; place++) if (size(place) > size(best)) best = place
  return [index, tile, Math.floor(best / layer.columns), best % layer.columns]
}

export function find(state, x, y) {
  for (const [index, layer] of state.layers.entries()) {
    for (const [tile, place] of layer.places.entries()) {
      const [across, down] = [(x - place.x) / place.width, (y - place.y) / place.height]
      if (across < 0 || across >= 1 || down < 0 || down >= 1) continue
      return [index, tile, Math.floor(down * layer.rows), Math.floor(across * layer.columns)]
    }
  }
  return null
}

export function hover(state, found) {
  if (same(found, state.at)) return
  state.at = found
  mark(state)
  foot(state)
}

export function choose(state, place) {
  if (!state.layers[place[0]].open) return
  state.chosen = same(state.chosen, place) ? null : place
  state.send("cell", state.chosen ?? [])
  call(state)
  mark(state)
  foot(state)
}

// Arrows go from map to map; after Enter they move the cell within its map, until Escape.
export function press(state, key, tile) {
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }
  const inside = state.chosen && state.chosen[0] === tile[0] && state.chosen[1] === tile[1]
  if (key === "Enter" || key === " ") choose(state, inside && state.at ? state.at : cellOf(state, tile))
  else if (key === "Escape" && state.chosen) choose(state, state.chosen)
  else if (inside && steps[key]) {
    const [index, number, row, column] = state.chosen
    const [down, right] = steps[key]
    /** @type {[number, number, number, number]} */
    const moved = [index, number, row + down, column + right]
    if (moved[2] >= 0 && moved[3] >= 0 && there(state, moved)) {
      state.at = null
      choose(state, moved)
    }
  } else if (steps[key]) neighbour(state, tile, steps[key])
  else return false
  return true
}

// The nearest map in a direction.
function neighbour(state, [index, tile], [down, right]) {
  const centre = ({ x, y, width, height }) => [x + width / 2, y + height / 2]
  const [x, y] = centre(state.layers[index].places[tile])
  let best = null
  let least = Infinity
  for (const element of state.tiles.values()) {
    const place = state.layers[element.place[0]]?.places[element.place[1]]
    if (!place) continue
    const [dx, dy] = [centre(place)[0] - x, centre(place)[1] - y]
    const along = right ? dx * right : dy * down
    const aside = Math.abs(right ? dy : dx)
    if (along <= 1) continue
    const far = along + 3 * aside
    if (far < least) [least, best] = [far, element]
  }
  best?.focus()
}

// ---- in words ----------------------------------------------------------------------------------------------------

// Names, states and the one stop for the Tab key: the chosen map, else the one last stood on, else the first.
export function call(state) {
  const stood = focused(state.ui.root)?.place
  const stop = stood ?? state.chosen?.slice(0, 2) ?? [0, 0]
  for (const element of state.tiles.values()) {
    const [index, tile] = element.place
    const layer = state.layers[index]
    if (!layer) continue
    const label = named(state, index, tile)
    if (element.getAttribute("aria-label") !== label) element.setAttribute("aria-label", label)
    element.setAttribute("tabindex", same(element.place, stop) ? "0" : "-1")
    const pressed = Boolean(state.chosen && state.chosen[0] === index && state.chosen[1] === tile)
    element.setAttribute("aria-pressed", String(pressed))
    element.classList.toggle("open", layer.open)
  }
}

function named(state, index, tile) {
  const { words } = state.data
  const layer = state.layers[index]
  if (layer.kind === "bars") {
    const shares = Array.from(layer.shares)
      .map((share, digit) => `${digit}: ${percent(share)} (${short(layer.outputs[digit])})`)
      .join(", ")
    return fill(words.named, { name: layer.name, value: shares })
  }
  const hidden = (state.data.hidden[index] ?? []).includes(tile) && layer.kind !== "cells"
    ? words.comma + words.hidden
    : ""
  const text = layer.kind === "cells" ? words.cells : layer.tiles > 1 ? words.map : words.only
  return fill(text, { layer: layer.name, n: tile + 1, all: layer.tiles, size: layer.size }) + hidden
}

function describe(state, [index, tile, row, column]) {
  const { words } = state.data
  const layer = state.layers[index]
  if (layer.kind === "bars") {
    const values = { digit: row, share: percent(layer.shares[row]), output: signed(layer.outputs[row].toFixed(3)) }
    return fill(words.bar, values)
  }
  const place = (tile * layer.rows + row) * layer.columns + column
  const byte = layer.values[place]
  const value = layer.tint ? (byte / 255) * layer.scale : ((byte - 128) / 127) * layer.scale
  const text = layer.kind === "cells" ? words.neuronAt : layer.tiles > 1 ? words.cellAt : words.pixelAt
  return fill(text, {
    layer: layer.name,
    n: layer.kind === "cells" ? row * layer.columns + column + 1 : tile + 1,
    row: row + 1,
    column: column + 1,
    value: signed(value.toFixed(2)),
  })
}

export function foot(state) {
  const { ui, data } = state
  const { words } = data
  const at = state.at ?? state.chosen
  say(ui.said, at ? describe(state, at) : words.hint)
  const legend = JSON.stringify([words, data.legend])
  if (legend === state.legend) return
  state.legend = legend
  ui.legend.replaceChildren()
  for (const kind of data.legend) entry(ui.legend, kind, words[kind])
}
