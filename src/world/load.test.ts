// The sample is loaded for real, two months of it: figures in the database, a second load that changes nothing, clean books, and a
// loader that is killed in the middle and goes on to the same end.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import type { z } from 'zod'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inside, testApp, type TestApp } from '../../tests/harness.ts'
import { addDays, dayOf, nowIso } from '../kernel/clock.ts'
import type { Call } from '../kernel/contract.ts'
import { serve } from '../kernel/serve.ts'
import { billing } from '../modules/billing/contract.ts'
import { analytics } from '../modules/analytics/contract.ts'
import { CODES, type Cockpit } from '../modules/analytics/contract_cockpit.ts'
import { care } from '../modules/care/contract.ts'
import { equipment } from '../modules/equipment/contract.ts'
import { iot } from '../modules/iot/contract.ts'
import { orders } from '../modules/orders/contract.ts'
import { rounds } from '../modules/rounds/contract.ts'
import { safety } from '../modules/safety/contract.ts'
import { closing } from '../modules/closing/contract.ts'
import { ledger } from '../modules/ledger/contract.ts'
import { payment } from '../modules/payment/contract.ts'
import { identity } from '../modules/identity/contract.ts'
import { property } from '../modules/property/contract.ts'
import { AUTHORITY, RESIDENT_PHONE, sampleAccounts, SAMPLE_PASSWORDS } from './accounts.ts'
import { compare, inputsOf, pairsOf } from '../../tests/excel_kit.ts'
import { contracts } from '../apps/contracts.ts'
import { personOf } from './caller.ts'
import { loadWorld, type Loaded } from './load.ts'
import { startSim, type Sim } from './outside/wechat_sim/index.ts'

const UNTIL = '2026-09-20T07:10:00.000Z'
// Without the months of the heating season, which bring three times the payments.
const MONTHS = 2
let t: TestApp
let loaded: Loaded
let before: Record<string, unknown>
const sims: Sim[] = []
/** The gateway beside the loader, by the machine's own clock as in its own process. */
async function gatewayOf(data_dir: string): Promise<number> {
  const sim = await startSim({ dir: data_dir, now: () => new Date() })
  sims.push(sim)
  return Number(new URL(sim.url).port)
}
const lines: string[] = []

/** Counts and sums of everything that the sample consists of; without what depends on the order of two desks. */
async function digest(app: TestApp['app']): Promise<Record<string, unknown>> {
  const out: Record<string, unknown> = {}
  const companies = (await app.d.pool.query<{ company_id: number; name: string }>(`select company_id, name from identity.company where name like '眉县%' order by name`)).rows
  for (const { company_id, name } of companies) {
    out[name] = await inside(app, company_id, async (s) => {
      const one = async (q: ReturnType<typeof sql>): Promise<unknown> => (await q.execute(s.db)).rows
      return {
        members: await one(sql`select count(*)::int as n from identity.member where company_id = ${company_id}`),
        houses: await one(sql`select kind, state, count(*)::int as n, sum(built_area_m2)::text as built, sum(heated_area_m2)::text as heated from property.house where company_id = ${company_id} group by 1, 2 order by 1, 2`),
        areas: await one(sql`select category, count(*)::int as n, sum(quantity)::text as q from property.public_area where company_id = ${company_id} group by 1 order by 1`),
        people: await one(sql`select (select count(*)::int from people.person where company_id = ${company_id}) as persons, (select count(*)::int from people.payer where company_id = ${company_id}) as payers, (select count(*)::int from people.vehicle where company_id = ${company_id}) as vehicles`),
        fees: await one(sql`select (select count(*)::int from billing.fee_item where company_id = ${company_id}) as items, (select count(*)::int from billing.price where company_id = ${company_id}) as prices, (select count(*)::int from billing.assignment where company_id = ${company_id}) as assignments`),
        readings: await one(sql`select period_on, state, count(*)::int as n, sum(usage)::text as used from meters.reading where company_id = ${company_id} group by 1, 2 order by 1, 2`),
        runs: await one(sql`select period_on, state, line_count, amount_fen from billing.run where company_id = ${company_id} order by 1, 2, 3, 4`),
        bills: await one(sql`select b.period_on, f.code, b.voided_at is not null as void, count(*)::int as n, sum(b.amount_fen)::bigint as amount, sum(b.paid_fen)::bigint as paid, md5(string_agg(h.label || ':' || b.amount_fen || ':' || b.paid_fen, ',' order by h.label, b.from_on, b.amount_fen, b.bill_id)) as lines
          from billing.bill b join billing.fee_item f on f.company_id = b.company_id and f.fee_item_id = b.fee_item_id join property.house h on h.company_id = b.company_id and h.house_id = b.house_id
          where b.company_id = ${company_id} group by 1, 2, 3 order by 1, 2, 3`),
        payments: await one(sql`select p.taken_on, count(*)::int as n, sum(p.total_fen)::bigint as total, sum(p.prepaid_fen)::bigint as prepaid, count(p.reversed_at)::int as reversed, md5(string_agg(h.label || ':' || p.total_fen || ':' || p.taken_at, ',' order by h.label, p.taken_at)) as each
          from payment.payment p join property.house h on h.company_id = p.company_id and h.house_id = p.house_id where p.company_id = ${company_id} group by 1 order by 1`),
        tenders: await one(sql`select method, count(*)::int as n, sum(amount_fen)::bigint as sum from payment.tender where company_id = ${company_id} group by 1 order by 1`),
        receipts: await one(sql`select series, count(*)::int as n, max(no)::int as last from payment.receipt where company_id = ${company_id} group by 1 order by 1`),
        reversals: await one(sql`select state, count(*)::int as n from payment.reversal where company_id = ${company_id} group by 1 order by 1`),
        wallets: await one(sql`select count(*)::int as n, sum(balance_fen)::bigint as sum from payment.wallet where company_id = ${company_id}`),
        postings: await one(sql`select account_code, count(*)::int as n, sum(amount_fen)::bigint as sum from ledger.posting where company_id = ${company_id} group by 1 order by 1`),
        channels: await one(sql`select mch_id, simulated, enabled_at is not null as enabled from payment.channel where company_id = ${company_id} order by 1`),
      }
    })
  }
  return out
}
/** Calls as one of the sample's staff. */
const as = async (company_id: number, login: string): Promise<(call: Call, input: unknown) => Promise<unknown>> => {
  const p = await personOf(t.app, company_id, login)
  return (call, input) => serve(t.app, t.app.answers.get(call.name)!, { ...p, input })
}

