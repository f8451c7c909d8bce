// A neuron or a line in words.

import { fill } from "../dom.js"
import { number } from "./numbers.js"

const TOLD = 8 // weights that are written out; the panel below has them all

export function called(state, layer, index) {
  const { data, shown } = state
  const { words } = data
  if (layer === 0) return fill(words.inputNeuron, { name: data.inputs[index] ?? index + 1 })
  if (layer === shown.length - 1) return fill(words.outputNeuron, { name: data.outputs[index] ?? index + 1 })
  return fill(words.hiddenNeuron, { layer, n: index + 1 })
}

export function describe(state, [layer, index, from]) {
  const { data, shown, weights, gradients, biases, answers } = state
  const { words } = data
  if (from !== undefined && from !== null) {
    const ends = { from: called(state, layer - 1, from), to: called(state, layer, index) }
    const parts = [fill(words.named, {
      name: fill(words.line, ends),
      value: number(weight(state, weights, layer, index, from)),
    })]
    const slope = weight(state, gradients, layer, index, from)
    if (slope !== undefined) parts.push(fill(words.gradient, { value: number(slope) }))
    return parts.join(" · ")
  }
  const parts = []
  if (data.dead[layer - 1]?.[index]) parts.push(words.deadMeaning)
  const value = answers[layer]?.[index]
  if (value !== undefined) parts.push(fill(layer === 0 ? words.value : words.answer, { value: number(value) }))
  if (layer > 0) {
    const row = Array.from({ length: shown[layer - 1] }, (_, before) => weight(state, weights, layer, index, before))
    const listed = row.slice(0, TOLD).map(number).join(", ")
    const all = data.widths[layer - 1]
    parts.push(fill(words.weights, { values: all > TOLD ? `${listed} ${fill(words.more, { n: all })}` : listed }))
    parts.push(fill(words.bias, { value: number(biases[layer - 1]?.[index]) }))
  }
  return fill(words.named, { name: called(state, layer, index), value: parts.join(" · ") })
}

// Row: the neuron whose weight it is; column: the neuron of the layer before.
function weight(state, layers, layer, neuron, from) {
  return layers[layer - 1]?.[neuron * state.shown[layer - 1] + from]
}
