// Stages of preprocessing; made once, then only changed.

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".steps")
  if (list.children.length !== data.stages.length) list.replaceChildren(...data.stages.map(build))
  data.stages.forEach((stage, index) => fill(list.children[index], stage, data.words, setTriggerValue))
}

function make(tag, className, parent) {
  const element = document.createElement(tag)
  element.className = className
  parent?.append(element)
  return element
}

function build(stage) {
  const item = make("li", "stage")
  item.head = make("div", "head", item)
  item.switch = make("button", "switch", item.head)
  item.switch.type = "button"
  item.switch.setAttribute("role", "switch")
  make("i", "knob", item.switch).setAttribute("aria-hidden", "true")
  item.titled = make("span", "title", item.switch)
  item.picture = make("img", "picture", item)
  item.note = make("p", "note", item)
  item.effect = make("p", "effect", item)
  return item
}

function fill(item, stage, words, send) {
  const fixed = !stage.step
  item.classList.toggle("off", !stage.on)
  item.classList.toggle("fixed", fixed)
  item.switch.disabled = fixed
  if (fixed) item.switch.removeAttribute("role")
  else item.switch.setAttribute("aria-checked", String(stage.on))
  item.switch.onclick = () => send("step", stage.step)
  item.titled.textContent = stage.title
  if (item.picture.src !== stage.source) item.picture.src = stage.source
  item.picture.alt = stage.alt
  item.note.textContent = stage.note
  item.effect.replaceChildren()
  if (!stage.effects.length) return
  make("span", "how", item.effect).textContent = stage.on ? words.without : words.with
  for (const { network, digit, share, changed } of stage.effects) {
    const line = make("span", changed ? "line changed" : "line", item.effect)
    make("span", "", line).textContent = network
    make("b", "", line).textContent = digit
    make("small", "", line).textContent = `${(100 * share).toFixed(0)} %`
  }
}
