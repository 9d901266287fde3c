// A shift underground: the phone in flight mode, steps and a photo taken on the way, the tab killed twice, then two tabs that both send the same
// two hundred records. Each is done once, in order; what somebody else decided meanwhile is shown to a person.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { today } from '../../src/kernel/clock.ts'
import { orders } from '../../src/modules/orders/contract.ts'
import { rid } from '../harness.ts'
import { expectAccessible, sign, stage, type Stage } from './stage.ts'

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

test('a paid repair in the basement: arrival, material, quote with the signature, finish, all without network', async () => {
  const admin = s.t.as('admin')
  const { item_id } = await admin(orders.saveServiceItem, { kind: 'labour', name: '水电维修', unit: '次', note: null, sort_no: 1, retired: false })
  await admin(orders.publishServicePrice, { item_id, community_id: null, from_on: today(), unit_price: '40' })
  const part = await admin(orders.saveStockItem, { community_id: s.w.community_id, name: '三角阀', spec: '4 分', unit: '个', reorder_level: '0', retired: false })
  await admin(orders.stockIn, { item_id: part.item_id, quantity: '5', cost_fen: 6000, paper: 'CG-1' })
  const man = await s.t.hire('repairer', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
  const desk = s.t.as('service')
  const category_id = (await desk(orders.categories, {})).rows.find((k) => k.name === '水龙头、洁具')!.category_id
  const { order_id } = await desk(orders.createOrder, { source: 'desk', community_id: s.w.community_id, house_id: s.w.houses['1-1-101']!, category_id, words: '地下室的阀门锈死', reporter_name: '张三' })
  await desk(orders.assignOrder, { order_id, account_id: man.account_id })

  const phone = await s.window({ width: 390, height: 844, face: 'staff', token: man.token })
  const context = phone.context()
  const kit = phone.waitForResponse((r) => r.url().includes('/api/orders/kit') && r.ok())
  await phone.goto(`${s.base}/staff/orders`)
  await phone.getByText('地下室的阀门锈死').waitFor()
  await kit
  await phone.evaluate('navigator.serviceWorker.ready.then(() => null)')
  await context.setOffline(true)
  await phone.getByText('地下室的阀门锈死').click()
  await phone.getByRole('button', { name: '接单' }).click()
  await phone.getByRole('button', { name: '我已到场' }).click()
  await phone.getByLabel('到场照片(选填)', { exact: true }).setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PIXEL })
  await phone.getByAltText('照片 1').waitFor()
  await phone.getByRole('button', { name: '确认到场' }).click()
  await phone.getByRole('button', { name: '完工', exact: true }).waitFor()

  await phone.getByRole('button', { name: '领用备件' }).click()
  await phone.getByRole('list', { name: '备件' }).getByText('三角阀').click()
  await phone.getByRole('button', { name: '领用', exact: true }).click()
  await phone.getByRole('region', { name: '材料' }).getByText('待上传').waitFor()
  await phone.getByRole('link', { name: '报价', exact: true }).click()
  await phone.getByRole('button', { name: '从价目选择' }).click()
  await phone.getByRole('list', { name: '价目' }).getByText('水电维修').click()
  await phone.getByRole('button', { name: '关闭' }).click()
  await phone.getByRole('button', { name: '请业户签字' }).click()
  await sign(phone)
  await phone.getByRole('button', { name: '同意并提交' }).click()
  const quote = phone.getByRole('region', { name: '有偿服务' })
  await quote.getByText('已同意', { exact: true }).waitFor()
  await quote.getByText('合计 40.00 元').waitFor()

  await phone.getByRole('button', { name: '完工', exact: true }).click()
  await phone.getByLabel('怎样修好的').fill('换了三角阀,试水不漏')
  await phone.getByLabel('完工照片', { exact: true }).setInputFiles({ name: 'b.png', mimeType: 'image/png', buffer: PIXEL })
  await phone.getByAltText('照片 1').waitFor()
  await phone.getByRole('button', { name: '确认完工' }).click()
  await phone.getByRole('region', { name: '待上传的步骤' }).getByText('报价 40.00 元,业户签字').waitFor()
  await phone.getByText(/^已记下「完工」/).waitFor({ state: 'hidden' })
  await expectAccessible(phone)
  // The tab dies; everything is there when it opens again, and goes up when the network is back.
  await phone.close()
  const again = await context.newPage()
  await again.goto(`${s.base}/staff/orders`)
  await again.getByText('待上传 5').waitFor()
  await context.setOffline(false)
  await expect.poll(async () => (await desk(orders.order, { order_id })).state, { timeout: 120_000 }).toBe('finished')
  expect((await desk(orders.order, { order_id })).steps.map((x) => [x.action, x.photo_ids.length])).toEqual([['report', 0], ['assign', 0], ['accept', 0], ['arrive', 1], ['finish', 1]])
  expect((await desk(orders.orderQuotes, { order_id })).rows).toMatchObject([{ state: 'billed', amount_fen: 4000, signer_name: '张三', signed_on: 'staff_phone' }])
  expect((await desk(orders.orderCosts, { order_id })).lines).toMatchObject([{ name: '三角阀 4 分', quantity: '1', cost_fen: 1200 }])
}, 400_000)

/** One pixel. */
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
