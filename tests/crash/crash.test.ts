// kill -9 of the worker in the middle of a big publication, of the server and of the database in the middle of payments and settlements.
// Oracle: what was acknowledged is there, nothing is there twice, the ledger sums to zero, receipt numbers have no gap. Counters prove that
// each kill fell into the work: a kill that hits nothing proves nothing.
import { randomUUID, createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seal, signedHeaders } from '../../src/world/outside/wechat_sim/seal.ts'
import { AMOUNT, HOUSES, PAYERS, kill, place, until, type Place } from './place.ts'

let p: Place
beforeAll(async () => void (p = await place()))
afterAll(async () => void (await p?.end()))

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
const idOf = (text: string): string => md5(text).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5')

interface Said {
  status: number
  body: Record<string, unknown>
}
/** null: no answer came, nobody knows what happened. */
async function post(path: string, headers: Record<string, string>, body: string | Buffer): Promise<Said | null> {
  try {
    const r = await fetch(`http://127.0.0.1:${p.port}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: body as string, signal: AbortSignal.timeout(20_000) })
    const text = await r.text()
    return { status: r.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} }
  } catch {
    return null
  }
}
const call = (name: string, input: unknown, token = p.token): Promise<Said | null> => post(`/api/${name.replace('.', '/')}`, { 'x-face': 'api', authorization: `Bearer ${token}` }, JSON.stringify(input))

// ---- customers at the desk (odd houses) and phones (even houses), each asking again until an answer comes

const acknowledged = new Map<number, string>()
let asking = 0
let unanswered = 0
let told_again = 0

function notice(n: number): { headers: Record<string, string>; body: Buffer } {
  const { keys } = p.vault
  const now = new Date()
  const plain = {
    appid: keys.app_id, mchid: keys.mch_id, out_trade_no: md5(`i${n}`), trade_state: 'SUCCESS', trade_state_desc: '支付成功', attach: '', transaction_id: `42000${String(n).padStart(23, '0')}`, trade_type: 'MWEB', bank_type: 'OTHERS',
    success_time: now.toISOString().replace(/\.\d+Z$/, '+00:00'), payer: { openid: 'oCrash' }, amount: { total: AMOUNT, payer_total: AMOUNT, currency: 'CNY', payer_currency: 'CNY' },
  }
  const body = Buffer.from(JSON.stringify({ id: `EV-${n}`, create_time: plain.success_time, resource_type: 'encrypt-resource', event_type: 'TRANSACTION.SUCCESS', summary: '支付成功', resource: { original_type: 'transaction', ...seal(keys.api_v3_key, 'transaction', JSON.stringify(plain)) } }))
  return { headers: signedHeaders(p.vault.by_public_key, body, now), body }
}

async function pay(n: number): Promise<void> {
  const request_id = randomUUID()
  for (let tries = 0; tries < 400; tries++) {
    asking++
    const letter = n % 2 === 0 ? notice(n) : null
    const said = letter
      ? await post(p.notify_path, letter.headers, letter.body)
      : await call('payment.takePayment', { request_id, house_id: idOf(`h${n}`), lines: [{ bill_id: idOf(`bill${n}`), period_on: '2025-03-01', amount_fen: AMOUNT }], prepay_fen: 0, tenders: [{ method: 'cash', amount_fen: AMOUNT }], change_fen: 0 })
    asking--
    if (said && said.status < 300) {
      if (tries > 0) told_again++
      acknowledged.set(n, String(said.body['receipt_no'] ?? ''))
      return
    }
    // A refusal would be a wrong answer: the bill is this customer's alone. No answer, or "not now", is asked again.
    if (said && said.status < 500) throw new Error(`customer ${n}: ${said.status} ${JSON.stringify(said.body)}`)
    unanswered++
    await sleep(60)
  }
  throw new Error(`customer ${n} was never answered`)
}
/** Eight at a time; `blow` is struck once, when so many have been acknowledged and others are waiting. */
async function crowd(from: number, to: number, after: number, blow: () => Promise<void>): Promise<{ waiting: number; unanswered: number }> {
  const before = { acknowledged: acknowledged.size, unanswered }
  let next = from
  let waiting = 0
  const callers = Promise.all(Array.from({ length: 8 }, async () => {
    while (next < to) await pay(next++)
  }))
  const struck = until('payments under way', () => acknowledged.size - before.acknowledged >= after && asking >= 4).then(async () => {
    waiting = asking
    await blow()
  })
  await Promise.all([callers, struck])
  return { waiting, unanswered: unanswered - before.unanswered }
}

async function oracle(upto: number): Promise<void> {
  const c = p.company_id
  const r = await p.ask<Record<string, number>>(`select
    (select count(*)::int from billing.bill where company_id = ${c} and period_on = '2025-03-01' and paid_fen = amount_fen) as paid,
    (select count(*)::int from payment.payment where company_id = ${c}) as payments, (select count(distinct house_id)::int from payment.payment where company_id = ${c}) as payers,
    (select count(*)::int from payment.settlement where company_id = ${c}) as settlements, (select count(*)::int from payment.allocation where company_id = ${c}) as allocations,
    (select coalesce(sum(amount_fen), 0)::int from payment.wallet_entry where company_id = ${c}) as prepaid,
    (select count(*)::int from payment.receipt where company_id = ${c}) as receipts,
    (select coalesce(sum(n), 0)::int from (select max(no) - count(*) as n from payment.receipt where company_id = ${c} group by series) g) as gaps,
    (select coalesce(sum(s.last_no), 0)::int from payment.series s where company_id = ${c}) as drawn,
    (select count(*)::int from (select 1 from ledger.posting where company_id = ${c} group by journal_id having sum(amount_fen) <> 0) u) as unbalanced,
    (select coalesce(sum(amount_fen), 0)::int from ledger.posting where company_id = ${c} and account_code = '1122' and subject_id in (select u('h' || n) from generate_series(0, ${PAYERS - 1}) n) and journal_id in (select journal_id from ledger.journal where company_id = ${c} and source_type = 'payment')) as receivable`)
  expect(r).toEqual({ paid: upto, payments: upto, payers: upto, settlements: Math.ceil(upto / 2), allocations: upto, prepaid: 0, receipts: upto, gaps: 0, drawn: upto, unbalanced: 0, receivable: -upto * AMOUNT })
  const { numbers } = await p.ask<{ numbers: Record<string, string> }>(`select jsonb_object_agg(house_id, receipt_no) as numbers from payment.payment where company_id = ${c}`)
  for (const [n, receipt_no] of acknowledged) if (n % 2 === 1) expect(numbers[idOf(`h${n}`)]).toBe(receipt_no)
}

let server: ChildProcess

test('the server is killed in the middle of payments and settlements', { timeout: 120_000 }, async () => {
  server = await p.start('server')
  const hit = await crowd(0, PAYERS / 2, 30, async () => {
    await kill(server)
    server = await p.start('server')
  })
  expect(hit.waiting).toBeGreaterThanOrEqual(4)
  expect(hit.unanswered).toBeGreaterThan(0)
  expect(acknowledged.size).toBe(PAYERS / 2)
  await oracle(PAYERS / 2)
})

test('the database is killed under the server, which goes on by itself when it is back', { timeout: 120_000 }, async () => {
  const hit = await crowd(PAYERS / 2, PAYERS, 30, async () => {
    const { pid, exited } = p.database()
    process.kill(pid, 'SIGKILL')
    expect(await exited).toContain('SIGKILL')
    const begun = performance.now()
    await p.databaseAgain()
    expect(performance.now() - begun).toBeLessThan(15_000)
  })
  expect(hit.waiting).toBeGreaterThanOrEqual(4)
  expect(hit.unanswered).toBeGreaterThan(0)
  expect(told_again).toBeGreaterThan(0)
  await oracle(PAYERS)
})

test('the worker is killed in the middle of a big publication', { timeout: 120_000 }, async () => {
  const c = p.company_id
  const worker = await p.start('worker')
  const draft = await call('billing.createRun', { community_id: idOf('c'), period: '2025-04', fee_item_ids: [1, 2, 3].map((n) => idOf(`f${n}`)) })
  expect(draft?.status).toBe(200)
  const { run_id, input_hash } = draft!.body as { run_id: string; input_hash: string }
  expect((await call('billing.publishRun', { run_id, input_hash }, p.other_token))?.status).toBe(200)
  // In the middle: the statement that computes and writes the bills is running; the database keeps only its first 1,024 letters.
  await until('the bills being written', async () => (await p.ask<{ n: number }>(`select count(*)::int as n from pg_stat_activity where state = 'active' and application_name = 'heyuan-worker' and query like '%tariff as materialized%'`)).n > 0)
  await kill(worker)
  // What is there is whole chunks, each with its mark; no run that anybody would take for published.
  const torn = await p.ask<{ state: string; job: string; bills: number; marked: number }>(`select r.state, j.state as job, (select count(*)::int from billing.bill where company_id = ${c} and period_on = '2025-04-01') as bills,
    (select coalesce(sum(published_count), 0)::int from billing.run_chunk where company_id = ${c} and run_id = r.run_id) as marked from billing.run r, kernel.job j where r.run_id = '${run_id}' and j.name = 'billing.publish'`)
  expect(torn).toMatchObject({ state: 'publishing', job: 'running' })
  expect(torn.bills).toBe(torn.marked)
  expect(torn.bills).toBeLessThan(HOUSES * 3)
  // The lease runs out after 30 seconds; the test does not wait for it.
  await p.ask(`update kernel.job set lease_until = now() where name = 'billing.publish' and state = 'running' returning job_id`)
  const second = await p.start('worker')
  await until('the run published', async () => (await p.ask<{ state: string }>(`select state from billing.run where run_id = '${run_id}'`)).state === 'published', 60_000, 50)
  const r = await p.ask<Record<string, unknown>>(`select count(*)::int as bills, count(distinct (house_id, fee_item_id))::int as different, sum(amount_fen)::bigint = (select sum(amount_fen) from ledger.posting where company_id = ${c} and account_code = '1122' and journal_id in (select journal_id from ledger.journal where company_id = ${c} and source_type = 'run')) as booked,
    (select sum(amount_fen)::int from ledger.posting where company_id = ${c}) as total, (select line_count from billing.run where run_id = '${run_id}') as line_count, (select attempts from kernel.job where name = 'billing.publish') as attempts
    from billing.bill where company_id = ${c} and period_on = '2025-04-01' and voided_at is null`)
  expect(r).toEqual({ bills: HOUSES * 3, different: HOUSES * 3, booked: true, total: 0, line_count: HOUSES * 3, attempts: 2 })
  await kill(second)
  await kill(server)
})
