// Draws the answers, the samples and the axes. Everything is painted in one go, so that no frame is ever blank.

import { css } from "../dom.js"
import { labels } from "./labels.js"
import { MARGIN, outline } from "./layout.js"
import { axes, borders, crosshair, samples } from "./marks.js"
import { largest, lead } from "./numbers.js"

// Pixels of the interpolated picture in each direction; fewer for many outputs, to stay fluent on a slow machine.
const fineness = (outputs) => (outputs > 4 ? 200 : 360)
const INKS = ["text", "muted", "line", "ground"]

export function draw(state) {
  const { ui, data, ratio, inner } = state
  if (!inner) return
  state.inks = Object.fromEntries([...INKS, ...data.colours].map((name) => [name, state.colour(name)]))
  state.ink = Object.fromEntries(INKS.map((name) => [name, css(state.inks[name])]))
  const pen = ui.canvas.getContext("2d")
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  pen.fillStyle = state.ink.ground
  pen.fillRect(0, 0, state.across, state.down)
  pen.save()
  outline(state, pen)
  pen.clip()
  pen.imageSmoothingQuality = "high"
  pen.drawImage(picture(state), MARGIN.left, MARGIN.top, inner, inner)
  borders(state, pen)
  pen.restore()
  axes(state, pen)
  samples(state, pen)
  if (data.classes.length) labels(state, pen)
  crosshair(state, pen)
  ui.canvas.dataset.frames = ++state.frames
}

// ---- the answers -------------------------------------------------------------------------------------------------

// Worked out once for each answer, not for each move of the pointer.
function picture(state) {
  if (state.fine && !state.stale) return state.fine
  state.stale = false
  const { data } = state
  const fine = fineness(data.outputs)
  if (state.fine?.width !== fine) state.fine = new OffscreenCanvas(fine, fine)
  const pen = state.fine.getContext("2d")
  const image = pen.createImageData(fine, fine)
  const levels = new Int16Array(fine * fine)
  if (data.classes.length) regions(state, image.data, levels)
  else surface(state, image.data, levels)
  contours(state, image.data, levels, fine)
  pen.putImageData(image, 0, 0)
  return state.fine
}

// Calls paint(pixel, values) with all outputs, interpolated between the four grid points around each pixel.
function interpolate(data, paint) {
  const { grid, side, outputs } = data
  const fine = fineness(outputs)
  const values = new Float32Array(outputs)
  for (let row = 0; row < fine; row++) {
    const down = (1 - (row + 0.5) / fine) * (side - 1)
    const y = Math.min(side - 2, Math.floor(down))
    const v = down - y
    for (let column = 0; column < fine; column++) {
      const along = ((column + 0.5) / fine) * (side - 1)
      const x = Math.min(side - 2, Math.floor(along))
      const u = along - x
      const a = (y * side + x) * outputs
      const b = a + side * outputs
      for (let k = 0; k < outputs; k++) {
        values[k] = (grid[a + k] * (1 - u) + grid[a + outputs + k] * u) * (1 - v) +
          (grid[b + k] * (1 - u) + grid[b + outputs + k] * u) * v
      }
      paint(row * fine + column, values)
    }
  }
}

// tanh(lead / 2) is, with two outputs, exactly the difference of their softmax probabilities.
function regions(state, pixels, levels) {
  const palette = state.data.colours.map((name) => state.inks[name])
  interpolate(state.data, (pixel, values) => {
    const best = largest(values)
    levels[pixel] = best
    if (best < 0) return put(pixels, pixel, palette[0], 0)
    put(pixels, pixel, palette[best], state.flat ? 0.34 : 0.14 + 0.34 * Math.tanh(lead(values, best) / 2))
  })
}

const STEPS = 5 // contour lines on each side of the middle

function surface(state, pixels, levels) {
  const { data } = state
  const palette = data.colours.map((name) => state.inks[name])
  interpolate(data, (pixel, values) => {
    const value = values[0]
    const share = Math.max(-1, Math.min(1, (value - data.middle) / data.reach))
    const finite = Number.isFinite(value)
    const level = Math.min(STEPS - 1, Math.floor(share * STEPS))
    levels[pixel] = finite ? level : -100
    const shown = state.flat ? (level + 0.5) / STEPS : share
    put(pixels, pixel, palette[shown < 0 ? 0 : 1], finite ? 0.85 * Math.abs(shown) : 0)
  })
}

function put(pixels, pixel, colour, alpha) {
  const at = pixel * 4
  pixels[at] = colour[0]
  pixels[at + 1] = colour[1]
  pixels[at + 2] = colour[2]
  pixels[at + 3] = alpha * 255
}

// A line where the class changes; for a surface, fine lines at equal steps and a strong one in the middle.
function contours(state, pixels, levels, fine) {
  const ink = state.inks.text
  const classified = state.data.classes.length > 0
  for (let row = 0; row < fine - 1; row++) {
    for (let column = 0; column < fine - 1; column++) {
      const pixel = row * fine + column
      const here = levels[pixel]
      const right = levels[pixel + 1]
      const below = levels[pixel + fine]
      if (here === right && here === below) continue
      const middle = here < 0 !== right < 0 || here < 0 !== below < 0
      const dotted = !classified && !middle && here < 0 && (row + column) % 12 > 5
      if (!dotted) put(pixels, pixel, ink, classified || middle ? 0.75 : 0.28)
    }
  }
}
