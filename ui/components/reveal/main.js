// Scrolls to an element once a link has asked for it, and stays there while pictures above still grow.

const SETTLES = 3000 // ms in which the page above may still move

export function build(root, signal) {
  return { root, signal, link: 0 }
}

export function show(state, { link, key }) {
  if (!link || link === state.link) return
  state.link = link
  const page = state.root.getRootNode().host?.closest('[data-testid="stMainBlockContainer"]')
  if (!page) return
  const end = new AbortController()
  const moved = new ResizeObserver(() => page.querySelector(`.st-key-${key}`)?.scrollIntoView({ block: "start" }))
  end.signal.addEventListener("abort", () => moved.disconnect())
  moved.observe(page)
  // whoever scrolls, points or types has the page from then on
  for (const what of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    globalThis.addEventListener(what, () => end.abort(), { signal: end.signal, passive: true, capture: true })
  }
  state.signal.addEventListener("abort", () => end.abort())
  setTimeout(() => end.abort(), SETTLES)
}
