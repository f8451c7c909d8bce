// Paints the maps, and what is marked in them.

import { css, diverging, mix, pixel, shades, sheet } from "../dom.js"
import { percent, same, short } from "./numbers.js"

const COLOURS = ["positive", "negative", "ground", "text", "muted", "line", "accent"]

function ink(canvas, state) {
  const context = canvas.getContext("2d")
  context.setTransform(state.ratio, 0, 0, state.ratio, 0, 0)
  context.clearRect(0, 0, state.width, state.height)
  return context
}

export function paint(state) {
  const { ui, layers, data } = state
  const context = ink(ui.canvas, state)
  const inks = Object.fromEntries(COLOURS.map((name) => [name, state.colour(name)]))
  const colours = Object.fromEntries(COLOURS.map((name) => [name, css(inks[name])]))
  Object.assign(state, { inks, colours })
  const tints = {
    maps: diverging(inks.negative, inks.ground, inks.positive),
    ink: shades(inks.ground, inks.text),
    heat: shades(inks.ground, inks.accent),
  }
  const font = getComputedStyle(ui.root).fontFamily
  layers.forEach((layer, index) => {
    const middle = layer.box.x + layer.box.width / 2
    const left = state.narrow
    context.textAlign = left ? "left" : "center"
    const at = left ? layer.box.x : Math.max(26, Math.min(state.width - 26, middle))
    context.fillStyle = colours.text
    context.font = `600 13px ${font}`
    context.fillText(layer.name, at, layer.box.y - 18)
    context.fillStyle = colours.muted
    context.font = `11px ${font}`
    context.fillText(layer.size, at, layer.box.y - 5)
    if (layer.kind === "bars") bars(context, layer, colours, font)
    else pictures(state, context, layer, tints, colours, data.hidden[index] ?? [])
  })
}

function pictures(state, context, layer, all, colours, hidden) {
  const tints = all[layer.tint ?? "maps"]
  const image = sheet(state, layer.columns, layer.rows * layer.tiles, (pixels) => {
    if (layer.under) over(pixels, layer, state.inks)
    else for (let place = 0; place < layer.values.length; place++) pixels[place] = tints[layer.values[place]]
  })
  context.imageSmoothingEnabled = false
  layer.places.forEach((place, tile) => {
    const { x, y, width, height } = place
    context.globalAlpha = hidden.includes(tile) ? 0.25 : 1
    context.drawImage(image, 0, tile * layer.rows, layer.columns, layer.rows, x, y, width, height)
    context.globalAlpha = 1
    context.strokeStyle = colours.line
    context.lineWidth = 1
    context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1)
    if (layer.kind === "cells") rules(context, layer, place)
    const gone = layer.kind === "cells"
      ? hidden.map((cell) => square(layer, place, cell))
      : hidden.includes(tile)
      ? [place]
      : []
    for (const box of gone) cross(context, box, colours.text)
  })
}

// Heat over the digit, which stays visible as a shadow.
function over(pixels, layer, { ground, text, accent }) {
  for (let place = 0; place < pixels.length; place++) {
    const paper = mix(ground, text, (0.45 * layer.under[place]) / 255)
    pixels[place] = pixel(mix(paper, accent, (0.9 * layer.values[place]) / 255))
  }
}

// Thin lines between neurons, so that they can be told apart.
function rules(context, layer, { x, y, width, height }) {
  if (width / layer.columns < 5) return
  let lines = ""
  for (let column = 1; column < layer.columns; column++) {
    lines += `M${x + (column * width) / layer.columns} ${y}v${height}`
  }
  for (let row = 1; row < layer.rows; row++) lines += `M${x} ${y + (row * height) / layer.rows}h${width}`
  context.globalAlpha = 0.5
  context.stroke(new Path2D(lines))
  context.globalAlpha = 1
}

function square(layer, place, cell) {
  return cellBox(layer, place, Math.floor(cell / layer.columns), cell % layer.columns)
}

function cellBox(layer, place, row, column, rows = 1, columns = 1) {
  const [high, wide] = [place.height / layer.rows, place.width / layer.columns]
  return { x: place.x + column * wide, y: place.y + row * high, width: columns * wide, height: rows * high }
}

function cross(context, { x, y, width, height }, colour) {
  context.strokeStyle = colour
  context.lineWidth = Math.max(1, Math.min(2.5, width / 12))
  context.stroke(new Path2D(`M${x} ${y}l${width} ${height}m0 ${-height}l${-width} ${height}`))
}

