// The bad input that the product must withstand, one test each: refused in Chinese, nothing half-done, and seen in the audit.
import { request } from 'node:http'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { httpServer } from '../src/kernel/http.ts'
import { nowMs, setClock } from '../src/kernel/clock.ts'
import { makeZip } from '../src/kernel/sheet/test_kit.ts'
import { readSheets } from '../src/kernel/sheet/index.ts'
import { billing } from '../src/modules/billing/contract.ts'
import { identity, type AuditRow } from '../src/modules/identity/contract.ts'
import { payment } from '../src/modules/payment/contract.ts'
import { closeChannels, refOf, registerPaymentRoutes } from '../src/modules/payment/server/index.ts'
import { people } from '../src/modules/people/contract.ts'
import { property } from '../src/modules/property/contract.ts'
import { system } from '../src/modules/system/contract.ts'
import { startSim, type Sim } from '../src/world/outside/wechat_sim/index.ts'
import type { z } from 'zod'
import { expectRefused, rid, testApp, type Person, type TestApp } from './harness.ts'
import { digest, previewed, startIt, table } from './import_kit.ts'
import { PHONES, tinyWorld, type TinyWorld } from './tiny_world.ts'

let t: TestApp
let w: TinyWorld
let web: FastifyInstance
let base = ''
let sim: Sim
let fee_item_id = ''
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  web = await httpServer(t.app)
  await registerPaymentRoutes(web, t.app)
  base = await web.listen({ port: 0, host: '127.0.0.1' })
  sim = await startSim({ dir: t.data_dir, scale: 0.001 })
  const fee = await t.as('admin')(billing.saveFeeItem, { community_id: w.community_id, meter_kind: null, fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 15, account_code: '6001', sort_no: 1, code: 'WY', name: '物业服务费', shape: 'area', area_kind: 'built', unit_name: '元/㎡·月', house_kinds: ['dwelling'], applies: 'all' })
  fee_item_id = fee.fee_item_id
  await t.as('admin')(billing.publishPrice, { fee_item_id, house_kind: null, unit_price: '1.2', from_on: '2025-01-01', basis: '物业服务合同' })
  await publishedMonth('2025-03')
}, 120_000)
afterAll(async () => {
  setClock(undefined)
  closeChannels()
  await web.close()
  await sim.stop()
})

type Row = z.output<typeof AuditRow>
/** What the administrator of the company reads about a doing, newest first. */
const audited = async (call: string, outcome?: Row['outcome']): Promise<Row[]> => (await t.as('admin')(identity.audit, { call, page_size: 50, ...(outcome ? { outcome } : {}) })).rows
const chinese = expect.stringMatching(/[\u4e00-\u9fff]/) as string
const refusedRow = async (call: string): Promise<Row> => {
  const [row] = await audited(call, 'refused')
  expect(row, `${call} refused, but not in the audit`).toMatchObject({ refusal: chinese, call_zh: chinese })
  return row!
}
async function publishedMonth(period: string): Promise<void> {
  const run = await t.as('finance')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: [fee_item_id] })
  await t.as('finance2')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
}
const desk = (house: string) => t.as('cashier')(payment.desk, { house_id: w.houses[house]! })

test('a wrong password: the company whose account was tried sees it, without the password', async () => {
  const p = await t.as('admin')(identity.addMember, { name: '甲', login: 'wrong.pass', grants: [] })
  const r = await expectRefused(t.as('nobody')(identity.signIn, { login: 'wrong.pass', password: 'not-the-password' }), 'identity.wrong_password')
  expect(r.message).toContain('不正确')
  const row = await refusedRow('identity.signIn')
  expect(row.detail).toMatchObject({ input: { login: 'wrong.pass', password: '***' } })
  expect(JSON.stringify(await t.as('other_admin')(identity.audit, { call: 'identity.signIn' }))).not.toContain('wrong.pass')
  await t.as('nobody')(identity.signIn, { login: 'wrong.pass', password: p.first_password })
  expect((await audited('identity.signIn', 'done'))[0]?.detail).toMatchObject({ input: { login: 'wrong.pass' } })
})

