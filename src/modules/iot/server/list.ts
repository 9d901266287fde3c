// The live state as a list: a page of devices first, then what each last said. What a person sees is one word (`state`), made here and nowhere else.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { STATES, iot, type DeviceFilter, type DeviceRow, type Model, type State } from '../contract.ts'
import { said, shownOf, type Latest } from '../shown.ts'
import { devicesSeenBy } from './access.ts'

const EXCEL_MAX = 20_000
/** `d` the device, `s` its state (left joined). Silence is offline only when somebody has listened long enough; behind a gateway that is away nobody knows. */
export const STATE = sql<State>`case when d.life = 'maintenance' then 'maintenance' when d.life = 'retired' or s.conn is null or s.conn = 'unknown' then 'unknown' when s.conn = 'offline' then 'offline' when s.faulty then 'fault' else 'running' end`
export const JOINED = (c: number) => sql`iot.device d left join iot.device_state s on s.company_id = ${c} and s.device_id = d.device_id`

type Asked = DeviceFilter & { device_ids?: string[] | undefined }
function conditions(scope: Scope, f: Asked, with_state = true): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`d.company_id = ${scope.company_id}`, devicesSeenBy(scope)]
  if (!f.retired) p.push(sql`d.life <> 'retired'`)
  if (f.device_ids) p.push(sql`d.device_id = any(${f.device_ids}::uuid[])`)
  if (f.community_id) p.push(sql`d.community_id = ${f.community_id}`)
  if (f.building_id) p.push(sql`d.building_id = ${f.building_id}`)
  if (f.product_id) p.push(sql`d.product_id = ${f.product_id}`)
  if (f.bus_id) p.push(sql`d.bus_id = ${f.bus_id}`)
  if (f.category) p.push(sql`d.product_id in (select p.product_id from iot.product p where p.company_id = ${scope.company_id} and p.category = ${f.category})`)
  if (f.q) p.push(sql`position(lower(${f.q}) in lower(d.no || ' ' || d.name || ' ' || d.place || ' ' || coalesce(d.address, ''))) > 0`)
  if (f.state && with_state) p.push(sql`${STATE} = ${f.state}`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
type Raw = Omit<DeviceRow, 'values'> & { model: Model; latest: Latest | null }
async function rowsOf(scope: Scope, f: Asked, limit: number, offset = 0): Promise<DeviceRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`with page as materialized (select d.*, ${STATE} as state, s.conn_at, s.heard_at, s.latest from ${JOINED(c)} where ${conditions(scope, f)} order by d.community_id, d.name collate iot.natural, d.device_id limit ${limit} offset ${offset})
    select d.device_id, d.no, d.name, p.name as product_name, p.category, d.community_id, k.name as community_name, b.name as building_name, d.place, d.state, case when d.state = 'maintenance' then d.life_at else d.conn_at end as state_at, d.heard_at, d.latest, p.model
    from page d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id join property.community k on k.company_id = ${c} and k.community_id = d.community_id left join property.building b on b.company_id = ${c} and b.building_id = d.building_id order by d.community_id, d.name collate iot.natural, d.device_id`.execute(scope.db)
  return rows.map(({ model, latest, ...r }) => ({ ...r, values: shownOf(model, latest ?? {}) }))
}

export const listAnswers = [
  answer(iot.devices, async (scope, f) => {
    const c = scope.company_id
    const [rows, n, beat] = await Promise.all([
      rowsOf(scope, f, f.page_size, (f.page - 1) * f.page_size),
      sql<{ state: State; n: number }>`select ${STATE} as state, count(*)::int as n from ${JOINED(c)} where ${conditions(scope, f, false)} group by 1`.execute(scope.db),
      sql<{ beat_at: string }>`select beat_at from iot.gateway where company_id = ${c}`.execute(scope.db),
    ])
    const counts = Object.fromEntries(STATES.map((s) => [s, n.rows.find((r) => r.state === s)?.n ?? 0])) as Record<State, number>
    return { rows, counts, total: f.state ? counts[f.state] : STATES.reduce((t, s) => t + counts[s], 0), gateway_heard_at: beat.rows[0]?.beat_at ?? null }
  }),
  answerFile(iot.devicesExcel, async (scope, f) => {
    const rows = await rowsOf(scope, f, EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('iot.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({
      sheets: [{
        name: '设备监控', columns: ['设备编号', '名称', '产品', '小区', '楼栋', '安装位置', '状态', '当前值', '最近上报'].map(text),
        rows: rows.map((r) => [r.no, r.name, r.product_name, r.community_name, r.building_name, r.place, said('state', r.state), r.values.filter((v) => v.v !== null).map((v) => `${v.name} ${v.text}`).join(','), minuteText(r.heard_at)]),
      }],
    })
    return { name: `设备监控-${scope.today}.xlsx`, type: XLSX, body }
  }),
]
