// The crosshair, by pointer or by keyboard, and what is said of the place where it is.

import { fill } from "../dom.js"
import { insideOutline } from "./labels.js"
import { MARGIN, markPlace } from "./layout.js"
import { place } from "./marks.js"
import { largest, short } from "./numbers.js"
import { draw } from "./paint.js"

const HIT = 9 // CSS pixels from a sample that still mean it

export function listen(state) {
  const { canvas } = state.ui
  canvas.onpointermove = (event) => aim(state, event)
  canvas.onpointerdown = (event) => aim(state, event)
  canvas.onpointerleave = (event) => event.pointerType === "mouse" && move(state, null)
  canvas.onclick = () => pick(state)
  canvas.onkeydown = (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
    if (steps) step(state, steps, event.shiftKey ? 5 : 1)
    else if (event.key === "PageDown" || event.key === "PageUp") next(state, event.key === "PageDown" ? 1 : -1)
    else if (event.key === "Escape") move(state, null)
    else if (event.key === "Enter") pick(state)
    else return
    event.preventDefault()
    say(state, true)
  }
}

function pick(state) {
  if (picks(state)) state.send("picked", state.at.sample)
}

// Whether a click chooses what is pointed at: a sample, of a set that can be chosen.
function picks({ data, at }) {
  return at?.sample >= 0 && data.picks && !data.marks.test[at.sample]
}

function move(state, at) {
  state.at = at
  state.ui.canvas.classList.toggle("pick", Boolean(picks(state)))
  draw(state)
  say(state, false)
}

function aim(state, event) {
  const { side } = state.data
  const x = (event.offsetX - MARGIN.left) / state.inner
  const y = 1 - (event.offsetY - MARGIN.top) / state.inner
  if (x < 0 || x > 1 || y < 0 || y > 1) return move(state, null)
  const column = Math.round(x * (side - 1))
  const row = Math.round(y * (side - 1))
  move(state, { column, row, sample: nearest(state, event.offsetX, event.offsetY) })
}

function nearest(state, x, y) {
  let best = -1
  let least = HIT
  for (let at = 0; at < state.data.marks.test.length; at++) {
    if (state.hidden[state.data.marks.test[at]]) continue
    const [left, top] = markPlace(state, at)
    const distance = Math.hypot(left - x, top - y)
    if (distance < least) [best, least] = [at, distance]
  }
  return best
}

// By keyboard: from grid point to grid point, at first in the middle.
function step(state, [right, up], far) {
  const { side } = state.data
  const middle = (side - 1) / 2
  const { column, row } = state.at ?? { column: middle - right * far, row: middle - up * far }
  const kept = (value) => Math.max(0, Math.min(side - 1, value))
  move(state, { column: kept(column + right * far), row: kept(row + up * far), sample: -1 })
}

// By keyboard: from sample to sample.
function next(state, by) {
  const count = state.data.marks.test.length
  let sample = state.at?.sample ?? -1
  for (let tried = 0; tried < count; tried++) {
    sample = (sample + by + count) % count
    if (!state.hidden[state.data.marks.test[sample]]) return move(state, { column: 0, row: 0, sample })
  }
}

// ---- in words ----------------------------------------------------------------------------------------------------

export function say(state, aloud) {
  const { data, ui, at } = state
  const rest = [data.words.note, data.words.hint].filter(Boolean).join(data.words.gap)
  const text = !at ? rest : at.sample >= 0 ? saySample(state) : sayPlace(state)
  if (ui.said.textContent !== text) ui.said.textContent = text
  if (aloud) ui.spoken.textContent = text
}

function sayPlace(state) {
  const { data, at } = state
  const { words, side, outputs } = data
  const [x, y] = place(state)
  const where = coordinates(data, x, y)
  if (data.outline.length && !insideOutline(state, ui2d(state))[at.row * side + at.column]) {
    return fill(words.outside, { at: where })
  }
  const from = (at.row * side + at.column) * outputs
  const values = data.grid.subarray(from, from + outputs)
  return fill(words.here, { at: where, answer: answerWords(data, values) })
}

function saySample(state) {
  const { data, at } = state
  const { words, marks, outputs, classes } = data
  const truth = marks.truth[at.sample]
  const shown = {
    n: marks.row[at.sample] + 1,
    at: coordinates(data, marks.at[2 * at.sample], marks.at[2 * at.sample + 1]),
    truth: classes.length ? classes[truth] : short(truth),
  }
  const values = marks.said.subarray(at.sample * outputs, (at.sample + 1) * outputs)
  const said = fill(words.sample[marks.test[at.sample]], { ...shown, answer: answerWords(data, values) })
  const text = marks.wrong[at.sample] ? `${said} – ${words.wrong}` : said
  return picks(state) ? fill(words.pick, { text }) : text
}

const ui2d = (state) => state.ui.canvas.getContext("2d")

function coordinates(data, x, y) {
  return `${data.names[0]} = ${short(x)}, ${data.names[1]} = ${short(y)}`
}

function answerWords(data, values) {
  const { words, classes } = data
  const numbers = [...values].map((value) => (Number.isFinite(value) ? short(value) : words.not_finite))
  if (!classes.length) return `${data.output} = ${numbers[0]}`
  const best = largest(values)
  const listed = fill(words.outputs, { values: numbers.join(", ") })
  return best < 0 ? listed : `${classes[best]} (${listed})`
}
