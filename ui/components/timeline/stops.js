// The moments of a run, and their places on the slider.

/**
 * The place of a moment on the slider, whose last place is the present; moments in between may have been given up.
 * @param {number[][]} stops
 * @param {number} step
 */
export function placeOf(stops, step) {
  if (step < 0) return stops.length
  let best = 0
  stops.forEach(([at], place) => {
    if (Math.abs(at - step) < Math.abs(stops[best][0] - step)) best = place
  })
  return best
}

/** @param {Float64Array} flat three numbers for each stop */
export function rows(flat) {
  return Array.from({ length: flat.length / 3 }, (_, place) => [...flat.subarray(3 * place, 3 * place + 3)])
}
