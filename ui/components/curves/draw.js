// Draws axes and lines, in one go, so that no frame is ever blank.

import { css, make, set, shape } from "../dom.js"
import { horizontal, short, thinned, vertical } from "./scale.js"

const DASHES = { solid: [], dashed: [8, 4], dotted: [2, 3] }
const LETTERS = 12 // CSS pixels
const BELOW = 36 // for ticks and the name of the horizontal axis
const ABOVE = 8 // half a letter of the topmost tick
const RIGHT = 18 // half of the last tick's number

const dashes = (dash) => DASHES[dash] ?? dash // by its name, or as lengths of dashes and gaps

/**
 * Add a line's sign, and elements for what is said of it.
 * @param {ParentNode} parent
 * @param {readonly (keyof HTMLElementTagNameMap)[]} tags
 */
export function sign(parent, tags) {
  const svg = shape("svg", "", parent, { width: 26, height: 10, "aria-hidden": "true" })
  shape("path", "", svg, { d: "M0 5h26", "stroke-width": 2 })
  for (const tag of tags) make(tag, "", parent)
}

/** Let such a sign be that of a line. */
export function mark(parent, line) {
  const path = parent.querySelector("path")
  set(path, { stroke: `var(--ck-${line.colour})`, "stroke-dasharray": dashes(line.dash) })
}

export function draw(state) {
  const { ui, data, size } = state
  if (!data || !size?.width) return
  const ratio = devicePixelRatio || 1
  const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)]
  if (ui.canvas.width !== width || ui.canvas.height !== height) Object.assign(ui.canvas, { width, height })
  const pen = ui.canvas.getContext("2d")
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  pen.clearRect(0, 0, size.width, size.height)
  pen.font = `${LETTERS}px ${state.family}`
  state.ink = (name) => css(state.colour(name))
  axes(state, pen)
  pen.save()
  pen.beginPath()
  const { left, right, top, bottom } = state.frame
  pen.rect(left - 3, top - 2, right - left + 6, bottom - top + 4) // a line's own width, half a dot
  pen.clip()
  for (const line of state.shown) {
    pen.strokeStyle = pen.fillStyle = state.ink(line.colour)
    pen.setLineDash(dashes(line.dash))
    if (line.smooth) stroke(state, pen, line.rows, 1, 0.3)
    stroke(state, pen, line.smooth ? line.smoothed : line.rows, 2, 1)
  }
  if (data.level !== null) level(state, pen)
  pen.restore()
  ui.canvas.dataset.frames = ++state.frames
}

// Where everything is: the vertical axis's numbers decide how much is left for the lines.
function lay(state, pen) {
  const { data, shown, size } = state
  const all = shown.map((line) => line.rows)
  const [top, bottom, right] = [ABOVE, size.height - BELOW, size.width - RIGHT]
  const y = vertical(all, data, bottom - top)
  const unit = data.percent && !data.words.title ? "%" : ""
  const labels = y.ticks.map((tick) => short(data.percent ? 100 * tick : tick) + unit)
  // Of one width for most charts, which often stand above one another.
  const left = Math.ceil(Math.max(...["0.75", ...labels].map((label) => pen.measureText(label).width))) + 8
  const x = horizontal(all, data.end, right - left)
  const down = (bottom - top) / (y.high - y.low)
  state.frame = {
    ...{ left, right, top, bottom, end: x.high, log: y.log },
    x: (value) => left + (value / x.high) * (right - left),
    // What lies far outside is kept near enough for the canvas's own arithmetic.
    y: (value) => Math.max(-9999, bottom - ((y.log ? Math.log10(value) : value) - y.low) * down),
  }
  return { x: x.ticks, y: y.ticks, labels }
}

function axes(state, pen) {
  const ticks = lay(state, pen)
  const { left, right, bottom, x, y } = state.frame
  const sharp = (value) => Math.round(value) + 0.5
  Object.assign(pen, { lineWidth: 1, strokeStyle: state.ink("line"), fillStyle: state.ink("muted") })
  Object.assign(pen, { textAlign: "right", textBaseline: "middle" })
  ticks.y.forEach((tick, at) => {
    pen.globalAlpha = 0.6
    pen.stroke(new Path2D(`M${left} ${sharp(y(tick))}H${right}`))
    pen.globalAlpha = 1
    pen.fillText(ticks.labels[at], left - 6, y(tick))
  })
  pen.stroke(new Path2D(`M${left} ${sharp(bottom)}H${right}`))
  Object.assign(pen, { textAlign: "center", textBaseline: "top" })
  for (const tick of ticks.x) {
    pen.stroke(new Path2D(`M${sharp(x(tick))} ${bottom}v4`))
    pen.fillText(short(tick), x(tick), bottom + 6)
  }
  pen.fillText(state.data.words.x, (left + right) / 2, bottom + BELOW - LETTERS - 2)
}

// A point that has no neighbour to be joined with is a dot.
function stroke({ frame }, pen, all, width, alpha) {
  const { x, y, log, left, right, end } = frame
  const rows = thinned(all, end, right - left)
  const there = (at) => Number.isFinite(rows[at + 1]) && !(log && rows[at + 1] <= 0)
  const dots = new Path2D()
  Object.assign(pen, { lineWidth: width, globalAlpha: alpha, lineJoin: "bevel" }) // of all joins the quickest
  pen.beginPath()
  for (let at = 0, joined = false; at < rows.length; at += 2) {
    const [across, down] = [x(rows[at]), y(rows[at + 1])]
    if (!there(at)) joined = false
    else if (joined) pen.lineTo(across, down)
    else if (there(at + 2)) {
      joined = true
      pen.moveTo(across, down)
    } else {
      dots.moveTo(across, down)
      dots.arc(across, down, 1.5 * width, 0, 2 * Math.PI)
    }
  }
  pen.stroke()
  pen.fill(dots)
}

function level({ data, frame, ink }, pen) {
  const y = frame.y(data.level)
  const low = y + LETTERS + 6 > frame.bottom
  Object.assign(pen, { lineWidth: 1.5, strokeStyle: ink("muted"), fillStyle: ink("muted") })
  pen.setLineDash([2, 3])
  pen.stroke(new Path2D(`M${frame.left} ${y}H${frame.right}`))
  Object.assign(pen, { lineWidth: 3, strokeStyle: ink("ground") }) // around the letters, which may lie on a line
  Object.assign(pen, { textAlign: "right", textBaseline: low ? "bottom" : "top" })
  pen.setLineDash([])
  for (const write of ["strokeText", "fillText"]) pen[write](data.words.level, frame.right - 4, low ? y - 3 : y + 4)
}
