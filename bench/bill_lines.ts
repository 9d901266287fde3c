// A company with `lines` bills over twelve months, three a house and month, nine in a hundred unpaid, with runs, payments, allocations, receipts,
// journals: made by set-based SQL as the owner, indexes after the rows. For benches that read; charge runs and settlements have their own.
import type pg from 'pg'
import { asOwner } from '../src/kernel/db.ts'

export const MONTHS = 12
const ITEMS = 3
export const HOUSES_A_COMMUNITY = 500
const HOUSES_A_BUILDING = 100

/** Ids that grow as the rows are made, as UUIDv7 do. */
export const id = (kind: number, n: number): string => `01900000-0000-7000-8${kind}00-${n.toString(16).padStart(12, '0')}`
const idSql = (kind: number, n: string): string => `('01900000-0000-7000-8${kind}00-' || lpad(to_hex(${n}), 12, '0'))::uuid`

export interface Lines {
  company_id: number
  houses: number
  communities: number
  /** First and last period, YYYY-MM. */
  from: string
  to: string
  seconds: number
}

const HOUSE = {
  community: idSql(0, `(n - 1) / ${HOUSES_A_COMMUNITY} + 1`),
  building: idSql(1, `(n - 1) / ${HOUSES_A_BUILDING} + 1`),
  house: idSql(2, 'n'),
  quantity: '(60 + (n % 900) / 10.0)',
}
/** A run's id and its bills': the first twelve bytes are the run's, the last four the row's, as published. */
const runSql = (key: string, row = '0') => `('019' || lpad(to_hex(${key}), 5, '0') || '-0005-7000-8000-0000' || lpad(to_hex(${row}), 8, '0'))::uuid`
const RUN_KEY = `((n - 1) / ${HOUSES_A_COMMUNITY} + 1) * 16 + m`
const RUN = runSql(RUN_KEY)
const BILL = runSql(RUN_KEY, `(n - 1) % ${HOUSES_A_COMMUNITY} * 4 + k`)
const amount = (k: number) => `round(${HOUSE.quantity} * ${(1.15 * k).toFixed(2)} * 100)::bigint`
const MONTH_SUM = `(${[1, 2, 3].map(amount).join(' + ')})`
/** Whether house n has not paid month m (0..11): the last months are open more often; 8.5 % of all. */
const OPEN = `(n * 7 + m * 13) % 100 < case m when 11 then 45 when 10 then 25 else 3 end`
const PAID_ON = `(m0 + make_interval(months => q * 3 + 2, days => 19))::date`

export async function loadLines(url: string, lines: number): Promise<Lines> {
  const houses = Math.max(HOUSES_A_BUILDING, Math.ceil(lines / (MONTHS * ITEMS)))
  const communities = Math.ceil(houses / HOUSES_A_COMMUNITY)
  const begun = process.hrtime.bigint()
  return asOwner(url, async (c) => {
    await c.query('set synchronous_commit = off; set work_mem = \'128MB\'; set maintenance_work_mem = \'512MB\'')
    const company_id = (await c.query<{ company_id: number }>(`insert into identity.company (name, short_name, created_at) values ('基准物业', '基准', now()) returning company_id`)).rows[0]!.company_id
    await c.query(`set app.company_id = '${company_id}'`)
    const m0 = (await c.query<{ m0: string }>(`select to_char(date_trunc('month', current_date) - interval '${MONTHS} months', 'YYYY-MM-DD') as m0`)).rows[0]!.m0
    await register(c, company_id, houses, communities, m0)
    await bills(c, company_id, houses, communities, m0)
    await payments(c, company_id, houses, m0)
    await journals(c, company_id, houses, communities, m0)
    await c.query('vacuum analyze')
    await c.query('checkpoint')
    const to = (await c.query<{ m: string }>(`select to_char(date '${m0}' + interval '${MONTHS - 1} months', 'YYYY-MM') as m`)).rows[0]!.m
    return { company_id, houses, communities, from: m0.slice(0, 7), to, seconds: Number(process.hrtime.bigint() - begun) / 1e9 }
  })
}

