// Counts what a visitor sees of a live run: redraws of diagram and curves, frames in which one of them is blank, and
// how long a click on Pause takes until the page says so. Runs in the page, before anything else.
(() => {
  const bench = (window.bench = { on: false, draws: {}, blank: [], frames: 0, pressed: 0, said: 0 })
  const TOGETHER_MS = 40 // drawing calls this close to one another are one redraw

  function note(name) {
    if (!bench.on || !name) return
    const now = performance.now()
    const times = (bench.draws[name] ??= [])
    if (!times.length || now - times.at(-1).last > TOGETHER_MS) times.push({ first: now, last: now })
    else times.at(-1).last = now
  }

  function keyOf(element) {
    for (let node = element; node; ) {
      const holder = node.closest?.('[class*="st-key-"]')
      if (holder) return [...holder.classList].find((name) => name.startsWith("st-key-")).slice(7)
      const root = node.getRootNode()
      node = root instanceof ShadowRoot ? root.host : null
    }
    return ""
  }

  for (const name of ["clearRect", "putImageData"]) {
    const real = CanvasRenderingContext2D.prototype[name]
    CanvasRenderingContext2D.prototype[name] = function (...values) {
      if (this.canvas.isConnected) note(keyOf(this.canvas))
      return real.apply(this, values)
    }
  }

  function find(selector, root = document) {
    const found = root.querySelector(selector)
    if (found) return found
    for (const element of root.querySelectorAll("*")) {
      const inner = element.shadowRoot && find(selector, element.shadowRoot)
      if (inner) return inner
    }
    return null
  }

  const small = new OffscreenCanvas(48, 24)
  const ink = small.getContext("2d", { willReadFrequently: true })

  function empty(canvas) {
    if (!canvas?.isConnected || !canvas.width || !canvas.height) return true
    ink.clearRect(0, 0, 48, 24)
    ink.drawImage(canvas, 0, 0, 48, 24)
    return !ink.getImageData(0, 0, 48, 24).data.some((value, at) => at % 4 === 3 && value)
  }

  bench.start = (charts) => {
    Object.assign(bench, { on: true, draws: {}, blank: [], frames: 0 })
    const lines = find("svg.lines")
    const observer = new MutationObserver(() => note("diagram"))
    observer.observe(lines, { subtree: true, childList: true, attributes: true })
    const look = () => {
      if (!bench.on) return observer.disconnect()
      bench.frames += 1
      const drawn = find("svg.lines")
      if (!drawn?.querySelector("path, line")) bench.blank.push("diagram")
      if (drawn !== lines) bench.blank.push("diagram was mounted anew")
      for (const key of charts) {
        const holder = document.querySelector(`.st-key-${key}`)
        if (!holder || empty(find("canvas", holder))) bench.blank.push(key)
      }
      requestAnimationFrame(() => setTimeout(look)) // after the frame was painted
    }
    look()
  }
  bench.stop = () => {
    bench.on = false
    const redraws = Object.fromEntries(Object.entries(bench.draws).map(([name, times]) => [name, times.length]))
    return { redraws, blank: bench.blank, frames: bench.frames }
  }

  document.addEventListener(
    "pointerdown",
    (event) => {
      if (!event.target.closest(".st-key-dnn_pause")) return
      bench.said = 0
      bench.pressed = performance.now()
      const look = () => {
        if (/Paused/.test(find(".progress .said")?.textContent ?? "")) bench.said = performance.now()
        else requestAnimationFrame(look)
      }
      look()
    },
    true,
  )
})()