test('an expired code opens nothing', async () => {
  const phone = PHONES.周八
  await t.as('nobody')(identity.askCode, { phone })
  const sent = await t.app.d.pool.query<{ code: string }>(`select payload->'params'->>'code' as code from kernel.job where name = 'messages.send_sms' and payload->>'phone' = $1 order by job_id desc limit 1`, [phone])
  setClock(new Date(nowMs() + 3_600_000).toISOString())
  try {
    const r = await expectRefused(t.as('nobody')(identity.signInByCode, { phone, code: sent.rows[0]!.code }), 'identity.code_expired')
    expect(r.message).toContain('重新获取')
  } finally {
    setClock(undefined)
  }
  expect((await refusedRow('identity.signInByCode')).detail).toMatchObject({ input: { phone: '***', code: '***' } })
  const seats = await t.app.d.pool.query(`select from identity.account where phone = $1`, [phone])
  expect(seats.rows).toHaveLength(0)
})

test('a forged notice of a payment settles nothing', async () => {
  const channel = await t.as('admin')(payment.saveChannel, { kind: 'wechat', name: '微信支付(模拟)', simulated: true, config: { ...sim.config, notify_base: base } })
  await t.as('admin')(payment.setChannel, { channel_id: channel.channel_id, enabled: true })
  const before = await digest(t)
  const forged = await fetch(`${base}/pay/notify/${refOf(t.company_id, channel.channel_id)}`, {
    method: 'POST', body: JSON.stringify({ id: 'EV-1', event_type: 'TRANSACTION.SUCCESS', resource: { algorithm: 'AEAD_AES_256_GCM', ciphertext: 'x', nonce: 'n' } }),
    headers: { 'content-type': 'application/json', 'wechatpay-timestamp': String(Math.floor(nowMs() / 1000)), 'wechatpay-nonce': 'abc', 'wechatpay-serial': 'FORGED', 'wechatpay-signature': 'AAAA' },
  })
  expect(forged.status).toBe(401)
  expect(await forged.json()).toMatchObject({ code: 'FAIL', message: chinese })
  const row = await refusedRow('payment.notice')
  const kept = (await t.as('admin')(payment.channelEvents, { page_size: 50, verdict: 'bad_signature' })).rows
  expect(kept.map((e) => e.event_id)).toContain((row.detail as { input: { event_id: string } }).input.event_id)
  expect((await digest(t)).replace(/payment\.channel_event .*/, '')).toBe(before.replace(/payment\.channel_event .*/, ''))
})

test('a doubled click at the desk is one payment, one number, one line in the audit', async () => {
  const d = await desk('1-1-102')
  const line = d.lines[0]!
  const ask = { request_id: rid(), house_id: d.house.house_id, lines: [{ bill_id: line.bill_id, period_on: line.period_on, amount_fen: line.open_fen }], tenders: [{ method: 'cash' as const, amount_fen: line.open_fen }] }
  const [a, b] = await Promise.all([t.as('cashier')(payment.takePayment, ask), t.as('cashier')(payment.takePayment, ask)])
  expect(b).toEqual(a)
  expect((await t.as('finance')(payment.payments, { house_id: d.house.house_id })).total).toBe(1)
  expect(await audited('payment.takePayment', 'done')).toHaveLength(1)
})

