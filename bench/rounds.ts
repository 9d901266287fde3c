// rounds.plan: the tasks of a month for `size` communities of 150 points a day each, made from their plans as the nightly job makes them: CPU seconds
// of the database process, against bare INSERT … SELECT of as many rows into a table without keys. A task is one walk of ten points; a row a point is
// written when somebody stood there (0220_rounds.sql). rounds.board: the live board of the whole company on such a day.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Figure } from '../tools/bench.ts'
import { makeApp } from '../src/apps/modules.ts'
import type { App } from '../src/kernel/app.ts'
import { asOwner, inTransaction } from '../src/kernel/db.ts'
import { Scope, system } from '../src/kernel/scope.ts'
import { keyOfRule, planTasks } from '../src/modules/rounds/server/planning.ts'
import type { Rule } from '../src/modules/rounds/contract.ts'

const TODAY = '2026-11-01'
const NOW = `${TODAY}T02:00:00.000Z`
const MONTH_END = '2026-11-30'
const ROUTES = 15
const POINTS = 10
const BOARDS = 15
/** Ten plans a day in different hours, every hour of a night, weekly, half-monthly. */
const rules = (): Rule[] => [
  ...Array.from({ length: 12 }, (_, i): Rule => ({ kind: 'daily', every_days: 1, starting_on: '2024-01-01', windows: [{ from: `${String(6 + i).padStart(2, '0')}:00`, to: `${String(8 + i).padStart(2, '0')}:00` }], days: 'all', season: null })),
  { kind: 'hourly', every_minutes: 120, from: '22:00', to: '04:00', days: 'all', season: null }, { kind: 'weekly', weekdays: [1, 4], windows: [{ from: '08:00', to: '10:00' }], season: null }, { kind: 'half_month', season: null },
]

const inside = <T>(app: App, run: (scope: Scope) => Promise<T>): Promise<T> => inTransaction(app.d, { company_id: 1 }, (tx) => run(new Scope({ who: system, company_id: 1, now: NOW, today: TODAY, tx, request_id: null, may: 'rounds.task.read', dry_run: false })))
/** User and system time of a process so far, in seconds (proc(5): fields 14 and 15, in hundredths). */
const cpuOf = (pid: number): number => {
  const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(f[11]) + Number(f[12])) / 100
}

async function arrange(url: string, communities: number): Promise<void> {
  const list = rules().map((r) => ({ rule: r, key: keyOfRule(r) }))
  await asOwner(url, async (c) => {
    await c.query(`insert into identity.company (company_id, name, short_name, created_at) overriding system value values (1, '基准物业', '基准', now())`)
    await c.query(`insert into property.community (company_id, community_id, name, created_at) select 1, md5('c' || n)::uuid, '小区' || n, now() from generate_series(1, $1::int) n`, [communities])
    await c.query(`insert into rounds.kind (company_id, kind_id, code, name, department, changed_at) select 1, md5('k' || n)::uuid, 'k' || n, '种类' || n, '部门' || n, now() from generate_series(1, 10) n`)
    await c.query(`insert into rounds.route (company_id, route_id, community_id, name, ordered, version_no, changed_at) select 1, md5('r' || n || ' ' || r)::uuid, md5('c' || n)::uuid, '路线' || r, true, 1, now() from generate_series(1, $1::int) n, generate_series(1, ${ROUTES}) r`, [communities])
    await c.query(`insert into rounds.point (company_id, point_id, community_id, name, code, proof, secret, changed_at) select 1, md5('p' || n || ' ' || p)::uuid, md5('c' || n)::uuid, '点位' || p, n || 'P' || p, 'scan', '', now() from generate_series(1, $1::int) n, generate_series(1, ${ROUTES * POINTS}) p`, [communities])
    await c.query(`insert into rounds.route_stop (company_id, route_id, version_no, stop_no, point_id, travel_seconds) select 1, md5('r' || n || ' ' || r)::uuid, 1, s, md5('p' || n || ' ' || ((r - 1) * ${POINTS} + s))::uuid, 60 from generate_series(1, $1::int) n, generate_series(1, ${ROUTES}) r, generate_series(1, ${POINTS}) s`, [communities])
    await c.query(`insert into rounds.plan (company_id, plan_id, community_id, kind_id, name, route_id, rule, rule_key, from_on, grace_minutes, photo, state, changed_at)
      select 1, md5('l' || n || ' ' || r)::uuid, md5('c' || n)::uuid, md5('k' || (1 + r % 10))::uuid, '计划' || r, md5('r' || n || ' ' || r)::uuid, x.rule, x.key, '${TODAY}', 30, false, 'active', now() from generate_series(1, $1::int) n, rows from (jsonb_to_recordset($2::jsonb) as (rule jsonb, key text)) with ordinality as x(rule, key, r)`, [communities, JSON.stringify(list)])
    await c.query('analyze rounds.plan; analyze rounds.route; analyze rounds.route_stop; analyze property.community')
  })
}