async function register(c: pg.Client, cid: number, houses: number, communities: number, m0: string): Promise<void> {
  await c.query(`insert into property.community (company_id, community_id, name, created_at) select ${cid}, ${idSql(0, 'n')}, '小区' || n, now() from generate_series(1, ${communities}) n`)
  await c.query(`insert into property.building (company_id, building_id, community_id, no, name) select ${cid}, ${idSql(1, 'n')}, ${idSql(0, `(n - 1) / ${HOUSES_A_COMMUNITY / HOUSES_A_BUILDING} + 1`)}, n::text, n || '栋' from generate_series(1, ${Math.ceil(houses / HOUSES_A_BUILDING)}) n`)
  await c.query(`insert into property.house (company_id, house_id, community_id, building_id, kind, room_no, label, built_area_m2, sort_no, created_at)
    select ${cid}, ${HOUSE.house}, ${HOUSE.community}, ${HOUSE.building}, 'dwelling', n::text, ((n - 1) / ${HOUSES_A_BUILDING} + 1) || '-' || n, ${HOUSE.quantity}, n, now() from generate_series(1, ${houses}) n`)
  await c.query(`insert into people.person (company_id, person_id, name, created_at) select ${cid}, ${idSql(3, 'n')}, '业主' || n, now() from generate_series(1, ${houses}) n`)
  await c.query(`insert into billing.fee_item (company_id, fee_item_id, community_id, code, name, shape, area_kind, house_kinds, created_at)
    select ${cid}, ${idSql(7, `n * 4 + k`)}, ${idSql(0, 'n')}, 'F' || k, (array['物业费','电梯费','垃圾清运费'])[k], 'area', 'built', '{dwelling}', now() from generate_series(1, ${communities}) n, generate_series(1, ${ITEMS}) k`)
  await c.query(`insert into billing.run (company_id, run_id, community_id, period_on, fee_item_ids, state, line_count, amount_fen, created_by, created_at, published_by, published_at)
    select ${cid}, ${runSql('g * 16 + m')}, ${idSql(0, 'g')}, (date '${m0}' + make_interval(months => m))::date, '{}', 'published', 0, 0, ${idSql(9, '1')}, now(), ${idSql(9, '2')}, now() from generate_series(1, ${communities}) g, generate_series(0, ${MONTHS - 1}) m`)
}

/** Rows first, then the indexes that the migrations made, as they stand. */
async function without(c: pg.Client, table: string, run: () => Promise<void>): Promise<void> {
  const { rows: keys } = await c.query<{ name: string; def: string }>(`select conname as name, pg_get_constraintdef(oid) as def from pg_constraint where conrelid = '${table}'::regclass and contype in ('p','u') and conparentid = 0`)
  const { rows: indexes } = await c.query<{ name: string; def: string }>(`select c.oid::regclass::text as name, pg_get_indexdef(c.oid) as def from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = '${table}'::regclass and not exists (select from pg_constraint k where k.conindid = c.oid)`)
  for (const i of indexes) await c.query(`drop index ${i.name}`)
  for (const k of keys) await c.query(`alter table ${table} drop constraint ${k.name}`)
  await run()
  for (const k of keys) await c.query(`alter table ${table} add constraint ${k.name} ${k.def}`)
  for (const i of indexes) await c.query(i.def.replace(/ ON ONLY /, ' ON '))
}

async function bills(c: pg.Client, cid: number, houses: number, communities: number, m0: string): Promise<void> {
  for (let m = 0; m < MONTHS; m++) await c.query(`select kernel.ensure_month('billing.bill', (date '${m0}' + interval '${m} months')::date)`)
  await without(c, 'billing.bill', async () => {
    for (let m = 0; m < MONTHS; m++)
      await c.query(`insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, amount_fen, paid_fen, issued_on, due_on)
        select ${cid}, x.p, ${BILL}, ${HOUSE.community}, ${HOUSE.building}, ${HOUSE.house}, ${idSql(7, `((n - 1) / ${HOUSES_A_COMMUNITY} + 1) * 4 + k`)}, ${idSql(3, 'n')}, ${RUN}, x.p, (x.p + interval '1 month')::date, ${idSql(8, 'k')}, 'area',
          ${HOUSE.quantity}, 1.15 * k, y.fen, case when ${OPEN} then 0 else y.fen end, x.p, x.p + 30
        from (select ${m} as m, (date '${m0}' + interval '${m} months')::date as p) x, generate_series(1, ${houses}) n, generate_series(1, ${ITEMS}) k cross join lateral (select round(${HOUSE.quantity} * 1.15 * k * 100)::bigint as fen) y`)
  })
  await c.query(`update billing.run r set line_count = x.n, amount_fen = x.fen from (select (n - 1) / ${HOUSES_A_COMMUNITY} + 1 as g, count(*) * ${ITEMS} as n, sum(${MONTH_SUM}) as fen from generate_series(1, ${houses}) n group by 1) x where r.company_id = ${cid} and r.community_id = ${idSql(0, 'x.g')}`)
  if (communities < 1) throw new Error('no community')
}