test('two cashiers on one bill: one takes the money, the other is told', async () => {
  const d = await desk('1-1-201')
  const line = d.lines[0]!
  const ask = { house_id: d.house.house_id, lines: [{ bill_id: line.bill_id, period_on: line.period_on, amount_fen: line.open_fen }], tenders: [{ method: 'cash' as const, amount_fen: line.open_fen }] }
  const both = await Promise.allSettled((['cashier', 'cashier2'] as const).map((who) => t.as(who)(payment.takePayment, ask)))
  expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect((both.find((r) => r.status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ message: chinese })
  expect((await desk('1-1-201')).open_fen).toBe(d.open_fen - line.open_fen)
  await refusedRow('payment.takePayment')
})

test('a period published twice at once: every bill exists once', async () => {
  const as = (who: Person) => t.as(who)
  const run = await as('finance')(billing.createRun, { community_id: w.community_id, period: '2025-04', fee_item_ids: [fee_item_id] })
  const twin = await as('finance')(billing.createRun, { community_id: w.community_id, period: '2025-04', fee_item_ids: [fee_item_id] })
  await Promise.allSettled([run, twin].flatMap((r) => (['finance2', 'manager'] as const).map((who) => as(who)(billing.publishRun, { run_id: r.run_id, input_hash: r.input_hash }))))
  const twice = await t.inside(async (s) => (await s.client.query(`select house_id from billing.bill where company_id = $1 and period_on = '2025-04-01' and voided_at is null group by house_id, fee_item_id, payer_id, from_on having count(*) > 1`, [s.company_id])).rows)
  expect(twice).toEqual([])
  const sums = await t.inside(async (s) => (await s.client.query<{ bills: number; postings: number }>(`select (select coalesce(sum(amount_fen), 0)::int from billing.bill where company_id = $1 and period_on = '2025-04-01') as bills, (select coalesce(sum(amount_fen), 0)::int from ledger.posting where company_id = $1) as postings`, [s.company_id])).rows[0]!)
  expect(sums.bills).toBeGreaterThan(0)
  expect(sums.postings).toBe(0)
  const rows = await audited('billing.publishRun')
  expect(rows.filter((r) => r.outcome === 'fault')).toEqual([])
  expect(rows.length).toBeGreaterThanOrEqual(4)
})

const HEADER = ['房号', '建筑面积', '业主姓名']
test('a browser closed in the middle of an import: it goes on, and is found again where it stands', async () => {
  const bytes = await table(HEADER, Array.from({ length: 300 }, (_, i) => [`9-1-${101 + i}`, '80', `住户${i}`]))
  const d = await previewed(t, { community_id: w.community_id, bytes })
  expect(d.view).toMatchObject({ state: 'previewed', bad_count: 0 })
  // The page asks and is gone before the answer: only the work remains.
  void t.as('admin')(system.applyImport, { import_id: d.import_id })
  for (let n = 0; n < 100 && (await t.as('admin')(system.import, { import_id: d.import_id })).state === 'previewed'; n++) await new Promise((r) => setTimeout(r, 50))
  await t.drain()
  const back = (await t.as('admin')(system.imports, {})).rows.find((r) => r.import_id === d.import_id)!
  expect(back).toMatchObject({ state: 'applied', counts: { new: 300 } })
  expect((await audited('system.applyImport', 'done'))[0]?.subject_id).toBe(d.import_id)
})

const cookie = (person: string) => ({ authorization: `Bearer ${t.tokens.get(person)!}` })
/** Sends `bytes` of nothing until the server answers. */
function sendBig(bytes: number, announce: boolean): Promise<{ status: number; body: string }> {
  return new Promise((done, fail) => {
    const req = request(`${base}/up/import`, { method: 'POST', headers: { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent('大.xlsx'), ...cookie('admin'), ...(announce ? { 'content-length': bytes } : {}) } })
    const chunk = Buffer.alloc(256 * 1024, 'x')
    let sent = 0
    let answered = false
    const pump = (): void => {
      while (!answered && sent < bytes) {
        sent += chunk.length
        if (!req.write(chunk)) return void req.once('drain', pump)
      }
    }
    req.on('response', (res) => {
      answered = true
      let body = ''
      res.on('data', (b: Buffer) => (body += b.toString()))
      res.on('end', () => {
        req.destroy()
        done({ status: res.statusCode ?? 0, body })
      })
    })
    req.on('error', (e) => (answered ? undefined : fail(e)))
    pump()
  })
}
test('200 MB are refused before they are read, and leave no file', async () => {
  const answer = await sendBig(200 * 1024 * 1024, true)
  expect(answer.status).toBe(413)
  expect(JSON.parse(answer.body)).toMatchObject({ error: 'kernel.too_large', message: '内容过大,最多 30 MB' })
  expect((await refusedRow('kernel.upload')).detail).toMatchObject({ input: { purpose: 'import', file_name: '大.xlsx' } })
  // Not announced: it is cut off; the answer may be lost with the line, the audit is not.
  await sendBig(200 * 1024 * 1024, false).catch(() => undefined)
  for (let n = 0; n < 100 && (await audited('kernel.upload', 'refused')).length < 2; n++) await new Promise((r) => setTimeout(r, 50))
  expect(await audited('kernel.upload', 'refused')).toHaveLength(2)
  const kept = await t.inside(async (s) => (await s.client.query(`select from kernel.file where company_id = $1 and size_bytes > $2`, [s.company_id, 30 * 1024 * 1024])).rows)
  expect(kept).toEqual([])
})

test('a zip bomb named .xlsx is not unpacked', async () => {
  const bomb = makeZip([{ name: '[Content_Types].xml', data: '<Types/>' }, { name: 'xl/workbook.xml', data: Buffer.alloc(64 * 1024 * 1024) }])
  const r = await expectRefused(startIt(t, { community_id: w.community_id, name: '炸弹.xlsx', bytes: bomb }), 'system.unreadable_file')
  expect(r.message).toContain('解压后异常庞大')
  await refusedRow('system.startImport')
})

test('a name that is a formula is exported as text', async () => {
  const name = '=HYPERLINK("http://evil.example","点我")'
  const d = await desk('2-1-101')
  const line = d.lines[0]!
  await t.as('cashier')(payment.takePayment, { house_id: d.house.house_id, payer_name: name, lines: [{ bill_id: line.bill_id, period_on: line.period_on, amount_fen: line.open_fen }], tenders: [{ method: 'cash', amount_fen: line.open_fen }] })
  const file = (await t.as('finance')(payment.paymentsExcel, { house_id: d.house.house_id })) as unknown as { body: Buffer | AsyncIterable<Buffer> }
  const parts: Buffer[] = []
  if (Buffer.isBuffer(file.body)) parts.push(file.body)
  else for await (const part of file.body) parts.push(Buffer.from(part))
  const book = await readSheets(Buffer.concat(parts), '收款.xlsx')
  const cells = book.sheets.flatMap((sheet) => sheet.rows.flatMap((row) => row.cells)).filter((c) => c.text.includes('HYPERLINK'))
  expect(cells.map((c) => c.kind)).toEqual(['text'])
  expect((await audited('payment.takePayment', 'done')).some((r) => JSON.stringify(r.detail).includes('HYPERLINK'))).toBe(true)
})

test('an id of another company does not exist', async () => {
  const r = await expectRefused(t.as('other_admin')(property.saveHouse, { building_id: w.buildings['1']!, unit_no: '1', room_no: '999', kind: 'dwelling', floor_no: 9, built_area_m2: '90', inner_area_m2: null, heated_area_m2: null, state: 'vacant', delivered_on: null, usage: null, note: null }), 'kernel.not_found')
  expect(r.message).toContain('没有找到')
  const theirs = (await t.as('other_admin')(identity.audit, { call: 'property.saveHouse', outcome: 'refused' })).rows
  expect(theirs).toHaveLength(1)
  const unknown = await expectRefused(t.as('other_admin')(property.house, { house_id: w.houses['1-1-101']! }), 'kernel.not_found')
  const nowhere = await expectRefused(t.as('other_admin')(property.house, { house_id: randomUUID() }), 'kernel.not_found')
  expect(unknown.problem).toEqual(nowhere.problem)
})

test('a visitor who writes is refused by name of the permission', async () => {
  const before = await digest(t)
  const r = await expectRefused(t.as('visitor')(people.savePerson, { name: '不该有' }), 'kernel.forbidden')
  expect(r.message).toMatch(/您的岗位没有「.+」权限/)
  expect((await refusedRow('people.savePerson')).actor_name).toContain('访客')
  expect(await digest(t)).toBe(before)
})
