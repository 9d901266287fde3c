// Companies of the district: entered by hand, or known from what they report; what each manages today.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { creditCodeOk } from '../../suppliers/server/index.ts'
import { supervision, type FirmFilter, type FirmRow } from '../contract.ts'
import { alone, authorityOf } from './access.ts'
import { firmToRead } from './register.ts'

const EXCEL_MAX = 20_000
function where(scope: Scope, f: FirmFilter): RawBuilder<SqlBool> {
  const w: RawBuilder<unknown>[] = [sql`f.company_id = ${scope.company_id}`]
  if (f.q) w.push(sql`(position(${f.q} in f.name) > 0 or f.credit_code = upper(${f.q}))`)
  if (f.retired !== undefined) w.push(f.retired ? sql`f.retired_at is not null` : sql`f.retired_at is null`)
  return sql<SqlBool>`${sql.join(w, sql` and `)}`
}
async function rowsOf(scope: Scope, cond: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<FirmRow[]> {
  const c = scope.company_id
  const { rows } = await sql<FirmRow>`with page as materialized (select f.* from supervision.firm f where ${cond} order by f.name, f.firm_id limit ${limit} offset ${offset})
    select f.firm_id, f.name, f.credit_code, f.address, f.phone, f.note, f.retired_at is not null as retired, f.reporter_id is not null as reporting, n.place_count, n.area::text as area_sum_m2, n.households as household_sum_count
    from page f cross join lateral (select count(*)::int as place_count, coalesce(sum(p.built_area_m2), 0) as area, coalesce(sum(p.household_count), 0)::int as households from supervision.tenure t join supervision.place p on p.company_id = ${c} and p.place_id = t.place_id and p.retired_at is null where t.company_id = ${c} and t.firm_id = f.firm_id and t.from_on <= ${scope.today}::date and (t.to_on is null or t.to_on >= ${scope.today}::date)) n order by f.name, f.firm_id`.execute(scope.db)
  return rows
}
export const firmAnswers = [
  answer(supervision.firms, async (scope, f) => {
    await authorityOf(scope)
    const cond = where(scope, f)
    const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from supervision.firm f where ${cond}`.execute(scope.db)
    return { rows: await rowsOf(scope, cond, f.page_size, (f.page - 1) * f.page_size), total: n[0]!.total }
  }),
  answerFile(supervision.firmsExcel, async (scope, f) => {
    await authorityOf(scope)
    const rows = await rowsOf(scope, where(scope, f), EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('supervision.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [{ name: '物业企业', columns: [text('企业名称'), text('统一社会信用代码'), text('地址'), text('单位电话'), { title: '在管小区', kind: 'int' }, { title: '在管面积', kind: 'number' }, { title: '在管户数', kind: 'int' }, text('系统报送'), text('状态'), text('备注')], rows: rows.map((r) => [r.name, r.credit_code, r.address, r.phone, r.place_count, r.area_sum_m2, r.household_sum_count, r.reporting ? '是' : '否', r.retired ? '已注销' : '在册', r.note]) }] })
    return { name: `物业企业-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(supervision.saveFirm, async (scope, { request_id: _r, dry_run: _d, firm_id: given, retired, ...o }) => {
    await authorityOf(scope)
    const c = scope.company_id
    if (o.credit_code && !creditCodeOk(o.credit_code)) throw scope.refuse('supervision.code_wrong', { code: o.credit_code })
    await alone(scope, 'names')
    const before = given ? await firmToRead(scope, given) : undefined
    const firm_id = given ?? uuidv7()
    const { rows: same } = await sql<{ name: string; by_name: boolean }>`select name, name = ${o.name} as by_name from supervision.firm where company_id = ${c} and firm_id <> ${firm_id} and (name = ${o.name} or credit_code = ${o.credit_code}::text) order by name = ${o.name} desc limit 1`.execute(scope.db)
    if (same[0]) throw same[0].by_name ? scope.refuse('supervision.firm_taken', { name: o.name }) : scope.refuse('supervision.code_taken', { name: same[0].name })
    if (before && retired && !before.retired) {
      const [row] = await rowsOf(scope, sql<SqlBool>`f.company_id = ${c} and f.firm_id = ${firm_id}`, 1)
      if (row!.place_count > 0) throw scope.refuse('supervision.firm_holds', { name: before.name, count: row!.place_count })
    }
    const values = { ...o, address: o.address || null, phone: o.phone || null, note: o.note || null, retired_at: retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    if (before) await scope.db.updateTable('supervision.firm').set(values).where('company_id', '=', c).where('firm_id', '=', firm_id).execute()
    else await scope.db.insertInto('supervision.firm').values({ company_id: c, firm_id, ...values, created_at: scope.now }).execute()
    scope.note('firm', firm_id, { name: o.name, ...(before && before.name !== o.name ? { before: before.name } : {}), retired })
    return { firm_id }
  }),
]
