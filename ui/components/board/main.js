// A drawable canvas whose strokes are sent at once, which has a name, is as wide as there is room, and leaves its tools
// to the page. The canvas itself is streamlit-drawable-canvas, which waits 200 ms after a stroke before it sends, so that
// quick strokes are sent together; the first button of its toolbar sends at once.

// The module of that package, which this app serves beside its own; see ui/components/__init__.py.
const { default: drawable } = await import(new URL("../drawable_canvas.js", import.meta.url).href)

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { root, drawing: false, end: null }
  for (const name of ["mousedown", "touchstart"]) {
    root.addEventListener(name, () => (state.drawing = true), { capture: true, passive: true, signal })
  }
  // A stroke that began on the board may end beside it.
  for (const name of ["mouseup", "touchend", "pointercancel"]) {
    document.addEventListener(name, () => lifted(state), { capture: true, signal })
  }
  signal.addEventListener("abort", () => state.end?.())
  return state
}

export function show(state, data) {
  const { root, keep } = state
  root.style.setProperty("--wide", `${data.canvasWidth}px`)
  root.style.setProperty("--shape", `${data.canvasWidth} / ${data.canvasHeight}`)
  state.end = drawable({ data, parentElement: root.parentNode, setStateValue: keep })
  const canvas = root.querySelector("canvas.upper-canvas")
  canvas.setAttribute("role", "img")
  canvas.setAttribute("aria-label", data.named)
}

function lifted(state) {
  if (!state.drawing) return
  state.drawing = false
  // After the canvas has made a path of the stroke, which it does in a microtask of this very event.
  setTimeout(() => state.root.querySelector(".dc-icon-button")?.click(), 0)
}
