// A charge run of `size` households × 3 lines (area, fixed, metered by yearly tiers) with explanation inputs and ledger, through the calls of the
// product, against INSERT…SELECT of rows of the same number and width (bills and lines of the journal) into tables without indexes, in the
// same database. Three months, interleaved; one house in a hundred changes hands within each month, so that the cutting of months is paid for.
// Then the last month again.
import { makeApp } from '../src/apps/modules.ts'
import type { Call, In, Out, Shape } from '../src/kernel/contract.ts'
import { asOwner } from '../src/kernel/db.ts'
import type { Who } from '../src/kernel/scope.ts'
import { serve } from '../src/kernel/serve.ts'
import { startWorker } from '../src/kernel/worker.ts'
import { billing } from '../src/modules/billing/contract.ts'
import type { Figure } from '../tools/bench.ts'
import { cpuOf } from './cpu.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MONTHS = ['2026-02', '2026-03', '2026-04'] as const
const LINES = 3
/** Three tiers a year, low enough that most houses cross one within the three months. */
const TIERS = { shape: 'metered', cycle: 'year', tiers: [{ to: '30', price: '2.07' }, { to: '60', price: '4.07' }, { price: '6.07' }] }

export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  process.env['HEYUAN_KEY'] ??= Buffer.alloc(32, 7).toString('base64')
  const { company_id, community_id } = await load(url, size)
  const app = makeApp({ url, data_dir: dir, mode: 'test', name: 'bench', max: 6 })
  const worker = startWorker(app, { listen: false })
  const person = (n: number): Who => ({ kind: 'staff', account_id: id(9, n), name: `基准${n}`, phone: null, face: 'api', ip: null, agent: null, session: null, grants: [{ role_code: 'admin', role_name: '管理员', permissions: ['*'], scope_kind: 'company', scope_ids: [] }] })
  const as = (who: Who) => async <I extends Shape, O extends Shape>(call: Call<I, O>, input: In<I>): Promise<Out<O>> => (await serve(app, app.answers.get(call.name)!, { who, company_id, input })) as Out<O>
  const [maker, checker] = [as(person(1)), as(person(2))]
  try {
    const charge = async (period: string) => {
      const t0 = seconds()
      const draft = await maker(billing.createRun, { community_id, period, fee_item_ids: [1, 2, 3].map((n) => id(7, n)) })
      const t1 = seconds()
      const before = await backends(url)
      await checker(billing.publishRun, { run_id: draft.run_id, input_hash: draft.input_hash })
      await worker.drain()
      const t2 = seconds()
      const done = await maker(billing.run, { run_id: draft.run_id })
      if (done.state !== 'published') throw new Error(`run of ${period} is ${done.state}: ${done.failure ?? done.progress?.error ?? ''}`)
      const cpu_s = [...(await backends(url))].reduce((ms, [pid, all]) => ms + all - (before.get(pid) ?? 0), 0) / 1000
      return { lines: done.line_count, preview_s: t1 - t0, publish_s: t2 - t1, cpu_s }
    }
    const runs: { lines: number; preview_s: number; publish_s: number; cpu_s: number }[] = []
    const raws: Raw[] = []
    for (const period of MONTHS) {
      raws.push(await raw(url, size))
      runs.push(await charge(period))
      raws.push(await raw(url, size))
    }
    const bad = await faults(url, company_id)
    if (bad) throw new Error(`the books do not agree: ${bad}`)
    const lines = runs[0]!.lines
    const value = lines / median(runs.map((r) => r.publish_s))
    const limit = (size * LINES) / median(raws.map((r) => r.wall_s))
    const perLine = (list: number[]) => median(list) / (size * LINES)
    const [cpu, raw_cpu, bills_cpu] = [median(runs.map((r) => r.cpu_s)) / lines, perLine(raws.map((r) => r.cpu_s)), perLine(raws.map((r) => r.bills_cpu_s))]
    const again = await charge(MONTHS.at(-1)!)
    if (again.lines !== 0) throw new Error(`the run again billed ${again.lines} lines`)
    const note = `${lines} lines in ${runs.map((r) => r.publish_s.toFixed(2)).join(', ')} s, ${((median(runs.map((r) => r.publish_s)) / lines) * 1e6).toFixed(1)} µs a line; preview ${median(runs.map((r) => r.preview_s)).toFixed(2)} s; raw ${(1e6 / limit).toFixed(1)} µs a line; CPU of the database ${(cpu * 1e6).toFixed(1)} µs a line (1,000,000 households: ${(cpu * 3.02e6).toFixed(0)} s of 90), raw ${(raw_cpu * 1e6).toFixed(1)}, of it bills ${(bills_cpu * 1e6).toFixed(1)}, ratio ${(raw_cpu / cpu).toFixed(3)}`
    return [
      { bench: 'billing.run', size, value: Math.round(value), unit: 'lines/s', limit: Math.round(limit), ratio: round(value / limit), note },
      { bench: 'billing.rerun', size, value: round(again.publish_s), unit: 's', limit: 1, ratio: round(again.publish_s), note: `publishing a finished month again; its preview took ${again.preview_s.toFixed(2)} s` },
    ]
  } finally {
    await worker.stop()
    await app.d.end()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** CPU of the product's connections so far, by process of the database. */
const backends = (url: string): Promise<Map<number, number>> => asOwner(url, async (c) => new Map((await c.query<{ pid: number }>(`select pid from pg_stat_activity where application_name = 'heyuan-bench'`)).rows.map((r) => [r.pid, cpuOf(r.pid)])))

const seconds = (): number => Number(process.hrtime.bigint()) / 1e9
const median = (list: number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!
const round = (n: number): number => Math.round(n * 1000) / 1000
/** Ids that grow as the rows are made, as UUIDv7 do. */
const id = (kind: number, n: number): string => `01900000-0000-7000-8${kind}00-${n.toString(16).padStart(12, '0')}`
const idSql = (kind: number, n: string): string => `('01900000-0000-7000-8${kind}00-' || lpad(to_hex(${n}), 12, '0'))::uuid`

async function load(url: string, size: number): Promise<{ company_id: number; community_id: string }> {
  const community_id = id(0, 1)
  const company_id = await asOwner(url, async (c) => {
    await c.query('begin')
    const { company_id: cid } = (await c.query<{ company_id: number }>(`insert into identity.company (name, short_name, created_at) values ('基准物业', '基准', now()) returning company_id`)).rows[0]!
    await c.query(`set local app.company_id = '${cid}'`)
    await c.query(`insert into property.community (company_id, community_id, name, created_at) values (${cid}, '${community_id}', '基准小区', now())`)
    await c.query(`insert into property.building (company_id, building_id, community_id, no, name) select ${cid}, ${idSql(1, 'n')}, '${community_id}', n::text, n || '栋' from generate_series(1, ${Math.ceil(size / 100)}) n`)
    await c.query(`insert into property.house (company_id, house_id, community_id, building_id, kind, room_no, label, built_area_m2, sort_no, created_at)
      select ${cid}, ${idSql(2, 'n')}, '${community_id}', ${idSql(1, '(n - 1) / 100 + 1')}, 'dwelling', n::text, ((n - 1) / 100 + 1) || '-' || n, 60 + (n % 900) / 10.0, n, now() from generate_series(1, ${size}) n`)
    await c.query(`insert into people.person (company_id, person_id, name, created_at) select ${cid}, ${idSql(3, 'n')}, '业主' || n, now() from generate_series(1, ${size}) n`)
    // The constraint that intervals do not overlap costs a millisecond a row to load, and a charge run does not ask it.
    await c.query(`alter table people.payer drop constraint if exists payer_company_id_house_id_fee_class_daterange_excl`)
    // One house in a hundred changes hands on the 11th of every month.
    await c.query(`insert into people.payer (company_id, payer_id, house_id, fee_class, person_id, role, from_on, to_on)
      select ${cid}, ${idSql(4, 'n * 16 + k * 4 + j')}, ${idSql(2, 'n')}, case k when 0 then 'property' else 'use' end, ${idSql(3, `(n + j) % ${size} + 1`)}, 'owner',
        case when n % 100 <> 0 or j = 0 then date '2020-01-01' else (array['2026-02-11','2026-03-11','2026-04-11'])[j]::date end,
        case when n % 100 <> 0 or j = 3 then null else (array['2026-02-11','2026-03-11','2026-04-11'])[j + 1]::date end
      from generate_series(1, ${size}) n, generate_series(0, 1) k, generate_series(0, 3) j where n % 100 = 0 or j = 0`)
    await c.query(`insert into meters.meter (company_id, meter_id, point_id, community_id, house_id, kind, no, installed_on) select ${cid}, ${idSql(5, 'n')}, ${idSql(5, 'n')}, '${community_id}', ${idSql(2, 'n')}, 'water', 'W' || n, '2020-01-01' from generate_series(1, ${size}) n`)
    for (const [m, period] of MONTHS.entries())
      await c.query(`insert into meters.reading (company_id, reading_id, meter_id, period_on, read_on, previous, reading, usage, created_at)
        select ${cid}, ${idSql(6, `n * 16 + ${m}`)}, ${idSql(5, 'n')}, '${period}-01', '${period}-27', ${m * 100}, ${m * 100} + 3 + n % 40, 3 + n % 40, now() from generate_series(1, ${size}) n`)
    await c.query(`insert into tariff.tariff (company_id, tariff_id, community_id, name, meter_kind, created_by, created_at) values (${cid}, '${id(8, 9)}', '${community_id}', '自来水', 'water', '${id(9, 1)}', now())`)
    await c.query(`insert into tariff.version (company_id, version_id, tariff_id, from_on, basis, spec, created_by, created_at, published_by, published_at)
      values (${cid}, '${id(8, 10)}', '${id(8, 9)}', '2020-01-01', '基准', $1, '${id(9, 1)}', now(), '${id(9, 2)}', now())`, [JSON.stringify(TIERS)])
    await c.query(`insert into billing.fee_item (company_id, fee_item_id, community_id, code, name, shape, area_kind, meter_kind, tariff_id, component, unit_name, house_kinds, fee_class, created_at) values
      (${cid}, '${id(7, 1)}', '${community_id}', 'A', '物业费', 'area', 'built', null, null, null, '元/㎡·月', '{dwelling}', 'property', now()),
      (${cid}, '${id(7, 2)}', '${community_id}', 'F', '垃圾清运费', 'fixed', null, null, null, null, '元/户·月', '{dwelling}', 'use', now()),
      (${cid}, '${id(7, 3)}', '${community_id}', 'W', '水费', 'tariff', null, 'water', '${id(8, 9)}', 'usage', '元/m³', '{dwelling}', 'use', now())`)
    await c.query(`insert into billing.price (company_id, price_id, fee_item_id, unit_price, from_on, created_at) select ${cid}, ${idSql(8, 'n')}, ${idSql(7, 'n')}, n * 1.15, '2020-01-01', now() from generate_series(1, 2) n`)
    await c.query('commit')
    await c.query('vacuum analyze')
    await c.query('checkpoint')
    return cid
  })
  return { company_id, community_id }
}

/** Rows as wide as those of a run, all columns filled, into logged tables without an index: three bills a household, and its line in the journal. */
interface Raw {
  wall_s: number
  cpu_s: number
  bills_cpu_s: number
}
async function raw(url: string, houses: number): Promise<Raw> {
  return asOwner(url, async (c) => {
    await c.query('drop table if exists public.bench_raw, public.bench_raw_posting; create table public.bench_raw (like billing.bill including defaults); create table public.bench_raw_posting (like ledger.posting including defaults)')
    const pid = (await c.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid
    const [t0, cpu] = [seconds(), cpuOf(pid)]
    await c.query(`insert into public.bench_raw (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, months, days, days_of, reading_id, amount_fen, paid_fen, reduced_fen, part_no, issued_on, due_on)
      select 1, date '2026-02-01', x.u, x.u, x.u, x.u, x.u, x.u, x.u, date '2026-02-01', date '2026-03-01', x.u, 'area', 98.5, 1.15, 1, 0, 0, case when n % 3 = 0 then x.u end, n, 0, 0, 0, date '2026-02-01', date '2026-03-03'
      from generate_series(1, ${houses * LINES}) n, (values ('${id(2, 1)}'::uuid)) x(u)`)
    const bills = cpuOf(pid)
    await c.query(`insert into public.bench_raw_posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen, community_id, subject_type, subject_id)
      select 1, date '2026-02-01', x.u, n, 'company', '1122', n, x.u, 'house', x.u from generate_series(1, ${houses}) n, (values ('${id(2, 1)}'::uuid)) x(u)`)
    const s = { wall_s: seconds() - t0, cpu_s: (cpuOf(pid) - cpu) / 1000, bills_cpu_s: (bills - cpu) / 1000 }
    await c.query('drop table public.bench_raw, public.bench_raw_posting')
    return s
  })
}

/** Receivable against bills, and journals against zero; null when all is well. */
async function faults(url: string, company_id: number): Promise<string | null> {
  return asOwner(url, async (c) => {
    await c.query(`set app.company_id = '${company_id}'`)
    const r = await c.query<{ bills: string; receivable: string; sum: string }>(`select (select sum(amount_fen) from billing.bill) as bills, (select sum(amount_fen) from ledger.posting where account_code = '1122') as receivable, (select sum(amount_fen) from ledger.posting) as sum`)
    const { bills, receivable, sum } = r.rows[0]!
    return String(bills) === String(receivable) && String(sum) === '0' ? null : JSON.stringify(r.rows[0])
  })
}
