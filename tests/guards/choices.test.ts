// A choice out of the first page of a list leaves out the rest without a word: what may be long is chosen by SearchSelect, which asks the server and says what it does not show.
import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** Choices that find by the server themselves, and filters over what an answer names besides its rows. */
const OWN = new Set(['src/modules/meters/admin/shared.tsx found', 'src/modules/people/admin/HousePicker.tsx found', 'src/modules/messages/admin/DeliveriesPage.tsx known', 'src/modules/messages/admin/WechatSendsPage.tsx known', 'src/modules/property/admin/AreasPage.tsx kinds'])
/** Few by their nature: what a committee or a community has had in years. */
const FEW = new Set(['src/modules/care/admin/SurveyDrawer.tsx past', 'src/modules/votes/admin/CommitteePage.tsx polls', 'src/modules/payment/admin/CouponUsesPage.tsx all', 'src/modules/payment/admin/PromotionUsesPage.tsx all'])
function cut(text: string): string[] {
  const names = [...text.matchAll(/const (\w+) = useRead\([\w.]+, [^\n]*page_size/g)].map((m) => m[1]!)
  return [...new Set(names)].filter((n) => new RegExp(`\\b${n}\\.data\\?\\.[^\\n]{0,160}?=> ?\\(?\\{ ?value:`).test(text))
}
it('no choice is cut silently at a page', () => {
  const found = globSync('src/modules/*/{admin,staff,resident}/*.tsx').flatMap((file) => cut(readFileSync(file, 'utf8')).map((n) => `${file} ${n}`))
  expect(found.filter((x) => !OWN.has(x) && !FEW.has(x))).toEqual([])
  // None stands here that is no longer so.
  expect([...OWN, ...FEW].filter((x) => !found.includes(x))).toEqual([])
  expect(cut("const devices = useRead(iot.devices, { page_size: 200 })\n options={(devices.data?.rows ?? []).map((d) => ({ value: d.device_id }))}")).toEqual(['devices'])
})
