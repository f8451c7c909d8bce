// Built once; afterwards only numbers and the curve change, so that what is being dragged is not taken away.

import { button, doubles, fill, make, say, shape } from "../dom.js"
import { placeOf, rows } from "./stops.js"

const PLAY_MS = 350 // between two moments of the film
const SEND_MS = 120 // between two moments that are asked for while dragging
const SETTLE_MS = 1000 // after a move what Python says was looked at before does not count
const NEWEST = -1

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { root, asked: 0, touched: 0, step: NEWEST, stops: [], film: 0, timer: 0 }
  state.play = button("play", root, () => (state.film ? stop(state) : start(state)))
  const track = make("div", "track", root)
  const svg = shape("svg", "", track, { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" })
  state.curve = shape("polyline", "", svg)
  state.range = make("input", "", track, { type: "range", min: 0, step: 1 })
  state.now = button("now", root, () => {
    stop(state)
    ask(state, state.stops.length, true)
  })
  state.said = make("output", "said", root)
  state.range.oninput = () => {
    stop(state)
    ask(state, Number(state.range.value))
  }
  signal.addEventListener("abort", () => {
    clearInterval(state.film)
    clearTimeout(state.timer)
  })
  return state
}

export function show(state, data, streamed) {
  const { range, root } = state
  const stops = rows(doubles(data.stops))
  Object.assign(state, { data, stops })
  root.classList.toggle("waiting", stops.length < 2)
  if (!streamed && Date.now() - state.touched > SETTLE_MS) state.step = data.at
  range.max = stops.length
  range.value = placeOf(stops, state.step)
  range.setAttribute("aria-label", data.words.label)
  const last = stops.length
  const high = Math.max(...stops.map(([, , share]) => share), 1e-9)
  const points = stops.map(([, , share], place) => [(100 * place) / last, 96 - (88 * share) / high])
  if (data.ended) points.push([100, points[last - 1][1]]) // the present is the last moment
  state.curve.setAttribute("points", points.map((point) => point.join(",")).join(" "))
  speak(state)
}

function speak(state) {
  const { stops, data: { words } } = state
  const stop = stops[Number(state.range.value)]
  const [step, epoch, share] = stop ?? []
  const then = () => fill(words.then, { step, epoch: Number(epoch.toFixed(2)), share: `${(100 * share).toFixed(2)}%` })
  const text = stops.length < 2 ? words.wait : stop ? then() : words.newest
  say(state.said, text)
  state.range.setAttribute("aria-valuetext", text)
  say(state.now, words.now)
  state.now.disabled = !stop
  const label = state.film ? words.pause : words.play
  say(state.play, state.film ? "❚❚" : "▶")
  state.play.setAttribute("aria-label", label)
  state.play.title = label
}

// The newest wish is sent at once, or when the last one is long enough ago.
function ask(state, place, atOnce = false) {
  const { stops } = state
  state.touched = Date.now()
  state.range.value = place
  state.step = place >= stops.length ? NEWEST : stops[place][0]
  speak(state)
  clearTimeout(state.timer)
  const wait = atOnce ? 0 : Math.max(0, SEND_MS - (Date.now() - state.asked))
  state.timer = setTimeout(() => {
    state.asked = Date.now()
    state.send("at", state.step)
  }, wait)
}

function start(state) {
  if (placeOf(state.stops, state.step) >= state.stops.length - 1) state.step = NEWEST // from the beginning
  state.film = setInterval(() => {
    const place = state.stops.findIndex(([step]) => step > state.step)
    ask(state, place < 0 ? state.stops.length : place, true)
    if (place < 0) stop(state)
  }, PLAY_MS)
  speak(state)
}

function stop(state) {
  clearInterval(state.film)
  state.film = 0
  speak(state)
}