// The ten outputs: name, output before softmax, bar of the probability, its number; a thin mark where it was before
// something was hidden.
function bars(context, layer, colours, font) {
  const { x, y, width, height } = layer.box
  const high = height / 10
  const small = high < 17
  const [name, number] = [52, small ? 40 : 46]
  const room = width - name - number - 4
  layer.shares.forEach((share, digit) => {
    const top = y + digit * high
    const best = digit === layer.answer
    context.font = `${best ? 700 : 400} ${small ? 11 : 12}px ${font}`
    context.textAlign = "left"
    context.fillStyle = best ? colours.text : colours.muted
    const base = top + high / 2 + 4
    context.fillText(digit, x, base)
    if (digit === layer.truth) {
      context.strokeStyle = colours.text
      context.lineWidth = 1
      context.strokeRect(x - 3.5, base - 12.5, 13, 16)
    }
    context.textAlign = "right"
    context.font = `400 11px ${font}`
    context.fillStyle = colours.muted
    context.fillText(short(layer.outputs[digit]), x + name - 6, base)
    context.fillStyle = colours.line
    context.fillRect(x + name, top + high * 0.22, room, high * 0.56)
    context.fillStyle = digit === layer.truth ? colours.positive : colours.negative
    context.fillRect(x + name, top + high * 0.22, room * share, high * 0.56)
    if (layer.before) {
      context.fillStyle = colours.text
      context.fillRect(x + name + room * layer.before[digit] - 1, top + high * 0.1, 2, high * 0.8)
    }
    context.font = `${best ? 700 : 400} ${small ? 11 : 12}px ${font}`
    context.fillStyle = best ? colours.text : colours.muted
    context.fillText(percent(share), x + width, base)
  })
}

// ---- what is marked ----------------------------------------------------------------------------------------------

// The cell that is pointed at, else the chosen one, framed together with all that it was computed from.
export function mark(state) {
  const { ui, layers } = state
  if (!state.width) return
  const context = ink(ui.marks, state)
  const { colours } = state
  const both = state.at && state.chosen && !same(state.at, state.chosen)
    ? [state.chosen, state.at]
    : [state.at ?? state.chosen]
  for (const at of both) {
    if (!at) continue
    const [index, tile, row, column] = at
    const layer = layers[index]
    if (layer.kind === "bars") continue
    const cell = cellBox(layer, layer.places[tile], row, column)
    const firm = same(at, state.chosen)
    const sources = windowOf(state, at)
    context.lineWidth = 1
    context.strokeStyle = colours.accent
    for (const source of sources.slice(0, 16)) {
      context.globalAlpha = firm ? 0.6 : 0.4
      join(context, source, cell, state.narrow)
    }
    context.globalAlpha = 1
    for (const source of sources) frame(context, source, colours, 1.5)
    frame(context, grown(cell, 5), colours, firm ? 2.5 : 1.5)
  }
}

function grown(box, least) {
  const [x, y] = [Math.max(0, least - box.width) / 2, Math.max(0, least - box.height) / 2]
  return { x: box.x - x, y: box.y - y, width: box.width + 2 * x, height: box.height + 2 * y }
}

function frame(context, { x, y, width, height }, colours, thick) {
  context.strokeStyle = colours.ground
  context.lineWidth = thick + 2
  context.strokeRect(x, y, width, height)
  context.strokeStyle = colours.accent
  context.lineWidth = thick
  context.strokeRect(x, y, width, height)
}

function join(context, from, to, narrow) {
  const [x1, y1, x2, y2] = narrow
    ? [from.x + from.width / 2, from.y + from.height, to.x + to.width / 2, to.y]
    : [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2]
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2]
  const bend = narrow ? [x1, y, x2, y] : [x, y1, x, y2]
  context.stroke(new Path2D(`M${x1} ${y1}C${bend} ${x2} ${y2}`))
}

// The boxes in the layer before that a cell was computed from.
function windowOf(state, [index, tile, row, column]) {
  const layer = state.layers[index]
  const before = state.layers[index - 1]
  if (!before || !layer.window) return []
  const { size, stride, padding, each } = layer.window
  if (!size) return before.kind === "cells" ? [before.places[0]] : before.places // all of it
  const flat = layer.kind === "cells" // 1×1 maps, drawn together: the window is at the corner
  const [top, left] = flat ? [0, 0] : [row * stride - padding, column * stride - padding]
  const [bottom, right] = [Math.min(before.rows, top + size), Math.min(before.columns, left + size)]
  const [y, x] = [Math.max(0, top), Math.max(0, left)]
  const wanted = each ? [before.places[tile]] : before.places
  return wanted.map((place) => cellBox(before, place, y, x, bottom - y, right - x))
}