type Figures = Record<string, (row: Record<string, unknown>) => number | string>
const balance = (row: Record<string, unknown>): number => Number(row['closing_fen']) / 100
const DERIVED: Record<string, Figures> = {
  'billing.billsExcel': { 计费止: (r) => addDays(String(r['to_on']), -1) },
  'orders.ordersExcel': { 返修次数: (r) => Number(r['round_no']) - 1 },
  'payment.invoicesExcel': { 价税合计: (r) => (r['kind'] === 'red' ? -1 : 1) * Number(r['amount_fen']) / 100, 税额: (r) => (r['kind'] === 'red' ? -1 : 1) * Number(r['tax_fen']) / 100 },
  'ledger.trialBalanceExcel': { 期末借方: (r) => Math.max(balance(r), 0), 期末贷方: (r) => Math.max(-balance(r), 0) },
}
/** Columns that only the sheet has. */
const MORE: Record<string, string[]> = { 'care.complaintsExcel': ['受理时限', '受理时间', '答复时限', '答复时间'], 'orders.ordersExcel': ['到场时限', '到场时间', '完工时限', '完工时间'] }
const LISTED_BY = { 'care.surveyRepliesExcel': 'surveyReplies', 'funds.topupExcel': 'topupLines', 'funds.interestExcel': 'interestRun', 'payment.channelBillExcel': 'channelBillLines' }
/** What two months of the sample do not have. */
/** Lists that these two months leave empty; with rows or not, the sheet has as many. */
const FEW = ['billing.waiversExcel', 'billing.houseDiscountsExcel', 'billing.legalCasesExcel', 'payment.deductRunsExcel', 'payment.promotionUsesExcel', 'iot.samplesExcel']
/** Compared beside its own code, by who may: it names who is to be rung up, which is nothing for finance. */
const NOT_FOR_FINANCE = new Set(['muster.rollExcel', 'care.surveyHousesExcel', 'votes.rollExcel', 'votes.publicListExcel'])
/** Compared beside their own code: no list of one kind of rows, or nothing of it in these months. */
const ELSEWHERE = new Set(['spending.statementExcel', 'funds.interestExcel', 'analytics.cockpitExcel', 'attendance.rosterExcel'])
const NOT_IN_TWO_MONTHS = new Set(['payment.bankLinesExcel', 'payment.channelBillExcel', 'closing.reconItemsExcel'])

