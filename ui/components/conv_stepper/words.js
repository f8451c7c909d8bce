// Numbers and sums in words.

import { fill, signed } from "../dom.js"

const MOST_TERMS = 25 // longer sums are counted, not written out

export function sentence(state, step) {
  const { data, channel } = state
  const { words } = state.all
  const counted = step.products[channel].flat().filter((value) => value !== null)
  if (data.operation === "maxpool") return `${words.largest} (${counted.map(format).join(", ")})`
  if (data.operation === "avgpool") {
    const terms = counted.length > MOST_TERMS ? format(step.sums[0]) : `(${counted.map(term).join(" + ")})`
    return fill(words.named, { name: words.mean, value: `${terms} / ${step.divisor}` })
  }
  const weights = data.kernels[channel].flat()
  const [top, left] = step.at
  const pixels = weights.map((_, index) => pixel(data, channel, top, left, index))
  const short = fill(words.sum, { n: weights.length })
  const products = weights.map((weight, index) => `${term(pixels[index])}·${term(weight)}`).join(" + ")
  const bias = `${words.bias} ${format(data.bias)}`
  if (data.channels.length > 1) {
    const first = state.all.firsts[state.filter] + 1
    const each = step.sums.map((sum, index) =>
      fill(words.named, { name: fill(words.channels, { n: first + index }), value: format(sum) })
    )
    return `${each.join(" + ")} + ${bias}`
  }
  return weights.length > MOST_TERMS ? `${short} ${format(step.sums[0])} + ${bias}` : `${products} + ${bias}`
}

function pixel(data, channel, top, left, index) {
  const i = top + Math.floor(index / data.kernel[1]) * data.dilation[0]
  const j = left + (index % data.kernel[1]) * data.dilation[1]
  return data.channels[channel][i]?.[j] ?? 0
}

export function format(value) {
  const rounded = Math.round(value * 100) / 100
  return signed(rounded === 0 ? 0 : rounded)
}

function term(value) {
  return value < 0 ? `(${format(value)})` : format(value)
}
