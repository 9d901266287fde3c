// Certificates of staff: what is held, what runs out, what the post requires and nobody has; registering and voiding, with the scan.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { daysBetween } from '../../../kernel/clock.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { LIGHTS, staff, type CertFilter, type CertRow, type Policy } from '../contract.ts'
import { leftText, said } from '../shown.ts'
import { FROM, employeeToChange, employeeToRead, staffSeen } from './access.ts'
import { kindsOf, policyNow, writeKinds } from './config.ts'
import { onBooks } from './rows.ts'
import { far } from './rules/steps.ts'

const EXCEL_MAX = 20_000
const OF_ONE = 200
/** The newest of each kind that somebody on the books holds, and what the post requires and is not there. */
function items(scope: Scope, policy: Policy, f: CertFilter, kinds: readonly { kind_id: string; name: string }[], opened: boolean): RawBuilder<unknown> {
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`e.company_id = ${c}`, ...(opened ? [] : [staffSeen(scope), onBooks(scope)])]
  if (f.community_id) w.push(sql<SqlBool>`p.community_id = ${f.community_id}`)
  if (f.employee_id) w.push(sql<SqlBool>`e.employee_id = ${f.employee_id}`)
  const days = far(policy.cert_ladder)
  return sql`with k as materialized (select * from jsonb_to_recordset(${JSON.stringify(kinds)}::jsonb) as x(kind_id uuid, name text)),
    who as materialized (select e.employee_id, e.no as employee_no, e.name as employee_name, e.initials, p.post_id, p.community_id, coalesce((select n.kind_ids from staff.need n where n.company_id = ${c} and n.post_id = p.post_id and n.from_on <= ${scope.today}::date order by n.from_on desc, n.made_at desc limit 1), '{}') as needs from ${FROM(scope)} where ${sql.join(w, sql` and `)}),
    held as materialized (select distinct on (x.employee_id, x.kind_id) x.* from staff.cert x join who on who.employee_id = x.employee_id where x.company_id = ${c} and x.ended_at is null order by x.employee_id, x.kind_id, x.valid_to_on desc nulls first, x.issued_on desc),
    items as (select h.cert_id, who.*, h.kind_id, h.no, h.class, h.issuer, h.issued_on, h.valid_to_on, h.kind_id = any(who.needs) as needed, h.file_id is not null as has_file from held h join who on who.employee_id = h.employee_id
      union all select null, who.*, n.kind_id, null, null, null, null, null, true, false from who cross join lateral unnest(who.needs) as n(kind_id) where not exists (select from held h where h.employee_id = who.employee_id and h.kind_id = n.kind_id)),
    lit as (select i.*, k.name as kind_name, case when i.cert_id is null then 'missing' when i.valid_to_on < ${scope.today}::date then 'expired' when i.valid_to_on <= ${scope.today}::date + ${days}::int then 'soon' else 'good' end as light from items i join k on k.kind_id = i.kind_id
      where ${f.kind_id ? sql`i.kind_id = ${f.kind_id}` : sql`true`} and ${f.needed ? sql`i.needed` : sql`true`} and ${f.q ? sql`(position(${f.q} in i.employee_name) > 0 or i.employee_no = upper(${f.q}) or i.no = ${f.q} or position(${f.q} in k.name) > 0)` : sql`true`})`
}
const ORDER = sql`array_position(array['expired','missing','soon','good'], l.light), l.valid_to_on, l.employee_no, l.kind_id`
async function certRows(scope: Scope, policy: Policy, f: CertFilter, o: { limit: number; offset?: number; opened?: boolean }): Promise<CertRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<CertRow, 'days_left' | 'key'>>`${items(scope, policy, f, await kindsOf(scope, true), o.opened ?? false)}, page as materialized (select l.* from lit l where ${f.light ? sql`l.light = ${f.light}` : sql`true`} order by ${ORDER} limit ${o.limit} offset ${o.offset ?? 0})
    select l.cert_id, l.employee_id, l.employee_no, l.employee_name, t.name as post_name, coalesce(m.name, '公司本部') as community_name, l.kind_id, l.kind_name, l.no, l.class, l.issuer, l.issued_on, l.valid_to_on, l.light, l.needed, l.has_file from page l join staff.post t on t.company_id = ${c} and t.post_id = l.post_id left join property.community m on m.company_id = ${c} and m.community_id = l.community_id order by ${ORDER}`.execute(scope.db)
  return rows.map((r) => ({ ...r, key: `${r.employee_id} ${r.kind_id}`, days_left: r.valid_to_on ? daysBetween(scope.today, r.valid_to_on) : null }))
}
/** Of one file that was opened by its own door: also of somebody who left, and of oneself. */
export const certsOf = async (scope: Scope, policy: Policy, employee_id: string): Promise<CertRow[]> => certRows(scope, policy, { employee_id }, { limit: OF_ONE, opened: true })

