// Two versions of a tariff of yearly water tiers with sewage over all houses of a community, as the workshop asks for it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeApp } from '../src/apps/modules.ts'
import { asOwner } from '../src/kernel/db.ts'
import type { Who } from '../src/kernel/scope.ts'
import { serve } from '../src/kernel/serve.ts'
import type { Figure } from '../tools/bench.ts'

const id = (kind: number, n: number): string => `01900000-0000-7000-8${kind}00-${n.toString(16).padStart(12, '0')}`
const idSql = (kind: number): string => `('01900000-0000-7000-8${kind}00-' || lpad(to_hex(n), 12, '0'))::uuid`
const spec = (first: string) => ({
  components: [
    { code: 'water', name: '水费', shape: 'metered', cycle: 'year', tiers: [{ to: '180', price: first }, { to: '260', price: '4.07' }, { price: '6.07' }], people: { over: 4, each_adds: ['30', '40'] } },
    { code: 'sewage', name: '污水处理费', shape: 'metered', price: '1.36', quantity_percent: '90' },
  ],
})

async function load(url: string, size: number): Promise<number> {
  return asOwner(url, async (c) => {
    await c.query('begin')
    const { company_id } = (await c.query<{ company_id: number }>(`insert into identity.company (name, short_name, created_at) values ('基准物业', '基准', now()) returning company_id`)).rows[0]!
    await c.query(`set local app.company_id = '${company_id}'`)
    await c.query(`insert into property.community (company_id, community_id, name, created_at) values (${company_id}, '${id(0, 1)}', '基准小区', now())`)
    await c.query(`insert into property.building (company_id, building_id, community_id, no, name) values (${company_id}, '${id(1, 1)}', '${id(0, 1)}', '1', '1栋')`)
    await c.query(`insert into property.house (company_id, house_id, community_id, building_id, kind, room_no, label, built_area_m2, sort_no, created_at) select ${company_id}, ${idSql(2)}, '${id(0, 1)}', '${id(1, 1)}', 'dwelling', n::text, '1-' || n, 60 + (n % 900) / 10.0, n, now() from generate_series(1, ${size}) n`)
    await c.query(`insert into meters.meter (company_id, community_id, point_id, meter_id, house_id, kind, no, installed_on) select ${company_id}, '${id(0, 1)}', ${idSql(5)}, ${idSql(5)}, ${idSql(2)}, 'water', 'W' || n, '2020-01-01' from generate_series(1, ${size}) n`)
    for (let m = 1; m <= 6; m++) {
      // Hardly two houses alike: 60 usages in each month, each month mixed in its own way.
      const mixed = `(hashint4(n * 10 + ${m}) & 1023) % 60`
      await c.query(`insert into meters.reading (company_id, reading_id, meter_id, period_on, read_on, previous, reading, usage, created_at) select ${company_id}, gen_random_uuid(), ${idSql(5)}, '2026-0${m}-01', '2026-0${m}-27', ${m * 100}, ${m * 100} + 3 + ${mixed}, 3 + ${mixed}, now() from generate_series(1, ${size}) n`)
    }
    await c.query(`insert into tariff.tariff (company_id, tariff_id, community_id, name, meter_kind, created_by, created_at) values (${company_id}, '${id(8, 1)}', '${id(0, 1)}', '自来水', 'water', '${id(9, 1)}', now())`)
    for (const [n, first] of ['2.07', '2.37'].entries())
      await c.query(`insert into tariff.version (company_id, version_id, tariff_id, from_on, basis, spec, created_by, created_at, published_by, published_at) values (${company_id}, '${id(7, n)}', '${id(8, 1)}', '202${n}-01-01', '基准', $1, '${id(9, 1)}', now(), '${id(9, 2)}', now())`, [JSON.stringify(spec(first))])
    await c.query('commit')
    await c.query('vacuum analyze')
    return company_id
  })
}

export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  process.env['HEYUAN_KEY'] ??= Buffer.alloc(32, 7).toString('base64')
  const company_id = await load(url, size)
  const app = makeApp({ url, data_dir: dir, mode: 'test', name: 'bench', max: 2 })
  const who: Who = { kind: 'staff', account_id: id(9, 1), name: '基准', phone: null, face: 'api', ip: null, agent: null, session: null, grants: [{ role_code: 'admin', role_name: '管理员', permissions: ['*'], scope_kind: 'company', scope_ids: [] }] }
  try {
    const seconds: number[] = []
    let houses = 0
    for (let i = 0; i < 5; i++) {
      const t0 = process.hrtime.bigint()
      const a = (await serve(app, app.answers.get('tariff.compare')!, { who, company_id, input: { tariff_id: id(8, 1), a: id(7, 0), b: id(7, 1), period: '2026-06', page: 1, page_size: 100 } })) as { house_count: number; fault_count: number }
      seconds.push(Number(process.hrtime.bigint() - t0) / 1e9)
      if (a.fault_count > 0) throw new Error(`${a.fault_count} houses could not be computed`)
      houses = a.house_count
    }
    const value = Math.round(seconds.toSorted((x, y) => x - y)[2]! * 1000) / 1000
    return [{ bench: 'tariff.compare', size: houses, value, unit: 's', limit: 2, ratio: value / 2, note: `median of 5; first ${seconds[0]!.toFixed(2)} s` }]
  } finally {
    await app.d.end()
    rmSync(dir, { recursive: true, force: true })
  }
}
