// Opens every page of the admin face at its two widths: each shows its heading, asks nothing that faults, and stays within the window.
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { stage, tariff, type Stage } from './stage.ts'

let s: Stage
beforeAll(async () => {
  s = await stage()
  await tariff(s)
}, 240_000)

const PAGES = [
  '/', '/property/board', '/property/houses', '/property/communities', '/property/areas', '/people/persons', '/people/vehicles', '/payment/desk', '/payment/payments',
  '/payment/receipts', '/payment/merge', '/payment/print-batches', '/payment/promotions', '/payment/promotion-uses', '/payment/reversals', '/payment/wallets', '/payment/daily', '/payment/collection', '/payment/orders', '/payment/channels', '/billing/bills', '/billing/runs',
  '/closing/days', '/closing/periods', '/closing/sweeps', '/closing/recon', '/closing/differences', '/closing/bank', '/closing/vouchers', '/closing/voucher-setup', '/closing/periods/company/2026-01', '/ledger/trial', '/ledger/entries', '/ledger/journals', '/ledger/manual', '/ledger/accounts', '/ledger/accounts/1122', '/ledger/models', '/billing/arrears', '/billing/collection', '/billing/items', '/meters/readings', '/meters/meters', '/identity/members', '/identity/roles', '/identity/audit', '/identity/account',
  '/system/imports', '/system/imports/new', '/system/settings', '/system/settings?tab=papers', '/system/backups',
  '/spending/requests', '/spending/budgets', '/spending/incomes', '/spending/statement',
  '/reminders/tasks', '/reminders/records', '/reminders/promises', '/reminders/plans', '/reminders/now', '/messages/templates', '/messages/deliveries', '/messages/provider', '/messages/inbox', '/tariff/tariffs', '/billing/waivers', '/billing/discounts',
  '/care/complaints', '/care/complaints?fact=visit_waiting', '/care/surveys', '/care/applications', '/care/applications?mine=1', '/care/setup?tab=services', '/care/contacts', '/care/contacts?open=1', '/care/desk', '/care/contact-stats', '/care/contact-stats?by=topic', '/care/complaint-stats', '/care/complaint-stats?by=source', '/care/setup', '/care/setup?tab=departments', '/care/setup?tab=causes', '/care/setup?tab=policy',
  '/orders/list', '/orders/list?late=1', '/orders/visits', '/orders/stats', '/orders/stats?by=category', '/orders/equipment-life', '/orders/equipment-stats', '/orders/equipment-stats?by=device', '/orders/setup', '/orders/setup?tab=policy', '/orders/setup?tab=workers',
  '/rounds/board', '/rounds/tasks', '/rounds/plans', '/rounds/findings', '/rounds/log', '/rounds/work-plans', '/rounds/points', '/rounds/points?tab=routes', '/rounds/points?tab=crews', '/rounds/stats', '/rounds/stats?by=person', '/rounds/setup', '/rounds/sets', '/rounds/setup?tab=kinds', '/rounds/setup?tab=policy', '/rounds/setup?tab=weather', '/rounds/setup?tab=subjects', '/rounds/public', '/rounds/public?fact=open_late', '/rounds/public-stats', '/rounds/public-stats?by=place',
  '/duty/board', '/duty/rosters', '/duty/sheets', '/duty/handovers', '/duty/rooms', '/duty/rooms?tab=rules', '/emergency/plans', '/emergency/drills', '/emergency/drills?overdue=1', '/emergency/incidents', '/emergency/tasks', '/emergency/kinds',
  '/parking/booth', '/parking/stays', '/parking/looks', '/parking/lots', '/parking/permits', '/parking/days', '/parking/days?tab=hand', '/parking/days?tab=turned', '/parking/coupons', '/access/visits', '/access/visits?overstayed=1', '/access/barred',
  '/doors/board', '/doors/passages', '/doors/cards', '/doors/rights', '/doors/rights?tab=groups', '/doors/rights?tab=why', '/doors/setup', '/doors/helpers', '/doors/barred', '/doors/faces', '/doors/faces?tab=rules', '/muster/rolls', '/muster/setup', '/muster/setup?tab=gateways', '/muster/setup?tab=tags', '/muster/setup?tab=rule',
  '/firefile', '/firefile?tab=papers', '/firefile?tab=register', '/votes', '/votes/rules', '/votes/committee', '/siteplan', '/siteplan?z=2&kind=bad', '/siteplan?edit=1', '/siteplan/setup', '/video/wall', '/video/wall?n=16', '/video/playback', '/video/clips', '/video/cameras', '/video/gb', '/video/views',
  '/iot/devices', '/open/keys', '/open/hooks', '/iot/alarms', '/iot/fires', '/iot/scenes', '/iot/rules', '/iot/feeds', '/iot/environment', '/iot/energy', '/iot/compare', '/iot/remote', '/iot/buses', '/iot/channels', '/iot/products',
  '/safety/incidents', '/safety/incidents?fact=report_late', '/safety/overview', '/safety/stats', '/safety/stats?by=month', '/safety/signs', '/safety/setup', '/safety/setup?tab=levels',
  '/bookings/board', '/bookings/list', '/bookings/list?refund=1', '/bookings/places',
  '/system/approvals', '/system/flows', '/payment/invoices', '/payment/channel-bills', '/funds/accounts', '/funds/entries', '/funds/dues', '/funds/topups', '/funds/statement',
]

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
