// A shift underground: the phone in flight mode, steps and a photo taken on the way, the tab killed twice, then two tabs that both send the same
// two hundred records. Each is done once, in order; what somebody else decided meanwhile is shown to a person.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { orders } from '../../src/modules/orders/contract.ts'
import { rid } from '../harness.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

const ORDERS = 50
let s: Stage
let worker: Awaited<ReturnType<Stage['t']['hire']>>
let other: typeof worker
let ids: string[]
beforeAll(async () => {
  s = await stage()
  const here = { scope_kind: 'community' as const, scope_ids: [s.w.community_id] }
  worker = await s.t.hire('repairer', here)
  other = await s.t.hire('repairer', here)
  await s.t.app.d.pool.query('update identity.account set must_change = false')
  const desk = s.t.as('service')
  const category_id = (await desk(orders.categories, {})).rows.find((k) => k.name === '水龙头、洁具')!.category_id
  ids = []
  for (let n = 0; n < ORDERS; n++) {
    const { order_id } = await desk(orders.createOrder, { source: 'desk', community_id: s.w.community_id, house_id: s.w.houses['1-1-101']!, category_id, words: `第 ${n + 1} 处滴水` })
    await desk(orders.assignOrder, { order_id, account_id: worker.account_id })
    ids.push(order_id)
  }
}, 240_000)

/** As the page itself would have written them. */
const enqueue = (page: Page, entries: object[]): Promise<void> =>
  page.evaluate<void>(`new Promise((done, fail) => {
    const r = indexedDB.open('heyuan-staff')
    r.onerror = () => fail(r.error)
    r.onsuccess = () => {
      const tx = r.result.transaction('outbox', 'readwrite')
      for (const e of ${JSON.stringify(entries)}) tx.objectStore('outbox').put(e)
      tx.oncomplete = () => { r.result.close(); done() }
      tx.onerror = () => fail(tx.error)
    }
  })`)

test('two hundred records without network: kept, sent once each by two tabs, a conflict shown', async () => {
  const first = await s.window({ width: 390, height: 844, face: 'staff', token: worker.token })
  const context = first.context()
  await first.goto(`${s.base}/staff/orders`)
  await first.getByText('第 1 处滴水').waitFor()
  await first.evaluate('navigator.serviceWorker.ready.then(() => null)')
  await context.setOffline(true)

  await first.getByText('第 1 处滴水').click()
  await first.getByRole('button', { name: '接单' }).click()
  await first.getByRole('button', { name: '我已到场' }).click()
  await first.getByLabel('到场照片(选填)', { exact: true }).setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PIXEL })
  await first.getByAltText('照片 1').waitFor()
  await first.getByRole('button', { name: '确认到场' }).click()
  await first.getByRole('button', { name: '完工', exact: true }).waitFor()
  // A toast that fades is half transparent.
  await first.getByText(/^已记下「到场」/).waitFor({ state: 'hidden' })
  await expectAccessible(first)
  // The tab dies; without network the page opens again with what was done.
  await first.close()
  const second = await context.newPage()
  await second.goto(`${s.base}/staff/orders`)
  await second.getByText(/没有网络,显示的是/).waitFor()
  await second.getByText('待上传 2').waitFor()
  await second.getByText('第 1 处滴水').click()
  await second.getByRole('button', { name: '完工', exact: true }).click()
  await second.getByLabel('怎样修好的').fill('更换阀芯,试水不漏')
  await second.getByRole('button', { name: '确认完工' }).click()
  await second.getByRole('region', { name: '待上传的步骤' }).getByText('完工').waitFor()

  const owner = `${s.t.company_id}:${worker.account_id}`
  const queue = ids.slice(1).flatMap((order_id, n) => [orders.acceptOrder, orders.arriveOrder, orders.suspendOrder, orders.resumeOrder].map((call, i) => ({
    request_id: rid(), seq: 10 + n * 4 + i, owner, call: call.name, subject: `${order_id} ${i}`, chain: `order ${order_id}`, photo_keys: [], input: { order_id, ...(call === orders.suspendOrder ? { cause: 'parts' } : {}), done_at: new Date().toISOString() },
    about: { place: '1-1-101', no: `第 ${n + 2} 单` }, queued_at: new Date().toISOString(), tries: 0, state: 'waiting', refusal: null,
  })))
  await enqueue(second, queue)
  await second.close()
  // Meanwhile the last one was given to a colleague.
  const taken = ids.at(-1)!
  await s.t.as('service')(orders.assignOrder, { order_id: taken, account_id: other.account_id })

  // Two tabs at once, in a browser that has no locks.
  await context.addInitScript('delete Navigator.prototype.locks')
  await context.setOffline(false)
  const tabs = await Promise.all([context.newPage(), context.newPage()])
  await Promise.all(tabs.map((p) => p.goto(`${s.base}/staff/orders`)))
  for (const p of tabs) await p.getByText('1 条没有通过,请处理').waitFor({ timeout: 120_000 })
  const desk = s.t.as('service')
  const all = await Promise.all(ids.map((order_id) => desk(orders.order, { order_id })))
  expect(all[0]!.steps.map((x) => x.action)).toEqual(['report', 'assign', 'accept', 'arrive', 'finish'])
  expect(all[0]!.steps.find((x) => x.action === 'arrive')!.photo_ids).toHaveLength(1)
  for (const o of all.slice(1, -1)) expect(o.steps.map((x) => x.action)).toEqual(['report', 'assign', 'accept', 'arrive', 'suspend', 'resume'])
  expect(all.at(-1)!.steps.map((x) => x.action)).toEqual(['report', 'assign', 'assign'])

  const page = tabs[0]!
  await page.getByText('1 条没有通过,请处理').click()
  await page.getByText('后面还有 3 条在等它').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: '连同后面的全部放弃' }).click()
  await page.getByRole('button', { name: '放弃', exact: true }).click()
  await page.getByText('手机上的记录都已上传').waitFor()
}, 400_000)

/** One pixel. */
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