beforeAll(async () => {
  t = await testApp()
  loaded = await loadWorld(t.app, { log: (line) => lines.push(line), months: MONTHS, until: UNTIL, sim_port: await gatewayOf(t.data_dir) })
  before = await digest(t.app)
}, 600_000)

afterAll(() => Promise.all(sims.map((s) => s.stop())))

test('the figures of the real community stand in the register', async () => {
  const manager = await as(loaded.company_id, 'jingli')
  const { rows } = (await manager(property.communities, {})) as { rows: { name: string; building_count: number; house_count: number; area_sum_m2: string; land_mu: string; built_area_m2: string; green_area_m2: string }[] }
  expect(rows.map((c) => [c.name, c.area_sum_m2])).toEqual([['花园小区', '158675.00'], ['和顺苑', '61325.00']])
  expect(rows[0]).toMatchObject({ land_mu: '111.00', built_area_m2: '158675.00', green_area_m2: '19580.00' })
  const count = await inside(t.app, loaded.company_id, async (s) => (await sql<Record<string, unknown>>`select
      (select capital_fen from identity.company where company_id = ${loaded.company_id}) as capital_fen,
      (select count(*)::int from identity.member where company_id = ${loaded.company_id} and post not like '访客%') as staff,
      (select count(*)::int from identity.member where company_id = ${loaded.company_id} and post like '花园小区%') as posts,
      (select count(*)::int from property.building b join property.community c using (company_id, community_id) where b.company_id = ${loaded.company_id} and c.name = '花园小区' and b.kind = 'residential') as buildings,
      (select count(*)::int from property.house h join property.community c using (company_id, community_id) where h.company_id = ${loaded.company_id} and c.name = '花园小区' and h.kind = 'dwelling') as dwellings,
      (select count(*)::int from property.house h join property.community c using (company_id, community_id) where h.company_id = ${loaded.company_id} and c.name = '花园小区' and h.kind = 'bay') as bays,
      (select sum(h.heated_area_m2)::text from property.house h join property.community c using (company_id, community_id) where h.company_id = ${loaded.company_id} and c.name = '花园小区') as heated,
      (select count(distinct x.person_id)::int from (
        select house_id, person_id from people.ownership where company_id = ${loaded.company_id} and (to_on is null or to_on > '2026-09-20') union select house_id, person_id from people.tenancy where company_id = ${loaded.company_id} and (to_on is null or to_on > '2026-09-20')
        union select house_id, person_id from people.household where company_id = ${loaded.company_id} and (to_on is null or to_on > '2026-09-20')) x
        join people.person p on p.company_id = ${loaded.company_id} and p.person_id = x.person_id and p.kind = 'natural'
        join property.house h on h.company_id = ${loaded.company_id} and h.house_id = x.house_id join property.community c on c.company_id = ${loaded.company_id} and c.community_id = h.community_id and c.name = '花园小区') as persons`.execute(s.db)).rows[0]!)
  expect(count).toMatchObject({ capital_fen: 52_000_000, staff: 43, posts: 27, buildings: 42, dwellings: 1200, bays: 200, heated: '156051.00' })
  expect(count['persons']).toBeGreaterThan(3700)
  expect(count['persons']).toBeLessThan(3800)
})

test('bills, money and ledger agree', async () => {
  for (const [company_id, login] of [[loaded.company_id, 'caiwu'], [loaded.other_company_id, 'huixin-caiwu']] as const) {
    const finance = await as(company_id, login)
    expect(await finance(ledger.sweep, {})).toMatchObject({ ok: true })
    expect(await finance(billing.sweep, {})).toMatchObject({ ok: true })
  }
})

test('a day of the channel is reconciled with one difference owned and one closed, and the bank has something of every kind', async () => {
  const finance = await as(loaded.company_id, 'caiwu')
  const days = (await finance(closing.reconDays, {})) as { rows: { business_day: string; paired_count: number; open_count: number; item_count: number; bank_fen: number | null }[] }
  expect(days.rows.map((d) => [d.business_day, d.paired_count, d.open_count, d.item_count, d.bank_fen !== null])).toEqual([['2026-09-18', 3, 0, 0, true], ['2026-09-17', 5, 1, 2, true]])
  const items = (await finance(closing.reconItems, {})) as { rows: { kind: string; state: string; owner_name: string | null; close_how: string | null }[] }
  expect(items.rows.map((i) => [i.kind, i.state, i.owner_name !== null, i.close_how])).toEqual([['amount', 'open', true, null], ['only_theirs', 'closed', false, 'suspense']])
  const lines = (await finance(payment.bankLines, { page_size: 50 })) as { rows: { state: string; note: string | null; matched: unknown[] }[] }
  const count = Object.fromEntries([...Map.groupBy(lines.rows, (l) => l.state)].map(([k, v]) => [k, v.length]))
  expect(count).toMatchObject({ channel: 2, matched: 3, linked: 3, suspense: 1, ignored: 1 })
  expect(lines.rows.filter((l) => l.note?.startsWith('没有自动入账:转账流水号'))).toHaveLength(1)
})