export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  process.env['HEYUAN_KEY'] ??= Buffer.alloc(32, 7).toString('base64')
  await arrange(url, size)
  const app = makeApp({ url, data_dir: dir, mode: 'empty', name: 'bench', max: 2 })
  try {
    const planned = await inside(app, async (scope) => {
      const pid = (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(scope.db)).rows[0]!.pid
      const [cpu, began] = [cpuOf(pid), performance.now()]
      const tasks = await planTasks(scope, { to_on: MONTH_END })
      return { tasks, cpu_s: cpuOf(pid) - cpu, wall_s: (performance.now() - began) / 1000 }
    })
    const again = await inside(app, (scope) => planTasks(scope, { to_on: MONTH_END }))
    if (again !== 0) throw new Error(`planned twice: ${again} tasks more`)
    const bare = await bareCpu(url, planned.tasks)
    await asOwner(url, (c) => c.query('vacuum analyze rounds.task'))
    const board: number[] = []
    const answer = app.answers.get('rounds.board')!
    for (let n = 0; n < BOARDS; n++) {
      const began = performance.now()
      await inside(app, (scope) => answer.run(scope, { on_day: '2026-11-16' } as never))
      board.push(performance.now() - began)
    }
    const ms = board.toSorted((a, b) => a - b)[Math.floor(BOARDS / 2)]!
    const checks = planned.tasks * POINTS
    return [
      { bench: 'rounds.plan', size, value: round(planned.cpu_s), unit: 's of database CPU', limit: round(bare), ratio: round(bare / planned.cpu_s), note: `${planned.tasks} tasks = ${checks} checks, ${round(planned.wall_s)} s by the clock; limit = bare INSERT … SELECT of as many rows; bar: 1,000 communities under 60 s` },
      { bench: 'rounds.board', size, value: round(ms), unit: 'ms', limit: 200, ratio: round(200 / ms), note: 'median, whole company, one day; bar 200 ms' },
    ]
  } finally {
    await app.d.end()
    rmSync(dir, { recursive: true, force: true })
  }
}
async function bareCpu(url: string, rows: number): Promise<number> {
  return asOwner(url, async (c) => {
    const { rows: p } = await c.query<{ pid: number }>('select pg_backend_pid() as pid')
    await c.query('create table public.bare_task (company_id bigint, on_day date, a uuid, b uuid, c uuid, d uuid, e uuid, f timestamptz, g timestamptz, h timestamptz, n int, s text)')
    const before = cpuOf(p[0]!.pid)
    await c.query(`insert into public.bare_task select 1, date '2026-11-01' + (n % 30), md5(n::text)::uuid, md5('a' || n)::uuid, md5('b' || n)::uuid, md5('c' || n)::uuid, md5('d' || n)::uuid, now(), now(), now(), 10, 'waiting' from generate_series(1, $1::int) n`, [rows])
    return cpuOf(p[0]!.pid) - before
  })
}
const round = (n: number): number => Math.round(n * 100) / 100