/** A payment a house and quarter, of the months that are paid. */
const paidMonths = (houses: number) => `select n, q, count(*) filter (where not (${OPEN}))::int as paid from generate_series(1, ${houses}) n, generate_series(0, 3) q, generate_series(q * 3, q * 3 + 2) m group by 1, 2`
async function payments(c: pg.Client, cid: number, houses: number, m0: string): Promise<void> {
  await c.query(`create temp table paying as select n, q, paid, (paid * ${MONTH_SUM}) as fen, ${PAID_ON.replaceAll('m0', `date '${m0}'`)} as paid_on, row_number() over (order by q, n) as no from (${paidMonths(houses)}) x where paid > 0`)
  await c.query(`analyze paying`)
  await c.query(`insert into payment.payment (company_id, payment_id, community_id, building_id, house_id, payer_name, source, total_fen, applied_fen, prepaid_fen, taken_by, taken_at, taken_on, receipt_no)
    select ${cid}, ${idSql(4, 'n * 4 + q')}, ${HOUSE.community}, ${HOUSE.building}, ${HOUSE.house}, '业主' || n, 'desk', fen, fen, 0, ${idSql(9, 'n % 3 + 1')}, paid_on + time '10:00', paid_on, 'SJ-' || no from paying`)
  await c.query(`insert into payment.tender (company_id, payment_id, line_no, method, amount_fen) select ${cid}, ${idSql(4, 'n * 4 + q')}, 1, 'cash', fen from paying`)
  await c.query(`insert into payment.receipt (company_id, payment_id, series, no, receipt_no, total_fen, lines) select ${cid}, ${idSql(4, 'n * 4 + q')}, '收据-1', no, 'SJ-' || no, fen, '{}' from paying`)
  await without(c, 'payment.allocation', async () => {
    await c.query(`insert into payment.allocation (company_id, payment_id, bill_id, period_on, fee_item_id, amount_fen)
      select ${cid}, ${idSql(4, 'n * 4 + m / 3')}, ${BILL}, (date '${m0}' + make_interval(months => m))::date, ${idSql(7, `((n - 1) / ${HOUSES_A_COMMUNITY} + 1) * 4 + k`)}, round(${HOUSE.quantity} * 1.15 * k * 100)::bigint
      from generate_series(0, ${MONTHS - 1}) m, generate_series(1, ${houses}) n, generate_series(1, ${ITEMS}) k where not (${OPEN})`)
  })
}

/** A charge journal a run, and a journal of what a community paid in a quarter. */
async function journals(c: pg.Client, cid: number, houses: number, communities: number, m0: string): Promise<void> {
  const on = `(date '${m0}' + make_interval(months => m))::date`
  const accounts = [['1122', '应收账款', 'debit', 'asset'], ['1001', '库存现金', 'debit', 'asset'], ['6001', '主营业务收入', 'credit', 'income']]
  for (const a of accounts) await c.query(`insert into ledger.account (company_id, book, code, name, normal, kind) values (${cid}, 'company', $1, $2, $3, $4) on conflict do nothing`, a)
  for (let m = 0; m < MONTHS; m++) await c.query(`select kernel.ensure_month('ledger.posting', (date '${m0}' + interval '${m} months')::date)`)
  await c.query(`insert into ledger.period (company_id, book, period_on) select ${cid}, 'company', ${on} from generate_series(0, ${MONTHS - 1}) m`)
  const journal = (kind: string, key: string) => idSql(kind === 'charge' ? 5 : 0, key)
  await c.query(`insert into ledger.journal (company_id, journal_id, book, booked_on, kind, source_type, source_id, posted_at) select ${cid}, ${journal('charge', 'g * 16 + m')}, 'company', ${on}, 'charge', 'run', ${runSql('g * 16 + m')} || ':0', now() from generate_series(1, ${communities}) g, generate_series(0, ${MONTHS - 1}) m`)
  await c.query(`insert into ledger.journal (company_id, journal_id, book, booked_on, kind, source_type, source_id, posted_at) select ${cid}, ${journal('payment', '(g * 4 + q) + 1000000000')}, 'company', max(p.paid_on), 'payment', 'payment', g || ':' || q, now() from (select (n - 1) / ${HOUSES_A_COMMUNITY} + 1 as g, q, paid_on from paying) p group by g, q`)
  const line = `(company_id, booked_on, journal_id, line_no, book, account_code, amount_fen, community_id, subject_type, subject_id)`
  for (let m = 0; m < MONTHS; m++) {
    const day = `(date '${m0}' + interval '${m} months')::date`
    const jid = journal('charge', `((n - 1) / ${HOUSES_A_COMMUNITY} + 1) * 16 + ${m}`)
    await c.query(`insert into ledger.posting ${line} select ${cid}, ${day}, ${jid}, n, 'company', '1122', ${MONTH_SUM}, ${HOUSE.community}, 'house', ${HOUSE.house} from generate_series(1, ${houses}) n`)
    await c.query(`insert into ledger.posting ${line} select ${cid}, ${day}, ${jid}, 0, 'company', '6001', -sum(${MONTH_SUM}), ${HOUSE.community}, null, null from generate_series(1, ${houses}) n group by (n - 1) / ${HOUSES_A_COMMUNITY}`)
  }
  const jid = journal('payment', `((n - 1) / ${HOUSES_A_COMMUNITY} + 1) * 4 + q + 1000000000`)
  await c.query(`insert into ledger.posting ${line} select ${cid}, paid_on, ${jid}, n, 'company', '1122', -fen, ${HOUSE.community}, 'house', ${HOUSE.house} from paying`)
  await c.query(`insert into ledger.posting ${line} select ${cid}, paid_on, ${jid}, 0, 'company', '1001', sum(fen), ${HOUSE.community}, null, null from paying group by (n - 1) / ${HOUSES_A_COMMUNITY}, q, paid_on`)
}
