// What several components need: elements, words, numbers from Python, the theme's colours.

const SVG = "http://www.w3.org/2000/svg"

/**
 * Make an HTML element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {ParentNode | null} parent where it is put, at the end
 * @param {Record<string, unknown>} attributes
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, className = "", parent = null, attributes = {}) {
  return dressed(document.createElement(tag), className, parent, attributes)
}

/**
 * Make an SVG element.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {ParentNode | null} parent where it is put, at the end
 * @param {Record<string, unknown>} attributes
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function shape(tag, className = "", parent = null, attributes = {}) {
  return dressed(document.createElementNS(SVG, tag), className, parent, attributes)
}

/**
 * @template {Element} Kind
 * @param {Kind} element
 * @param {string} className
 * @param {ParentNode | null} parent
 * @param {Record<string, unknown>} attributes
 */
function dressed(element, className, parent, attributes) {
  if (className) element.setAttribute("class", className)
  set(element, attributes)
  parent?.append(element)
  return element
}

/**
 * @param {Element} element
 * @param {Record<string, unknown>} attributes
 */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
}

/**
 * Make a button.
 * @param {string} className
 * @param {ParentNode} parent
 * @param {() => void} act what a click does
 */
export function button(className, parent, act) {
  const made = make("button", className, parent, { type: "button" })
  made.onclick = act
  return made
}

/** @param {string} path of a 24×24 drawing */
export function icon(path) {
  const svg = shape("svg", "", null, { viewBox: "0 0 24 24", "aria-hidden": "true" })
  shape("path", "", svg, { d: path })
  return svg
}

/**
 * Make as many children as there are items, and fill each.
 * @template Item
 * @param {ParentNode} parent
 * @param {Item[]} items
 * @param {() => void} build makes a child in the parent
 * @param {(child: any, item: Item, place: number) => void} fill
 */
export function each(parent, items, build, fill) {
  while (parent.children.length > items.length) parent.lastElementChild?.remove()
  while (parent.children.length < items.length) build()
  items.forEach((item, place) => fill(parent.children[place], item, place))
}

/**
 * Change an element's text if it is another one: what is said again would be read out again.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/**
 * Fill a sentence's {fields}.
 * @param {string} template
 * @param {Record<string, unknown>} values
 */
export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_all, name) => String(values[name]))
}

/**
 * Write a number's minus as one.
 * @param {string | number} text
 */
export function signed(text) {
  return String(text).replaceAll("-", "−")
}

/**
 * Whether data differ from those of the last call with this state.
 * @param {{ signature?: string }} state
 * @param {unknown} data
 */
export function changed(state, data) {
  const signature = JSON.stringify(data)
  if (signature === state.signature) return false
  state.signature = signature
  return true
}

/**
 * Numbers as Python packed them, or as they came over a socket.
 * @param {string | Uint8Array} packed base64, or the bytes themselves
 */
export function bytes(packed) {
  if (typeof packed !== "string") return packed
  const letters = atob(packed)
  const found = new Uint8Array(letters.length)
  for (let at = 0; at < letters.length; at++) found[at] = letters.charCodeAt(at)
  return found
}

// A part of a message may begin anywhere: its copy begins where wider numbers can.
const buffer = (/** @type {string | Uint8Array} */ packed) => bytes(packed).slice().buffer

/** @param {string | Uint8Array} packed little-endian float32 */
export function floats(packed) {
  return new Float32Array(buffer(packed))
}

/** @param {string | Uint8Array} packed little-endian float64 */
export function doubles(packed) {
  return new Float64Array(buffer(packed))
}

/**
 * Remove the elements that have no place any more.
 * @param {Map<unknown, Element>} elements
 * @param {Set<unknown>} wanted
 */
export function prune(elements, wanted) {
  for (const [id, element] of elements) {
    if (wanted.has(id)) continue
    element.remove()
    elements.delete(id)
  }
}

