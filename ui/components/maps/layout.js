// Where each layer and each of its maps lies: columns from left to right, or, on a phone, rows from top to bottom.

import { make, prune } from "../dom.js"

const HEAD = 30 // two lines above a layer: its name and its size
const NARROW = 520 // pixels; below, layers lie below one another
const GAP = 4 // between the maps of a layer
const LEAST = 10 // between two layers
const EDGE = 2 // around everything, for frames

export function lay(state) {
  const { ui, data } = state
  const width = Math.round(ui.stage.clientWidth)
  const ratio = devicePixelRatio || 1
  const about = JSON.stringify([width, ratio, data.flow, state.layers.map((l) => [l.name, l.tiles, l.rows, l.columns])])
  if (!width) return
  if (about === state.layout) {
    state.layers.forEach((layer, index) => Object.assign(layer, state.placed[index]))
    return
  }
  state.layout = about
  state.width = width
  state.narrow = width < NARROW || data.flow === "rows"
  if (state.narrow) stack(state)
  else line(state)
  ui.stage.style.height = `${state.height}px`
  for (const canvas of [ui.canvas, ui.marks]) {
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(state.height * ratio)
  }
  state.ratio = ratio
  state.placed = state.layers.map(({ box, places }) => ({ box, places }))
  buttons(state)
}

// Side by side; the largest scale at which all fit, and at which the picture is not too high for a screen.
function line(state) {
  const { layers, data } = state
  const width = state.width - 2 * EDGE
  const most = data.tallest - HEAD
  const sizes = layers.map((layer) => natural(layer))
  const all = sizes.reduce((sum, size) => sum + size.width, 0)
  const high = Math.max(...sizes.map((size) => size.height))
  const scale = Math.min((width - LEAST * (layers.length - 1)) / all, most / high)
  const free = (width - all * scale) / (layers.length - 1)
  const gap = Math.min(free, 46)
  let x = EDGE + (width - all * scale - gap * (layers.length - 1)) / 2
  state.height = Math.ceil(high * scale + HEAD + 4)
  layers.forEach((layer, index) => {
    const size = sizes[index]
    layer.box = {
      x,
      y: HEAD + (high - size.height) * scale * 0.5,
      width: size.width * scale,
      height: size.height * scale,
    }
    tiles(layer, size, scale)
    x += size.width * scale + gap
  })
}

// Units of about a pixel at a stage of 640.
function natural(layer) {
  if (layer.kind === "bars") return { width: 152, height: 10 * 22 }
  if (layer.kind === "cells") {
    const cell = Math.min(8, 330 / layer.rows, 120 / layer.columns)
    return { width: cell * layer.columns, height: cell * layer.rows }
  }
  const { across, tile } = layer
  const down = Math.ceil(layer.tiles / across)
  const tall = (tile * layer.rows) / layer.columns
  return { width: across * (tile + GAP) - GAP, height: down * (tall + GAP) - GAP, tile, tall, across, gap: GAP }
}

function tiles(layer, size, scale) {
  if (layer.kind !== "maps") {
    layer.places = [{ ...layer.box }]
    return
  }
  const [right, below] = [(size.tile + size.gap) * scale, (size.tall + size.gap) * scale]
  layer.places = Array.from({ length: layer.tiles }, (_, tile) => ({
    x: layer.box.x + (tile % size.across) * right,
    y: layer.box.y + Math.floor(tile / size.across) * below,
    width: size.tile * scale,
    height: size.tall * scale,
  }))
}

// Below one another; layers that are small share a row.
function stack(state) {
  const { layers } = state
  const width = state.width - 2 * EDGE
  const rows = []
  for (const layer of layers) {
    const row = layer.row !== null && rows.find(([first]) => first.row === layer.row)
    if (row) row.push(layer)
    else rows.push([layer])
  }
  let y = 0
  for (const row of rows) {
    let x = EDGE
    let high = 0
    const all = row.reduce((sum, layer) => sum + layer.wide, 0)
    const room = width - LEAST * (row.length - 1)
    for (const layer of row) {
      const part = (room * layer.wide) / all
      const across = layer.narrow
      const size = { width: part, height: 10 * 15 }
      if (layer.kind === "cells") {
        const cell = Math.min(part / layer.columns, 12)
        Object.assign(size, { width: cell * layer.columns, height: cell * layer.rows })
      } else if (layer.kind === "maps") {
        const gap = across > 5 && layer.tiles > across ? 6 : GAP
        const tile = Math.min((part - gap * (across - 1)) / across, layer.most)
        const down = Math.ceil(layer.tiles / across)
        const tall = (tile * layer.rows) / layer.columns
        const [width, height] = [across * (tile + gap) - gap, down * (tall + gap) - gap]
        Object.assign(size, { width, height, tile, tall, across, gap })
      }
      layer.box = { x, y: y + HEAD, width: size.width, height: size.height }
      tiles(layer, size, 1)
      high = Math.max(high, layer.box.height)
      x += part + LEAST
    }
    y += HEAD + high + 8
  }
  state.height = Math.ceil(y)
}

// One button for each map, so that all can be reached by keys and read out.
function buttons(state) {
  const { ui, layers, tiles } = state
  const wanted = new Set()
  layers.forEach((layer, index) =>
    layer.places.forEach((place, tile) => {
      const id = `${index}_${tile}`
      wanted.add(id)
      let button = tiles.get(id)
      if (!button) {
        button = make("div", "tile", ui.tiles, { role: "button", tabindex: "-1", "aria-describedby": "said" })
        button.place = [index, tile]
        tiles.set(id, button)
      }
      button.style.cssText = `left:${place.x}px;top:${place.y}px;width:${place.width}px;height:${place.height}px`
    })
  )
  prune(tiles, wanted)
}

/**
 * Whether there is such a cell.
 * @param {Record<string, any>} state
 * @param {[number, number, number, number]} place layer, tile, row, column
 */
export function there(state, [layer, tile, row, column]) {
  const found = state.layers[layer]
  return Boolean(found) && tile < found.tiles && row < found.rows && column < found.columns
}
