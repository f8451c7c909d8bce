// Moves the picture at once and tells Python at most every SEND_MS where it is; the last place is always told.

import { button, make } from "../dom.js"

const SEND_MS = 90
const LIMITS = { right: [-14, 14], down: [-14, 14], turn: [-180, 180], size: [0.3, 1.5], thick: [-1, 3] }
const START = { right: 0, down: 0, turn: 0, size: 1, thick: 0 }
const KEYS = {
  ArrowLeft: ["right", -0.5],
  ArrowRight: ["right", 0.5],
  ArrowUp: ["down", -0.5],
  ArrowDown: ["down", 0.5],
  "[": ["turn", 5],
  "]": ["turn", -5],
  "+": ["thick", 0.25],
  "=": ["thick", 0.25],
  "-": ["thick", -0.25],
  "−": ["thick", -0.25],
  "<": ["size", -0.1],
  ",": ["size", -0.1],
  ">": ["size", 0.1],
  ".": ["size", 0.1],
}
const BUTTONS = [
  ["left", "↺", "turn", 5],
  ["right", "↻", "turn", -5],
  ["thin", "−", "thick", -0.25],
  ["thick", "+", "thick", 0.25],
  ["small", "⤡", "size", -0.1],
  ["large", "⤢", "size", 0.1],
]

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { place: { ...START }, dragging: null, waiting: 0, last: 0, count: 0, buttons: {} }
  state.board = make("div", "field", root, { tabindex: 0, role: "application" })
  state.picture = make("img", "digit", state.board, { draggable: false })
  const tools = make("div", "tools", root)
  const tool = (name, sign, act) => (state.buttons[name] = button("tool", tools, act)).append(sign)
  for (const [name, sign, field, by] of BUTTONS) tool(name, sign, () => nudge(state, field, by))
  tool("back", "⌂", () => move(state, START))
  state.hint = make("p", "hint", root)
  state.board.onpointerdown = (event) => grab(state, event)
  state.board.onpointermove = (event) => drag(state, event)
  state.board.onpointerup = state.board.onpointercancel = () => drop(state)
  state.board.onkeydown = (event) => press(state, event)
  signal.addEventListener("abort", () => clearTimeout(state.waiting))
  return state
}

export function show(state, data) {
  state.board.style.width = `${data.side}px`
  if (state.picture.src !== data.source) state.picture.src = data.source
  state.picture.alt = data.alt
  state.board.setAttribute("aria-label", `${data.alt} ${data.words.keys}`)
  state.hint.textContent = data.words.keys
  for (const [name, button] of Object.entries(state.buttons)) {
    button.title = data.words[name]
    button.setAttribute("aria-label", data.words[name])
  }
  // Python's word counts unless the hand has gone on since.
  if (!state.dragging && !state.waiting) state.place = { ...data.place }
  draw(state)
}

function grab(state, event) {
  if (event.button) return
  state.board.setPointerCapture(event.pointerId)
  state.dragging = { x: event.clientX, y: event.clientY, right: state.place.right, down: state.place.down }
}

function drag(state, event) {
  if (!state.dragging) return
  const pixel = state.board.getBoundingClientRect().width / 28
  const { x, y, right, down } = state.dragging
  move(state, { right: right + (event.clientX - x) / pixel, down: down + (event.clientY - y) / pixel })
}

function drop(state) {
  if (!state.dragging) return
  state.dragging = null
  tell(state, 0)
}

function press(state, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const { key } = event
  if (key === "0") move(state, START)
  else if (key in KEYS) {
    const [field, by] = KEYS[key]
    nudge(state, field, event.shiftKey && key.startsWith("Arrow") ? 4 * by : by)
  } else return
  event.preventDefault()
}

function nudge(state, field, by) {
  let value = state.place[field] + by
  if (field === "turn") value = value > 180 ? value - 360 : value < -180 ? value + 360 : value
  move(state, { [field]: value })
}

function move(state, changes) {
  for (const [name, value] of Object.entries(changes)) {
    const [low, high] = LIMITS[name]
    state.place[name] = Math.round(100 * Math.min(high, Math.max(low, value))) / 100
  }
  draw(state)
  tell(state, SEND_MS)
}

function draw(state) {
  const { right, down, turn, size } = state.place
  state.picture.style.transform = `translate(${(100 * right) / 28}%, ${
    (100 * down) / 28
  }%) rotate(${-turn}deg) scale(${size})`
}

function tell(state, pause) {
  clearTimeout(state.waiting)
  const wait = Math.max(0, state.last + pause - performance.now())
  state.waiting = setTimeout(() => {
    state.waiting = 0
    state.last = performance.now()
    state.send("place", { ...state.place, count: ++state.count })
  }, wait)
}
