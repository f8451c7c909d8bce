// Numbers and sums in words.

const MOST_TERMS = 25 // longer sums are counted, not written out

function sentence(state, step) {
  const { data, channel } = state
  const { words } = state.all
  const counted = step.products[channel].flat().filter((value) => value !== null)
  if (data.operation === "maxpool") return `${words.largest} (${counted.map(format).join(", ")})`
  if (data.operation === "avgpool") {
    const terms = counted.length > MOST_TERMS ? format(step.sums[0]) : `(${counted.map(term).join(" + ")})`
    return `${words.mean}: ${terms} / ${step.divisor}`
  }
  const weights = data.kernels[channel].flat()
  const [top, left] = step.at
  const pixels = weights.map((_, index) => pixel(data, channel, top, left, index))
  const short = say(words.sum, { n: weights.length })
  const products = weights.map((weight, index) => `${term(pixels[index])}·${term(weight)}`).join(" + ")
  const bias = `${words.bias} ${format(data.bias)}`
  if (data.channels.length > 1) {
    const each = step.sums.map((sum, index) => `${say(words.channels, { n: state.all.firsts[state.filter] + index + 1 })}: ${format(sum)}`)
    return `${each.join(" + ")} + ${bias}`
  }
  return weights.length > MOST_TERMS ? `${short} ${format(step.sums[0])} + ${bias}` : `${products} + ${bias}`
}

function pixel(data, channel, top, left, index) {
  const i = top + Math.floor(index / data.kernel[1]) * data.dilation[0]
  const j = left + (index % data.kernel[1]) * data.dilation[1]
  return data.channels[channel][i]?.[j] ?? 0
}

function put(cell, value, scale) {
  cell.textContent = value === null ? "" : format(value)
  const amount = value === null || !scale ? 0 : Math.round((45 * Math.abs(value)) / scale)
  cell.style.setProperty("--amount", amount)
  cell.style.setProperty("--tint", value < 0 ? "var(--negative)" : "var(--positive)")
}

function format(value) {
  const rounded = Math.round(value * 100) / 100
  return String(rounded === 0 ? 0 : rounded).replace("-", "−")
}

function term(value) {
  return value < 0 ? `(${format(value)})` : format(value)
}

function say(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name])
}

function icon(name) {
  return `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`
}
