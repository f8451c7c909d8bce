// The same arithmetic as core/conv/steps.py, which the tests hold against torch; a browser test compares the two.

// One step per output number: where the window lies, the products (or taps) and the sum per channel, and the value.
export function workOut(data) {
  const steps = []
  for (let row = 0; row < data.output[0]; row++) {
    for (let column = 0; column < data.output[1]; column++) {
      steps.push(workOutOne(data, [row * data.stride[0], column * data.stride[1]]))
    }
  }
  return steps
}

// `start`: the window's first row and column in the padded input.
function workOutOne(data, start) {
  const at = start.map((first, axis) => first - data.padding[axis])
  const products = data.channels.map((channel, number) =>
    range(data.kernel[0]).map((u) =>
      range(data.kernel[1]).map((v) => {
        const value = tap(data, channel, start[0] + u * data.dilation[0], start[1] + v * data.dilation[1])
        return value === null || data.operation !== "conv" ? value : value * data.kernels[number][u][v]
      })
    )
  )
  const counted = products.map((product) => product.flat().filter((value) => value !== null))
  if (data.operation === "maxpool") {
    const value = Math.max(...counted[0])
    return { at, products, sums: [value], divisor: 1, value }
  }
  const sums = counted.map((values) => values.reduce((sum, value) => sum + value, 0))
  if (data.operation === "avgpool") {
    return { at, products, sums, divisor: counted[0].length, value: sums[0] / counted[0].length }
  }
  return { at, products, sums, divisor: 1, value: sums.reduce((sum, value) => sum + value, data.bias) }
}

// What the padded input has there: a number, the padding's 0, or null where nothing counts.
function tap(data, channel, row, column) {
  const [height, width] = [channel.length, channel[0].length]
  if (row >= height + 2 * data.padding[0] || column >= width + 2 * data.padding[1]) return null
  const value = channel[row - data.padding[0]]?.[column - data.padding[1]]
  return value ?? (data.zeros ? 0 : null)
}

function range(count) {
  return Array.from({ length: count }, (_, index) => index)
}

// How many rows and columns of the input a window spans.
export function spans(data) {
  return data.kernel.map((side, axis) => data.dilation[axis] * (side - 1) + 1)
}

// Where the last window ends, in rows and columns of the input without padding.
export function lastEnd(data) {
  return data.steps.at(-1).at.map((start, axis) => start + spans(data)[axis])
}
