// Figures over `size` bill lines of one company (12,000,000 is the bar of issue 3): arrears of a community, statistics of a community and of the company,
// the proofs of `heyuan verify`, all through the calls of the product. Values are the whole call; the time in the database is less.
import { makeApp } from '../src/apps/modules.ts'
import type { Call, In, Shape } from '../src/kernel/contract.ts'
import type { Who } from '../src/kernel/scope.ts'
import { serve } from '../src/kernel/serve.ts'
import { asSystem } from '../src/kernel/worker.ts'
import { analytics } from '../src/modules/analytics/contract.ts'
import { billing } from '../src/modules/billing/contract.ts'
import { rebuildSums } from '../src/modules/billing/server/index.ts'
import { paidMoves } from '../src/modules/payment/server/index.ts'
import { asOwner } from '../src/kernel/db.ts'
import type { Figure } from '../tools/bench.ts'
import { id, loadLines } from './bill_lines.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const TIMES = 15
const BAR = { arrears_ms: 10, community_ms: 200, company_ms: 1000, verify_s: 120 }

export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  process.env['HEYUAN_KEY'] ??= Buffer.alloc(32, 7).toString('base64')
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  const l = await loadLines(url, size)
  const app = makeApp({ url, data_dir: dir, mode: 'test', name: 'bench', max: 4 })
  const who: Who = { kind: 'staff', account_id: id(9, 1), name: '基准', phone: null, face: 'api', ip: null, agent: null, session: null, grants: [{ role_code: 'admin', role_name: '管理员', permissions: ['*'], scope_kind: 'company', scope_ids: [] }] }
  const ask = <I extends Shape, O extends Shape>(call: Call<I, O>, input: In<I>) => serve(app, app.answers.get(call.name)!, { who, company_id: l.company_id, input })
  try {
    const built = await timed(() => asSystem(app, l.company_id, 'bench', (s) => rebuildSums(s, paidMoves)))
    await asOwner(url, (c) => c.query('vacuum analyze billing.building_sum, billing.community_sum, billing.bill_move'))
    const months = { from: l.from, to: l.to }
    const community = (n: number) => ({ community_id: id(0, (n % l.communities) + 1) })
    const of = (bench: string, limit: number, unit: string, t: Times, note: string): Figure => ({ bench, size, value: t.median, unit, limit, ratio: round(t.median / limit), note: `${note}; best ${t.best} ${unit}` })
    const arrears = await many(TIMES, (n) => ask(billing.arrears, { ...community(n), by: 'building' }))
    const one = await many(TIMES, (n) => ask(analytics.fees, { ...community(n), ...months, by: 'building' }))
    const rate = await many(TIMES, (n) => ask(billing.collection, { ...community(n), period_from: l.from, period_to: l.to, by: 'building' }))
    const all = await many(5, () => ask(analytics.fees, { ...months, by: 'community' }))
    const items = await many(3, () => ask(analytics.fees, { ...months, by: 'collector' }))
    const verify = await timed(() => proofs(app, l.company_id))
    return [
      of('arrears.community_ms', BAR.arrears_ms, 'ms', arrears, `${l.houses} houses, rows loaded in ${l.seconds.toFixed(0)} s`),
      of('stats.community_ms', BAR.community_ms, 'ms', one, 'by building, twelve months, with trend'),
      of('stats.collection_ms', BAR.community_ms, 'ms', rate, 'collection rate by money and by households, twelve months'),
      of('stats.company_ms', BAR.company_ms, 'ms', all, `by community, twelve months, with trend; by collector ${items.median} ms`),
      { bench: 'verify.s', size, value: round(verify.seconds), unit: 's', limit: BAR.verify_s, ratio: round(verify.seconds / BAR.verify_s), note: `${verify.slow.join(', ')}; sums built in ${built.seconds.toFixed(1)} s` },
    ]
  } finally {
    await app.d.end()
    rmSync(dir, { recursive: true, force: true })
  }
}

interface Times {
  median: number
  best: number
}
const ms = (): number => Number(process.hrtime.bigint()) / 1e6
const round = (n: number): number => Math.round(n * 1000) / 1000
async function timed<T>(run: () => Promise<T>): Promise<T & { seconds: number }> {
  const t = ms()
  return { ...(await run()), seconds: (ms() - t) / 1000 }
}
/** Warm: the first calls plan their statements and are not counted. */
async function many(times: number, run: (n: number) => Promise<unknown>): Promise<Times> {
  const list: number[] = []
  for (let n = 0; n < times + 2; n++) {
    const t = ms()
    await run(n)
    if (n >= 2) list.push(ms() - t)
  }
  const sorted = list.toSorted((a, b) => a - b)
  return { median: round(sorted[Math.floor(sorted.length / 2)]!), best: round(sorted[0]!) }
}

/** As `heyuan verify` does, module by module; every proof must hold. */
async function proofs(app: ReturnType<typeof makeApp>, company_id: number): Promise<{ slow: string[] }> {
  const took: { name: string; s: number }[] = []
  for (const m of app.modules)
    for (const [n, sweep] of (m.sweeps ?? []).entries()) {
      const t = ms()
      const found = await asSystem(app, company_id, 'bench', sweep)
      took.push({ name: `${m.name} ${n + 1}`, s: (ms() - t) / 1000 })
      const bad = found.filter((c) => !c.ok)
      if (bad.length) throw new Error(bad.map((b) => `${b.code} ${b.zh}: ${b.broken_count}, ${b.examples[0]}`).join('; '))
    }
  return { slow: took.toSorted((a, b) => b.s - a.s).slice(0, 4).map((x) => `${x.name} ${x.s.toFixed(1)} s`) }
}
