import { equal } from "node:assert/strict"
import { dictionary, translated } from "../../ui/components/language/dictionary.js"

/** @type {[string, string][]} */
const pairs = [["Stop", "停止"], ["{} per file", "每个文件最多 {}"], ["What (now)?", "怎么办？"]]

Deno.test("a whole text is translated, with what it carries, and back", () => {
  const chinese = dictionary(pairs)
  equal(translated(chinese, "Stop"), "停止")
  equal(translated(chinese, "5MB per file"), "每个文件最多 5MB")
  equal(translated(chinese, "What (now)?"), "怎么办？")
  const english = dictionary(pairs.map(([from, to]) => [to, from]))
  equal(translated(english, "每个文件最多 5MB"), "5MB per file")
})

Deno.test("a part of a text is left alone", () => {
  const chinese = dictionary(pairs)
  for (const text of ["Stop it", "stop", " per file", "", "constructor", "two\n5MB per file"]) {
    equal(translated(chinese, text), undefined, text)
  }
})