/** A scan that the caller sent up himself, whole. */
export async function scanToKeep(scope: Scope, file_id: string | null | undefined): Promise<void> {
  if (!file_id) return
  const { rows } = await sql`select from kernel.file where company_id = ${scope.company_id} and file_id = ${file_id} and purpose = 'proof' and type in ('application/pdf', 'image/png', 'image/jpeg') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (rows.length === 0) throw scope.refuse('staff.no_file')
}
export async function scanOf(app: App, scope: Scope, found: { sha256: string; type: string } | undefined, name: string) {
  if (!found || !(await hasFile(app.data_dir, found.sha256))) throw scope.notFound()
  return { name: `${name}.${found.type === 'application/pdf' ? 'pdf' : found.type === 'image/png' ? 'png' : 'jpg'}`, type: found.type, body: openFile(app.data_dir, found.sha256), inline: true }
}

export const certAnswers = (app: () => App) => [
  answer(staff.certs, async (scope, { page, page_size, ...f }) => {
    const policy = await policyNow(scope)
    const { rows: n } = await sql<{ light: CertRow['light']; n: number }>`${items(scope, policy, f, await kindsOf(scope, true), false)} select light, count(*)::int as n from lit group by 1`.execute(scope.db)
    const counts = Object.fromEntries(LIGHTS.map((l) => [l, n.find((x) => x.light === l)?.n ?? 0])) as Record<CertRow['light'], number>
    return { rows: await certRows(scope, policy, f, { limit: page_size, offset: (page - 1) * page_size }), total: f.light ? counts[f.light] : LIGHTS.reduce((sum, l) => sum + counts[l], 0), counts }
  }),
  answerFile(staff.certsExcel, async (scope, f) => {
    const rows = await certRows(scope, await policyNow(scope), f, { limit: EXCEL_MAX + 1 })
    if (rows.length > EXCEL_MAX) throw scope.refuse('staff.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const day = (title: string) => ({ title, kind: 'day' as const })
    const body = await writeSheet({ sheets: [{ name: '员工证书', columns: [text('工号'), text('姓名'), text('岗位'), text('小区'), text('证书'), text('状态'), text('编号'), text('等级或类别'), text('发证机关'), day('发证日'), day('有效期至'), text('剩余'), text('岗位要求')], rows: rows.map((r) => [r.employee_no, r.employee_name, r.post_name, r.community_name, r.kind_name, said('light', r.light), r.no, r.class, r.issuer, r.issued_on, r.valid_to_on, r.cert_id ? leftText(r.days_left) : '', r.needed ? '是' : '']) }] })
    return { name: `员工证书-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(staff.addCert, async (scope, o) => {
    const c = scope.company_id
    const e = await employeeToChange(scope, o.employee_id)
    if (o.valid_to_on && o.valid_to_on < o.issued_on) throw scope.refuse('staff.cert_days', { from: o.issued_on, to: o.valid_to_on })
    await writeKinds(scope)
    const kind = (await kindsOf(scope, true)).find((k) => k.kind_id === o.kind_id)
    if (!kind) throw scope.notFound()
    if (kind.retired) throw scope.refuse('staff.kind_retired')
    await scanToKeep(scope, o.file_id)
    const twin = await sql`select from staff.cert where company_id = ${c} and employee_id = ${o.employee_id} and kind_id = ${o.kind_id} and issued_on = ${o.issued_on}::date and ended_at is null`.execute(scope.db)
    if (twin.rows.length > 0) throw scope.refuse('staff.cert_same', { kind: kind.name, day: o.issued_on })
    const cert_id = uuidv7()
    await scope.db.insertInto('staff.cert').values({ company_id: c, cert_id, employee_id: o.employee_id, kind_id: o.kind_id, no: o.no || null, class: o.class || null, issuer: o.issuer, issued_on: o.issued_on, valid_to_on: o.valid_to_on, file_id: o.file_id ?? null, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('cert', o.employee_id, { name: e.name, kind: kind.name, issued_on: o.issued_on, valid_to_on: o.valid_to_on })
    return { cert_id }
  }),
  answer(staff.endCert, async (scope, o) => {
    const e = await employeeToChange(scope, o.employee_id, { after_leaving: true })
    const done = await sql<{ kind_id: string }>`update staff.cert set ended_at = ${scope.now}, ended_by_name = ${scope.who.name}, end_reason = ${o.reason} where company_id = ${scope.company_id} and cert_id = ${o.cert_id} and employee_id = ${o.employee_id} and ended_at is null returning kind_id`.execute(scope.db)
    if (done.rows.length === 0) {
      const there = await sql`select from staff.cert where company_id = ${scope.company_id} and cert_id = ${o.cert_id} and employee_id = ${o.employee_id}`.execute(scope.db)
      throw there.rows.length > 0 ? scope.refuse('staff.cert_ended') : scope.notFound()
    }
    scope.note('cert', o.employee_id, { name: e.name, cert_id: o.cert_id, ended: o.reason })
    return { cert_id: o.cert_id }
  }),
  answerFile(staff.certFile, async (scope, { employee_id, cert_id }) => {
    const e = await employeeToRead(scope, employee_id)
    const { rows } = await sql<{ sha256: string; type: string; kind: string }>`select f.sha256, f.type, k.name as kind from staff.cert x join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = x.file_id join staff.cert_kind k on k.company_id = ${scope.company_id} and k.kind_id = x.kind_id where x.company_id = ${scope.company_id} and x.employee_id = ${employee_id} and x.cert_id = ${cert_id}`.execute(scope.db)
    return scanOf(app(), scope, rows[0], `${e.name}-${rows[0]?.kind ?? ''}`)
  }),
]