test('something is left to do, and the sample resident has something to pay', async () => {
  const finance = await as(loaded.company_id, 'caiwu')
  expect(((await finance(billing.runs, { state: 'draft' })) as { total: number }).total).toBe(1)
  expect(((await finance(payment.reversals, { state: 'asked' })) as { total: number }).total).toBe(1)
  const me = await t.resident(RESIDENT_PHONE)
  const { houses } = await me(payment.myPayable, {})
  expect(houses.some((h) => h.open_fen > 0)).toBe(true)
})

test('the sample accounts can sign in', async () => {
  for (const a of sampleAccounts) {
    if (/^1\d{10}$/.test(a.login)) continue
    const password = Object.values(SAMPLE_PASSWORDS).find((p) => a.how.includes(p))!
    const { session } = await t.as('nobody')(identity.signIn, { login: a.login, password })
    const me = await t.withToken(session!.token)(identity.me, {})
    expect(me.must_change, a.login).toBe(false)
  }
})

test('every Excel says what its screen says', { timeout: 240_000 }, async () => {
  const ask = await as(loaded.company_id, 'caiwu')
  const one = async (q: ReturnType<typeof sql<{ id: string }>>) => inside(t.app, loaded.company_id, async (s) => (await q.execute(s.db)).rows[0]?.id)
  const c = loaded.company_id
  const known = {
    from_on: '2026-07-01', to_on: '2026-09-20', period: '2026-08', month: '2026-08', period_from: '2026-07', period_to: '2026-09', from: '2026-07', to: '2026-09',
    community_id: await one(sql`select community_id as id from property.community where company_id = ${c} and name = '花园小区'`),
    house_id: await one(sql`select house_id as id from payment.payment where company_id = ${c} and prepaid_fen > 0 order by payment_id limit 1`),
    split_id: await one(sql`select split_id as id from meters.share_split where company_id = ${c} limit 1`),
    use_id: await one(sql`select use_id as id from funds.use where company_id = ${c} limit 1`),
    plan_id: await one(sql`select plan_id as id from funds.topup_plan where company_id = ${c} limit 1`),
    batch_id: await one(sql`select batch_id as id from payment.coupon_batch where company_id = ${c} and name = '按月缴费答谢券'`),
    survey_id: await one(sql`select survey_id as id from care.survey where company_id = ${c} and state = 'closed' limit 1`),
    device_id: await one(sql`select device_id as id from iot.device where company_id = ${c} limit 1`), on_day: '2026-09-20', year: 2026,
    contract_id: await one(sql`select contract_id as id from contracts.contract where company_id = ${c} and title like '%临时管理规约%' limit 1`),
    poll_id: await one(sql`select poll_id as id from votes.poll where company_id = ${c} and state = 'published' limit 1`),
    notice_id: await one(sql`select notice_id as id from community.notice where company_id = ${c} and must_confirm and sent_at is not null limit 1`),
    version_id: await one(sql`select version_id as id from office.rule_version where company_id = ${c} and state = 'agreed' order by version_no desc, from_on limit 1`),
    activity_id: await one(sql`select activity_id as id from community.activity where company_id = ${c} and kind = 'volunteer' and report is not null limit 1`),
    channel_bill_id: await one(sql`select channel_bill_id as id from payment.channel_bill where company_id = ${c} limit 1`),
  }
  // What an authority exports is asked by its own.
  const { company_id: bureau_id } = (await t.app.d.pool.query<{ company_id: number }>(`select company_id from identity.company where kind = 'authority'`)).rows[0]!
  const bureau = await as(bureau_id, AUTHORITY.login)
  const of_bureau = { survey_id: await inside(t.app, bureau_id, async (s) => (await s.client.query<{ survey_id: string }>('select survey_id from supervision.survey')).rows[0]!.survey_id) }
  const wrong: string[] = []
  const empty: string[] = []
  for (const pair of pairsOf(contracts, LISTED_BY)) {
    const theirs = pair.name.startsWith('supervision.')
    const inputs = NOT_IN_TWO_MONTHS.has(pair.name) || NOT_FOR_FINANCE.has(pair.name) || ELSEWHERE.has(pair.name) ? [] : inputsOf(pair.excel, { ...known, ...(theirs ? of_bureau : {}) })
    for (const input of inputs) {
      const x = await compare(theirs ? bureau : ask, pair, input, DERIVED[pair.name]).catch((e: unknown) => ({ rows: 1, strange: [String(e)], numbers: 1, texts: 1 }))
      if (x.rows === 0) empty.push(pair.name)
      else if (x.texts === 0) wrong.push(`${pair.name}: nothing to compare`)
      wrong.push(...x.strange.filter((title) => !MORE[pair.name]?.includes(title)).map((title) => `${pair.name} ${JSON.stringify(input['by'] ?? '')}: ${title}`))
    }
  }
  expect(wrong).toEqual([])
  expect([...new Set(empty)]).toEqual([...FEW])
})

