// Opens every page of the admin face at its two widths: each shows its heading, asks nothing that faults, and stays within the window.
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { PAGES } from './pages.ts'
import { stage, tariff, type Stage } from './stage.ts'

let s: Stage
beforeAll(async () => {
  s = await stage()
  await tariff(s)
}, 240_000)

const OVER = 'document.documentElement.scrollWidth - window.innerWidth'
/** By how much the page is too wide, once it has had its chance to take the width it was pulled to (the menu slides). Asked from here: the pages forbid eval. */
async function overBy(page: Page): Promise<number> {
  const ask = (): Promise<number> => page.evaluate<number>(OVER)
  await expect.poll(ask, { timeout: 5_000, interval: 100 }).toBeLessThanOrEqual(1).catch(() => {})
  return ask()
}

test('every page opens, at both widths', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('admin')! })
  const bad: string[] = []
  page.on('response', (r) => {
    if (r.status() >= 400) bad.push(`${r.status()} ${r.url()}`)
  })
  page.on('pageerror', (e) => bad.push(e.message))
  const house = `/property/houses/${s.w.houses['1-1-101']}`
  const paths = [...PAGES, house, `${house}?tab=bills`, `${house}?tab=fees`, `/people/persons/${s.w.persons['张三']}`]
  for (const [i, path] of paths.entries()) {
    // Each page is loaded at one width and pulled to the other, in turn: loading is the dear part.
    for (const width of i % 2 ? [768, 1440] : [1440, 768]) {
      if (page.viewportSize()!.width !== width) await page.setViewportSize({ width, height: 900 })
      if (!page.url().endsWith(`/admin${path}`)) await page.goto(`${s.base}/admin${path}`)
      await page.locator('h1').first().waitFor()
      await page.locator('.ant-skeleton, .ant-spin-spinning').first().waitFor({ state: 'detached' })
      if (await page.getByText('重试').count()) bad.push(`${path} shows an error`)
      const over = await overBy(page)
      if (over > 1) bad.push(`${path} is ${over} px too wide at ${width}`)
    }
  }
  expect(bad).toEqual([])
  // A bound for a busy machine, no measure.
}, 900_000)
