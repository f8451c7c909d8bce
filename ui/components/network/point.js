// Pointing, choosing and walking with the keys.

import { fill, focused, make, say } from "../dom.js"
import { entry } from "../pointing.js"
import { climbed } from "./layout.js"
import { describe } from "./words.js"

const REACH = 7 // pixels around a thin line or a small neuron that still count

// [layer, neuron], or [layer, neuron, neuron before] for a line.
export function find(state, x, y) {
  const { shown, size, step, pitch } = state
  const layer = Math.max(0, Math.min(shown.length - 1, Math.round((x - state.x(0)) / step)))
  if (Math.abs(x - state.x(layer)) <= size / 2 + Math.min(REACH, step / 5)) {
    const index = Math.round((y - state.y(layer, 0)) / pitch)
    const inside = index >= 0 && index < shown[layer]
    if (inside && Math.abs(y - state.y(layer, index)) <= Math.max(size / 2 + 2, pitch / 2)) return [layer, index]
  }
  const target = Math.ceil((x - state.x(0)) / step)
  if (target < 1 || target >= shown.length) return null
  const share = climbed(state, target, x)
  if (share === null) return null
  let found = null
  let nearest = state.dense ? REACH / 3 : REACH
  for (let to = 0; to < shown[target]; to++) {
    for (let from = 0; from < shown[target - 1]; from++) {
      const at = state.y(target - 1, from) + (state.y(target, to) - state.y(target - 1, from)) * share
      if (Math.abs(at - y) < nearest) {
        nearest = Math.abs(at - y)
        found = [target, to, from]
      }
    }
  }
  return found
}

export function hover(state, found) {
  if (String(found) === String(state.at)) return
  state.at = found
  foot(state)
  emphasise(state)
}

export function choose(state, place) {
  const [layer, neuron, from = null] = place
  const same = state.chosen && String(state.chosen) === String([layer, neuron, from])
  state.chosen = same ? null : [layer, neuron, from]
  state.send("choose", state.chosen ?? [])
  rove(state)
  foot(state)
  emphasise(state)
}

export function press(state, key, place) {
  const [layer, index] = place
  const { shown } = state
  const beside = (to) => [to, Math.round(((index + 0.5) * shown[to]) / shown[layer] - 0.5)]
  const moves = {
    ArrowUp: () => [layer, index - 1],
    ArrowDown: () => [layer, index + 1],
    ArrowLeft: () => (layer > 0 ? beside(layer - 1) : null),
    ArrowRight: () => (layer < shown.length - 1 ? beside(layer + 1) : null),
    Home: () => [0, 0],
    End: () => [shown.length - 1, 0],
  }
  if (key === "Enter" || key === " ") choose(state, place)
  else if (key === "Escape" && state.chosen) choose(state, state.chosen)
  else if (moves[key]) {
    const to = moves[key]()
    if (to) state.neurons.get(`n${to[0]}_${to[1]}`)?.focus()
  } else return false
  return true
}

// One stop for the Tab key: the chosen neuron, else the one last stood on, else the first.
export function rove(state) {
  const stood = focused(state.ui.root)?.place
  const [layer, neuron] = stood ?? state.chosen ?? [0, 0]
  for (const [id, element] of state.neurons) {
    element.setAttribute("tabindex", id === `n${layer}_${neuron}` ? "0" : "-1")
    const chosen = state.chosen && state.chosen[0] === element.place[0] && state.chosen[1] === element.place[1]
    element.setAttribute("aria-pressed", String(Boolean(chosen)))
  }
}

// What is pointed at, else what is chosen, stands out together with its lines.
export function emphasise(state) {
  const at = state.at ?? state.chosen
  state.ui.root.classList.toggle("pointed", Boolean(at))
  for (const line of state.lit) line.classList.remove("lit")
  state.lit = []
  if (!at) return
  const [layer, neuron, from] = at
  const light = (id) => {
    const line = state.lines.get(id)
    if (line) state.lit.push(line)
  }
  if (from !== undefined && from !== null) light(`w${layer}_${from}_${neuron}`)
  else {
    for (let before = 0; before < (state.shown[layer - 1] ?? 0); before++) light(`w${layer}_${before}_${neuron}`)
    for (let after = 0; after < (state.shown[layer + 1] ?? 0); after++) light(`w${layer + 1}_${neuron}_${after}`)
  }
  for (const line of state.lit) line.classList.add("lit")
}

export function foot(state) {
  const { ui, data } = state
  const { words } = data
  const at = state.at ?? state.chosen
  say(ui.said, at ? describe(state, at) : "")
  ui.caption.classList.toggle("says", Boolean(at))
  const died = data.dead.some((layer) => layer.some(Boolean))
  const legend = JSON.stringify([words, data.byGradient, state.maps.length, died, state.size >= 14])
  if (legend !== state.legend) {
    state.legend = legend
    ui.legend.replaceChildren()
    entry(ui.legend, "plus", words.positive)
    entry(ui.legend, "minus", words.negative)
    entry(ui.legend, "size", words.size)
    if (state.size >= 14) entry(ui.legend, "bias", words.biasBar)
    if (state.maps.length) entry(ui.legend, "map", words.map)
    if (data.byGradient) entry(ui.legend, "sum", words.flow)
    if (died) entry(ui.legend, "ended", words.deadMeaning)
    ui.note = make("span", "note", ui.legend)
  }
  say(ui.note, died || data.byGradient ? fill(data.words.judged, data.judged) : "")
  ui.switch.setAttribute("aria-label", words.show)
  say(ui.shows[0], words.byWeight)
  say(ui.shows[1], words.byGradient)
  ui.shows.forEach((button, place) => button.setAttribute("aria-pressed", String(data.byGradient === (place === 1))))
}
