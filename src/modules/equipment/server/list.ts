// The ledger as a list, its figures by state, its Excel. A page is cut before names are joined.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { STATES, equipment, type DeviceFilter, type DeviceRow, type State } from '../contract.ts'
import { said } from '../shown.ts'
import { devicesSeenBy } from './access.ts'
import { mustStop } from './certs.ts'

const EXCEL_MAX = 20_000
/** What runs out within this is soon: a quarter, as the ladder of certificates begins. */
const SOON_DAYS = 90

type Asked = DeviceFilter & { equipment_ids?: string[] | undefined }
export function conditions(scope: Scope, f: Asked, with_state = true): RawBuilder<SqlBool> {
  const c = scope.company_id
  const p: RawBuilder<unknown>[] = [sql`d.company_id = ${c}`, devicesSeenBy(scope)]
  if (f.equipment_ids) p.push(sql`d.equipment_id = any(${f.equipment_ids}::uuid[])`)
  if (f.community_id) p.push(sql`d.community_id = ${f.community_id}`)
  if (f.building_id) p.push(sql`d.building_id = ${f.building_id}`)
  // A system means what is under it.
  if (f.category_id) p.push(sql`d.category_id in (select g.category_id from equipment.category g where g.company_id = ${c} and (g.category_id = ${f.category_id} or g.parent_id = ${f.category_id}))`)
  if (f.state && with_state) p.push(sql`d.state = ${f.state}`)
  if (f.must_stop) p.push(sql`d.state <> 'scrapped' and ${mustStop(scope)}`)
  if (f.warranty === 'in') p.push(sql`d.warranty_on >= ${scope.today}::date`)
  if (f.warranty === 'soon') p.push(sql`d.warranty_on between ${scope.today}::date and ${addDays(scope.today, SOON_DAYS)}::date`)
  if (f.warranty === 'out') p.push(sql`d.warranty_on < ${scope.today}::date`)
  if (f.aged) p.push(sql`exists (select from equipment.category g where g.company_id = ${c} and g.category_id = d.category_id and coalesce(d.used_on, d.installed_on) + make_interval(years => g.life_years) <= ${scope.today}::date) and d.state <> 'scrapped'`)
  if (f.q) p.push(sql`(position(lower(${f.q}) in lower(d.no || ' ' || d.name || ' ' || d.place || ' ' || coalesce(d.maker, '') || ' ' || coalesce(d.model, '') || ' ' || coalesce(d.serial, ''))) > 0 or d.code = ${f.q.toUpperCase().replace(/[\s-]/g, '')})`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
export async function rowsOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<DeviceRow[]> {
  const c = scope.company_id
  const { rows } = await sql<DeviceRow>`with page as materialized (select d.* from equipment.device d where ${where} order by d.community_id, d.no, d.equipment_id limit ${limit} offset ${offset})
    select d.equipment_id, d.no, d.name, s.name as system_name, g.name as category_name, k.name as community_name, d.place, d.state, d.maker, d.model, d.serial, d.installed_on, d.used_on, d.warranty_on, d.warranty_on >= ${scope.today}::date as in_warranty, ${mustStop(scope)} as must_stop, m.name as keeper_name
    from page d join equipment.category g on g.company_id = ${c} and g.category_id = d.category_id join equipment.category s on s.company_id = ${c} and s.category_id = g.parent_id join property.community k on k.company_id = ${c} and k.community_id = d.community_id
      left join identity.member m on m.company_id = ${c} and m.account_id = d.keeper_id order by d.community_id, d.no, d.equipment_id`.execute(scope.db)
  return rows
}

export const listAnswers = [
  answer(equipment.devices, async (scope, f) => {
    const [rows, n] = await Promise.all([
      rowsOf(scope, conditions(scope, f), f.page_size, (f.page - 1) * f.page_size),
      sql<{ state: State; n: number }>`select d.state, count(*)::int as n from equipment.device d where ${conditions(scope, f, false)} group by 1`.execute(scope.db),
    ])
    const counts = Object.fromEntries(STATES.map((s) => [s, n.rows.find((r) => r.state === s)?.n ?? 0])) as Record<State, number>
    return { rows, counts, total: f.state ? counts[f.state] : STATES.reduce((t, s) => t + counts[s], 0) }
  }),
  answerFile(equipment.devicesExcel, async (scope, f) => {
    const rows = await rowsOf(scope, conditions(scope, f), EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('equipment.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({
      sheets: [{
        name: '设备台账', columns: ['设备编号', '名称', '系统', '类别', '小区', '安装位置', '状态', '生产厂家', '规格型号', '出厂编号', '安装日期', '投用日期', '质保到期', '须停用', '责任人'].map(text),
        rows: rows.map((r) => [r.no, r.name, r.system_name, r.category_name, r.community_name, r.place, said('state', r.state), r.maker, r.model, r.serial, r.installed_on, r.used_on, r.warranty_on, r.must_stop ? '是' : '', r.keeper_name]),
      }],
    })
    return { name: `设备台账-${scope.today}.xlsx`, type: XLSX, body }
  }),
]