/** Lists by the page that an address opens; each says in `total` how many rows it has. */
const LISTS: Record<string, Call<z.ZodObject, z.ZodObject>> = { '/orders/list': orders.orders, '/care/complaints': care.complaints, '/rounds/tasks': rounds.tasks, '/rounds/findings': rounds.findings, '/safety/incidents': safety.incidents, '/iot/alarms': iot.alarms, '/equipment/devices': equipment.devices, '/property/houses': property.houses }
test('each number of the board opens just the rows that it counts', async () => {
  const ask = await as(loaded.company_id, 'caiwu')
  const seen = new Set<string>()
  const wrong: string[] = []
  // What is of this moment stands in the month that runs.
  for (const month of ['2026-08', '2026-09', dayOf(nowIso()).slice(0, 7)]) {
    const { rows } = (await ask(analytics.cockpit, { month })) as Cockpit
    for (const r of rows) for (const [n, to] of [[r.part, r.open_part], [r.whole, r.open_whole]] as const) {
      const url = new URL(to ?? '/', 'http://x')
      const list = LISTS[url.pathname]
      if (!list) continue
      const { total } = (await ask(list, { ...Object.fromEntries(url.searchParams), page: 1, page_size: 10 })) as { total: number }
      seen.add(r.code)
      if (total !== n) wrong.push(`${month} ${r.code}: ${n}, ${to} lists ${total}`)
    }
  }
  expect(wrong).toEqual([])
  // What the sample has nothing of proves nothing.
  expect(CODES.filter((k) => !seen.has(k))).toEqual(['fee_rate', 'old_rate', 'taken_fen', 'certified'])
})

test('loading again changes nothing', async () => {
  await loadWorld(t.app, { log: () => {}, months: MONTHS })
  expect(await digest(t.app)).toEqual(before)
}, 120_000)

test('it refuses a real installation', async () => {
  await expect(loadWorld({ ...t.app, mode: 'empty' }, { log: () => {} })).rejects.toThrow('只能装入样例安装')
})

test('killed in the middle, it goes on to the same end', async () => {
  const other = await testApp()
  const port = await gatewayOf(other.data_dir)
  const child = (kill_at: RegExp | null): Promise<string> =>
    new Promise((resolve) => {
      const p = spawn(process.execPath, [fileURLToPath(new URL('../apps/load_world.ts', import.meta.url))], {
        env: { ...process.env, HEYUAN_DATABASE_URL: other.url, HEYUAN_DATA: other.data_dir, HEYUAN_MODE: 'sample', HEYUAN_WORLD_MONTHS: String(MONTHS), HEYUAN_WORLD_UNTIL: UNTIL, HEYUAN_SIM_WECHAT_PORT: String(port) },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let said = ''
      const hear = (chunk: Buffer): void => {
        said += chunk.toString()
        // A moment later it is inside the next stage.
        if (kill_at?.test(said)) setTimeout(() => p.kill('SIGKILL'), 700)
      }
      p.stdout.on('data', hear)
      p.stderr.on('data', hear)
      p.on('close', () => resolve(said))
    })
  await child(/房产:完成/)
  await child(/2026-08:/)
  await child(/模拟支付渠道:完成/)
  expect(await child(null)).toMatch(/待办:完成/)
  expect(await digest(other.app)).toEqual(before)
}, 600_000)
