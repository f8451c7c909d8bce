// What is pointed at, by pointer or keys: the nearest update, and what all lines are there.

import { each, fill, make, say } from "../dom.js"
import { mark, sign } from "./draw.js"
import { exact, following, nearest, short } from "./scale.js"

const PARTS = /** @type {const} */ (["span", "b", "small"]) // a line's label, its value, where that is

export function listen(state) {
  const { stage, canvas, spoken } = state.ui
  stage.onpointermove = stage.onpointerdown = (event) => {
    if (!state.frame) return // not drawn yet
    const { left, right, end } = state.frame
    const across = event.clientX - stage.getBoundingClientRect().left
    point(state, closest(state, ((across - left) / (right - left)) * end))
  }
  stage.onpointerleave = (event) => event.pointerType === "mouse" && point(state, null)
  canvas.onblur = () => point(state, null)
  canvas.onkeydown = (event) => {
    const to = step(state, event.key)
    if (to === undefined) return
    event.preventDefault()
    point(state, to)
    say(spoken, to === null ? "" : sentence(state))
  }
}

function point(state, at) {
  state.at = at
  tell(state)
}

// The x of a point, of whichever line, that is nearest.
function closest({ shown }, x) {
  const all = shown.map(({ rows }) => rows[2 * nearest(rows, x)])
  return all.sort((one, other) => Math.abs(one - x) - Math.abs(other - x))[0] ?? null
}

// Where a key leads: from point to point of all lines. undefined: it means nothing here.
function step({ shown, at }, key) {
  if (key === "Escape") return null
  const from = { Home: -Infinity, End: Infinity, ArrowLeft: at ?? Infinity, ArrowRight: at ?? Infinity }[key]
  if (from === undefined) return undefined
  const found = key === "ArrowLeft" || from === Infinity
    ? Math.max(...shown.map(({ rows }) => rows[2 * following(rows, from) - 2] ?? -Infinity))
    : Math.min(...shown.map(({ rows }) => rows[2 * following(rows, from, true)] ?? Infinity))
  return Number.isFinite(found) ? found : at
}

// Of each line the value at the nearest of its points, whose own x is said where it is another one.
function values({ shown, at, data }) {
  return shown.map((line) => {
    const place = 2 * nearest(line.rows, at)
    const [x, y] = line.rows.subarray(place, place + 2)
    const value = Number.isFinite(y) ? exact(y, data.percent) : data.words.not_finite
    return { line, x, y, value, elsewhere: x === at ? "" : ` (${short(x)})` }
  })
}

function sentence(state) {
  const { named, x, comma } = state.data.words
  const all = values(state).map(({ line, value, elsewhere }) => [line.label, value + elsewhere])
  return [[x, short(state.at)], ...all].map(([name, value]) => fill(named, { name, value })).join(comma)
}

/** Show what is pointed at, where it is. */
export function tell(state) {
  const { ui, at, frame, data, size } = state
  const found = at === null || !frame ? [] : values(state)
  ui.tip.hidden = ui.cursor.hidden = !found.length
  each(ui.dots, found, () => make("i", "dot", ui.dots), (dot, { line, x, y }) => {
    const down = frame.y(y)
    dot.hidden = !(down >= frame.top - 1 && down <= frame.bottom + 1)
    dot.style.cssText = `background: var(--ck-${line.colour}); translate: ${frame.x(x)}px ${down}px`
  })
  if (!found.length) return
  const across = frame.x(at)
  ui.cursor.style.cssText = `translate: ${across}px ${frame.top}px; height: ${frame.bottom - frame.top}px`
  say(ui.when, fill(data.words.named, { name: data.words.x, value: short(at) }))
  each(ui.values, found, () => sign(make("div", "entry", ui.values), PARTS), (made, { line, value, elsewhere }) => {
    mark(made, line)
    const words = [line.label, value, elsewhere]
    words.forEach((text, place) => say(made.children[1 + place], text))
  })
  const [side, room] = across > size.width / 2 ? ["right", across] : ["left", size.width - across]
  ui.tip.style.cssText = `${side}: ${size.width - room + 10}px; max-width: ${room - 10}px`
}
