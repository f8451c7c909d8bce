// The samples, the axes, and the lines where the truth changes.

import { css, mix } from "../dom.js"
import { MARGIN, markPlace, outline, placeX, placeY } from "./layout.js"
import { short, ticks } from "./numbers.js"

const RADIUS = 3.8 // CSS pixels, less in a small picture

export function samples(state, pen) {
  const { data } = state
  const { marks } = data
  pen.save()
  pen.beginPath()
  pen.rect(MARGIN.left, MARGIN.top, state.inner, state.inner)
  pen.clip()
  // right answers first, so that no wrong one is covered
  for (const wanted of [0, 1]) {
    for (let at = 0; at < marks.test.length; at++) {
      if (state.hidden[marks.test[at]] || marks.wrong[at] !== wanted) continue
      mark(state, pen, at, Boolean(wanted))
    }
  }
  pen.restore()
}

function mark(state, pen, at, wrong) {
  const { data } = state
  const [x, y] = markPlace(state, at)
  const test = data.marks.test[at] === 1
  const colour = css(truthColour(state, data.marks.truth[at]))
  const size = Math.max(0.72, Math.min(1, state.inner / 372))
  const sign = new Path2D(wrong ? `M${x} ${y - 6.5 * size}L${x + 6 * size} ${y + 4.5 * size}h${-12 * size}z` : "")
  if (!wrong) sign.arc(x, y, RADIUS * size, 0, 2 * Math.PI)
  pen.lineJoin = "round"
  // numbers near the middle are pale: there the edge has to show the sample
  const edge = wrong
    ? state.ink.text
    : data.classes.length
    ? state.ink.ground
    : `rgb(${state.inks.muted.join(" ")} / 50%)`
  pen.fillStyle = test ? state.ink.ground : colour
  pen.fill(sign)
  pen.strokeStyle = edge
  pen.lineWidth = (test ? 3.4 : wrong ? 1.4 : 1) * size
  pen.stroke(sign)
  if (test) {
    pen.strokeStyle = colour
    pen.lineWidth = 2 * size
    pen.stroke(sign)
  }
}

// A class has its colour; a number is mixed between the two ends, over the ground.
function truthColour({ data, inks }, truth) {
  if (data.classes.length) return inks[data.colours[truth]]
  const share = Math.max(-1, Math.min(1, (truth - data.middle) / data.reach))
  return mix(inks.ground, inks[data.colours[share < 0 ? 0 : 1]], 0.15 + 0.85 * Math.abs(share))
}

// ---- axes --------------------------------------------------------------------------------------------------------

export function axes(state, pen) {
  const { data, inner } = state
  const { low, high, names } = data
  const bottom = MARGIN.top + inner
  pen.strokeStyle = state.ink.line
  pen.lineWidth = 1
  outline(state, pen)
  pen.stroke()
  pen.strokeRect(MARGIN.left, MARGIN.top, inner, inner)
  pen.fillStyle = state.ink.muted
  pen.font = `12px ${getComputedStyle(state.ui.root).fontFamily}`
  pen.textAlign = "center"
  pen.textBaseline = "top"
  for (const value of ticks(low[0], high[0])) {
    const x = placeX(state, value)
    pen.fillText(short(value), x, bottom + 5)
    stroke(pen, [x, bottom], [x, bottom + 3])
  }
  pen.fillText(fit(pen, names[0], inner), MARGIN.left + inner / 2, bottom + 21)
  pen.textAlign = "right"
  pen.textBaseline = "middle"
  for (const value of ticks(low[1], high[1])) {
    const y = placeY(state, value)
    pen.fillText(short(value), MARGIN.left - 6, y)
    stroke(pen, [MARGIN.left - 3, y], [MARGIN.left, y])
  }
  pen.save()
  pen.translate(9, MARGIN.top + inner / 2)
  pen.rotate(-Math.PI / 2)
  pen.textAlign = "center"
  pen.fillText(fit(pen, names[1], inner), 0, 0)
  pen.restore()
}

export function stroke(pen, from, to) {
  pen.stroke(new Path2D(`M${from}L${to}`))
}

function fit(pen, text, room) {
  let shown = text
  while (shown.length > 1 && pen.measureText(shown).width > room) shown = `${shown.slice(0, -2)}…`
  return shown
}

// Lines where the truth changes: known only of the course's cube.
export function borders(state, pen) {
  pen.save()
  pen.strokeStyle = state.ink.text
  pen.lineWidth = 1.5
  pen.setLineDash([6, 5])
  for (const [from, to] of state.data.borders) {
    stroke(pen, [placeX(state, from[0]), placeY(state, from[1])], [placeX(state, to[0]), placeY(state, to[1])])
  }
  pen.restore()
}

// ---- what is pointed at -------------------------------------------------------------------------------------------

export function place(state) {
  const { side, low, high } = state.data
  const { column, row } = state.at
  return [column, row].map((at, axis) => low[axis] + ((high[axis] - low[axis]) * at) / (side - 1))
}

export function crosshair(state, pen) {
  const { at } = state
  if (!at) return
  pen.strokeStyle = state.ink.text
  pen.lineWidth = 1
  if (at.sample >= 0) {
    const [x, y] = markPlace(state, at.sample)
    pen.lineWidth = 2
    pen.beginPath()
    pen.arc(x, y, 10, 0, 2 * Math.PI)
    return pen.stroke()
  }
  const [x, y] = place(state)
  const [left, top] = [placeX(state, x), placeY(state, y)]
  pen.globalAlpha = 0.55
  stroke(pen, [left, MARGIN.top], [left, MARGIN.top + state.inner])
  stroke(pen, [MARGIN.left, top], [MARGIN.left + state.inner, top])
  pen.globalAlpha = 1
}
