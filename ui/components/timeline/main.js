// Built once; afterwards only numbers and the curve change, so that what is being dragged is not taken away.

import { button, fill, make, say, shape } from "../dom.js"

const PLAY_MS = 350 // between two moments of the film
const SEND_MS = 120 // between two moments that are asked for while dragging

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { asked: 0, told: null, film: 0, timer: 0 }
  state.play = button("play", root, () => (state.film ? stop(state) : start(state)))
  const track = make("div", "track", root)
  const svg = shape("svg", "", track, { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" })
  state.curve = shape("polyline", "", svg)
  state.range = make("input", "", track, { type: "range", min: 0, step: 1 })
  state.now = button("now", root, () => {
    stop(state)
    ask(state, state.data.stops.length, true)
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

// The last place of the slider is the present.
function shown(state) {
  const { stops, at } = state.data
  const place = at < 0 ? -1 : stops.findIndex(([step]) => step === at)
  return place < 0 ? stops.length : place
}

export function show(state, data) {
  state.data = data
  const { range } = state
  const { stops, words } = data
  range.max = stops.length
  range.setAttribute("aria-label", words.label)
  const told = `${data.at} ${stops.length}`
  if (told !== state.told && Date.now() - state.asked > 1000) range.value = shown(state)
  else if (state.place === Infinity) range.value = stops.length
  state.told = told
  const last = stops.length
  const high = Math.max(...stops.map(([, , share]) => share), 1e-9)
  const points = stops.map(([, , share], place) => [(100 * place) / last, 96 - (88 * share) / high])
  if (data.ended) points.push([100, points.at(-1)[1]]) // the present is the last moment
  state.curve.setAttribute("points", points.map((point) => point.join(",")).join(" "))
  speak(state)
}

function speak(state) {
  const { stops, words } = state.data
  const stop = stops[Number(state.range.value)]
  const [step, epoch, share] = stop ?? []
  const text = stop ? fill(words.then, { step, epoch, share: `${(100 * share).toFixed(2)}%` }) : words.newest
  say(state.said, text)
  state.range.setAttribute("aria-valuetext", text)
  state.now.textContent = words.now
  state.now.disabled = !stop
  const label = state.film ? words.pause : words.play
  state.play.textContent = state.film ? "❚❚" : "▶"
  state.play.setAttribute("aria-label", label)
  state.play.title = label
}

// The newest wish is sent at once, or when the last one is long enough ago.
function ask(state, place, atOnce = false) {
  const { stops } = state.data
  state.range.value = place
  state.place = place >= stops.length ? Infinity : place
  state.wish = place >= stops.length ? -1 : stops[place][0]
  speak(state)
  clearTimeout(state.timer)
  const wait = atOnce ? 0 : Math.max(0, SEND_MS - (Date.now() - state.asked))
  state.timer = setTimeout(() => {
    state.asked = Date.now()
    state.send("at", state.wish)
  }, wait)
}

function start(state) {
  let place = Number(state.range.value)
  if (place >= state.data.stops.length - 1) place = -1
  state.film = setInterval(() => {
    place += 1
    ask(state, place, true)
    if (place >= state.data.stops.length) stop(state)
  }, PLAY_MS)
  speak(state)
}

function stop(state) {
  clearInterval(state.film)
  state.film = 0
  speak(state)
}