/**
 * Call back whenever an element's size changed, until the signal.
 * @param {AbortSignal} signal
 * @param {Element} element
 * @param {() => void} act
 */
export function onResize(signal, element, act) {
  const observer = new ResizeObserver(act)
  observer.observe(element)
  signal.addEventListener("abort", () => observer.disconnect())
}

/** Whether the visitor wants nothing to move. */
export function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches
}

/**
 * Return what has the focus in an element's component.
 * @param {Element} element
 * @returns {any} an element, with what its component keeps on it
 */
export function focused(element) {
  return /** @type {Document | ShadowRoot} */ (element.getRootNode()).activeElement
}

/**
 * Paint a sheet pixel by pixel, on a hidden canvas that the state keeps.
 * @param {Record<string, any>} state
 * @param {number} width
 * @param {number} height
 * @param {(pixels: Uint32Array) => void} paint fills them, from left to right and from top to bottom; see pixel
 * @returns {HTMLCanvasElement}
 */
export function sheet(state, width, height, paint) {
  const canvas = (state.sheet ??= document.createElement("canvas"))
  Object.assign(canvas, { width, height })
  const pen = canvas.getContext("2d")
  const image = pen.createImageData(width, height)
  paint(new Uint32Array(image.data.buffer))
  pen.putImageData(image, 0, 0)
  return canvas
}

// ---- colours, as red, green and blue from 0 to 255 ---------------------------------------------------------------

/** @typedef {[number, number, number]} Colour */

/**
 * Watch the theme's colours. They are read from hidden elements, as the browser mixes them.
 * @param {Element} root
 * @param {() => void} act called when the theme has changed
 * @returns {(name: string) => Colour} gives a colour of ui/design.py, which is --ck-name in CSS
 */
export function theme(root, act) {
  /** @param {string} name */
  const probe = (name) => {
    const made = make("i", "probe", root, { "aria-hidden": "true" })
    made.style.cssText = `position: absolute; width: 0; visibility: hidden; color: var(--ck-${name})`
    return made
  }
  const watched = probe("ground")
  watched.style.transition = "color 1ms" // a colour that takes a moment to change tells when it has
  watched.addEventListener("transitionend", act)
  /** @type {Map<string, HTMLElement>} */
  const probes = new Map()
  return (name) => {
    const found = probes.get(name) ?? probe(name)
    probes.set(name, found)
    return rgb(getComputedStyle(found).color)
  }
}

/**
 * Read a colour such as rgb(0, 114, 178).
 * @param {string} text
 */
export function rgb(text) {
  return /** @type {Colour} */ ((text.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number))
}

/**
 * @param {Colour} one
 * @param {Colour} other
 * @param {number} share of the other one
 */
export function mix(one, other, share) {
  return /** @type {Colour} */ (one.map((part, at) => Math.round(part + (other[at] - part) * share)))
}

/** @param {Colour} colour */
export function css(colour) {
  return `rgb(${colour.join(" ")})`
}

/**
 * A colour as one pixel of an image's buffer, seen as little-endian uint32.
 * @param {Colour} colour
 */
export function pixel([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0
}

/**
 * One pixel for each byte, 255 for the strongest.
 * @param {Colour} paper
 * @param {Colour} ink
 */
export function shades(paper, ink) {
  return Uint32Array.from({ length: 256 }, (_, byte) => pixel(mix(paper, ink, byte / 255)))
}

/**
 * One pixel for each byte: the negative colour at 1, the ground at 128, the positive colour at 255; 0 is no pixel.
 * @param {Colour} negative
 * @param {Colour} ground
 * @param {Colour} positive
 */
export function diverging(negative, ground, positive) {
  const tint = (/** @type {number} */ byte) =>
    mix(ground, byte < 128 ? negative : positive, Math.min(1, Math.abs(byte - 128) / 127))
  return Uint32Array.from({ length: 256 }, (_, byte) => (byte ? pixel(tint(byte)) : 0))
}
