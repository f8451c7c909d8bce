// Presses the canvas's own "send" button when the pen is lifted, hides its English toolbar, and names the board.
// The canvas keeps its parts in a shadow root; everything here is looked up anew, as a cleared board is another canvas.

const SEND = "button[aria-label='Update the app with this drawing']"
// The board is as wide as its holder, at most WIDEST or its own width; the canvas takes that into account.
const WIDEST = 360
const STYLE = `
.dc-toolbar { display: none !important; }
.dc-scroll { overflow: hidden; }
.dc-container { width: var(--board) !important; height: auto !important; }
.dc-container .canvas-container { position: absolute !important; inset: 0; width: 100% !important; height: 100% !important; }
.dc-container canvas { width: 100% !important; height: 100% !important; touch-action: none; border-radius: 6px; }
`
const boards = new Map()

for (const name of ["mouseup", "touchend", "pointercancel"])
  document.addEventListener(name, (event) => lifted(event), true)

function lifted(event) {
  for (const { place } of boards.values()) {
    const root = canvasRoot(place)
    // A stroke that began on the board may end beside it: the canvas then still has the pen.
    if (!root || !(root.drawing || event.composedPath().includes(root.host))) continue
    root.drawing = false
    // After the canvas has made a path of the stroke, which it does in a microtask of this very event.
    setTimeout(() => root.querySelector(SEND)?.click(), 0)
  }
}

function canvasRoot(place) {
  const holder = document.querySelector(`.st-key-${CSS.escape(place)}`)
  for (const element of holder?.querySelectorAll("*") ?? [])
    if (element.shadowRoot?.querySelector(".dc-root")) return element.shadowRoot
  return holder?.querySelector(".dc-root")?.getRootNode() ?? null
}

function dress(place, words) {
  const root = canvasRoot(place)
  if (!root) return false
  const upper = root.querySelector("canvas.upper-canvas")
  if (!upper) return false
  if (root.dressed !== upper) {
    root.dressed = upper
    const style = document.createElement("style")
    style.textContent = STYLE
    root.append(style)
    root.querySelector(".dc-container").style.aspectRatio = `${upper.width} / ${upper.height}`
    const holder = document.querySelector(`.st-key-${CSS.escape(place)}`)
    const fit = () => {
      const room = holder.clientWidth
      if (room) root.host.style.setProperty("--board", `${Math.min(room, Math.max(WIDEST, upper.width))}px`)
    }
    fit()
    new ResizeObserver(fit).observe(holder)
    for (const name of ["mousedown", "touchstart"])
      upper.addEventListener(name, () => (root.drawing = true), { passive: true })
  }
  upper.setAttribute("role", "img")
  upper.setAttribute("aria-label", words.board)
  return true
}

export default function ({ data, parentElement }) {
  const key = parentElement
  boards.set(key, data)
  let timer = 0
  const look = () => {
    clearInterval(timer)
    let tries = 0
    timer = setInterval(() => (dress(data.place, data.words) || ++tries > 100) && clearInterval(timer), 50)
  }
  // Clear mounts another canvas in the same holder, some time after the old one has gone.
  const watch = new MutationObserver(look)
  const holder = document.querySelector(`.st-key-${CSS.escape(data.place)}`)
  if (holder) watch.observe(holder, { childList: true, subtree: true })
  look()
  return () => {
    watch.disconnect()
    clearInterval(timer)
    boards.delete(key)
  }
}
