import { equal } from "node:assert/strict"
import { outline } from "../../ui/components/histograms/outline.js"

Deno.test("bins are drawn as steps, from the ground and back to it", () => {
  equal(outline([1, 2, 0, 4], 0, 2, 4), "M0 100V75H25V50H50V100Z")
  equal(outline([1, 2, 0, 4], 2, 4, 4), "M50 100V100H75V0H100V100Z")
  equal(outline([1, 2], 2, 2, 2), "")
})
