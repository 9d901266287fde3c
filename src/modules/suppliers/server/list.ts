// The register on the screen and in Excel, and one supplier whole: the page is cut before anything is joined.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { daysBetween } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { contractsSeenBy } from '../../contracts/server/index.ts'
import { masked } from '../../people/server/index.ts'
import { CATEGORIES, CONTACTS_MAX, suppliers, type Evaluation, type Paper, type SupplierFilter, type SupplierFull, type SupplierRow } from '../contract.ts'
import { BANNED } from './access.ts'

const EXCEL_MAX = 20_000
const PARTS_MAX = 200
const PEOPLE_MAX = 500
function where(scope: Scope, f: SupplierFilter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const p: RawBuilder<unknown>[] = [sql`s.company_id = ${c}`]
  if (f.category) p.push(sql`${f.category} = any(s.categories)`)
  if (f.state === 'retired') p.push(sql`s.retired_at is not null`)
  if (f.state === 'live') p.push(sql`s.retired_at is null and not ${BANNED(scope)}`)
  if (f.state === 'banned') p.push(BANNED(scope))
  if (f.supplier_ids) p.push(sql`s.supplier_id = any(${f.supplier_ids}::uuid[])`)
  // What has run out is within any number of days.
  if (f.due_days) p.push(sql`exists (select from suppliers.paper p where p.company_id = ${c} and p.supplier_id = s.supplier_id and p.ended_at is null and p.valid_to_on <= ${scope.today}::date + ${f.due_days}::int)`)
  if (f.q) p.push(sql`(position(${f.q} in s.name) > 0 or s.credit_code = upper(${f.q}))`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
type Raw = Omit<SupplierRow, 'contact'> & { contact_name: string | null; contact_phone: string | null }
async function rowsOf(scope: Scope, cond: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<SupplierRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`with page as materialized (select s.* from suppliers.supplier s where ${cond} order by s.name, s.supplier_id limit ${limit} offset ${offset})
    select s.supplier_id, s.name, s.credit_code, s.categories, s.retired_at is not null as retired, b.ban_id is not null as banned, b.to_on as ban_to_on, b.reason as ban_reason, k.name as contact_name, k.phone as contact_phone, a.name as keeper_name,
      p.paper_count, p.next_to_on, p.papers_over, (select count(*)::int from suppliers.contract_link l where l.company_id = ${c} and l.supplier_id = s.supplier_id) as contract_count, w.work_count, w.score,
      (select e.year || ' ' || e.grade from suppliers.evaluation e where e.company_id = ${c} and e.supplier_id = s.supplier_id and e.void_at is null order by e.year desc limit 1) as grade
    from page s left join identity.member a on a.company_id = ${c} and a.account_id = s.keeper_id
      left join lateral (select b.ban_id, b.to_on, b.reason from suppliers.ban b where b.company_id = ${c} and b.supplier_id = s.supplier_id and b.lifted_at is null and b.from_on <= ${scope.today}::date and (b.to_on is null or b.to_on >= ${scope.today}::date) order by b.to_on desc nulls first, b.ban_id limit 1) b on true
      left join lateral (select k.name, k.phone from suppliers.contact k where k.company_id = ${c} and k.supplier_id = s.supplier_id and k.ended_at is null order by k.contact_id limit 1) k on true
      cross join lateral (select count(*)::int as paper_count, min(p.valid_to_on) as next_to_on, count(*) filter (where p.valid_to_on < ${scope.today}::date)::int as papers_over from suppliers.paper p where p.company_id = ${c} and p.supplier_id = s.supplier_id and p.ended_at is null) p
      cross join lateral (select count(*) filter (where w.state <> 'void')::int as work_count, round(avg(w.score), 1)::text as score from suppliers.work w where w.company_id = ${c} and w.supplier_id = s.supplier_id) w
    order by s.name, s.supplier_id`.execute(scope.db)
  return rows.map(({ contact_name, contact_phone, ...r }) => ({ ...r, contact: contact_name ? `${contact_name} ${masked(contact_phone) ?? ''}` : null }))
}
export async function keepers(scope: Scope): Promise<{ account_id: string; name: string; post: string | null }[]> {
  const c = scope.company_id
  const { rows } = await sql<{ account_id: string; name: string; post: string | null }>`select distinct m.account_id, m.name, m.post from identity.access_grant g join identity.role r on r.company_id = ${c} and r.role_id = g.role_id and r.permissions && array['*', 'suppliers.supplier.read'] join identity.member m on m.company_id = ${c} and m.account_id = g.account_id and m.disabled_at is null where g.company_id = ${c} order by m.name, m.account_id limit ${PEOPLE_MAX}`.execute(scope.db)
  return rows
}
export const listAnswers = [
  answer(suppliers.people, async (scope) => ({ rows: await keepers(scope) })),
  answer(suppliers.suppliers, async (scope, f) => {
    const cond = where(scope, f)
    const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from suppliers.supplier s where ${cond}`.execute(scope.db)
    const { rows: used } = await sql<{ category: string }>`select distinct unnest(s.categories) as category from suppliers.supplier s where s.company_id = ${scope.company_id} order by 1 limit ${PARTS_MAX}`.execute(scope.db)
    return { rows: await rowsOf(scope, cond, f.page_size, (f.page - 1) * f.page_size), total: n[0]!.total, categories: [...new Set([...CATEGORIES, ...used.map((u) => u.category)])] }
  }),
  answerFile(suppliers.suppliersExcel, async (scope, f) => {
    const rows = await rowsOf(scope, where(scope, f), EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('suppliers.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const int = (title: string) => ({ title, kind: 'int' as const })
    const body = await writeSheet({ sheets: [{ name: '供应商', columns: [text('名称'), text('统一社会信用代码'), text('供应类别'), text('状态'), text('黑名单原因'), text('联系人'), text('对接人'), int('资质'), { title: '最近到期', kind: 'day' }, int('过期资质'), int('合同'), int('承接'), { title: '平均验收分', kind: 'number' }, text('最近评价')], rows: rows.map((r) => [r.name, r.credit_code, r.categories.join('、'), r.banned ? '黑名单' : r.retired ? '停用' : '合作中', r.ban_reason, r.contact, r.keeper_name, r.paper_count, r.next_to_on, r.papers_over, r.contract_count, r.work_count, r.score, r.grade]) }] })
    return { name: `供应商-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(suppliers.supplier, async (scope, { supplier_id }): Promise<SupplierFull> => {
    const c = scope.company_id
    const [row] = await rowsOf(scope, sql<SqlBool>`${where(scope, {})} and s.supplier_id = ${supplier_id}`, 1)
    if (!row) throw scope.notFound()
    const { rows: more } = await sql<Pick<SupplierFull, 'address' | 'bank_name' | 'bank_account_tail' | 'keeper_id' | 'note'>>`select address, bank_name, bank_account_tail, keeper_id, note from suppliers.supplier where company_id = ${c} and supplier_id = ${supplier_id}`.execute(scope.db)
    const { rows: contacts } = await sql<{ contact_id: string; name: string; phone: string; post: string | null }>`select contact_id, name, phone, post from suppliers.contact where company_id = ${c} and supplier_id = ${supplier_id} and ended_at is null order by contact_id limit ${CONTACTS_MAX}`.execute(scope.db)
    const { rows: papers } = await sql<Omit<Paper, 'days_left'>>`select p.paper_id, p.name, p.no, p.issuer, p.valid_from_on, p.valid_to_on, p.made_by_name, case when p.ended_at is not null then p.ended_by_name || ':' || p.end_reason end as ended, (select count(*)::int from suppliers.told x where x.company_id = ${c} and x.paper_id = p.paper_id) as told_count from suppliers.paper p where p.company_id = ${c} and p.supplier_id = ${supplier_id} order by p.ended_at is not null, p.valid_to_on nulls last, p.name limit ${PARTS_MAX}`.execute(scope.db)
    const { rows: contracts } = await sql<SupplierFull['contracts'][number]>`select t.contract_id, t.no, t.title, case when t.state = 'active' and t.to_on < ${scope.today}::date then 'expired' else t.state end as state, t.from_on, t.to_on, t.amount_fen from suppliers.contract_link l join contracts.contract t on t.company_id = ${c} and t.contract_id = l.contract_id where l.company_id = ${c} and l.supplier_id = ${supplier_id} and ${contractsSeenBy(scope, { permission: 'contracts.contract.read' })} order by t.from_on desc, t.no limit ${PARTS_MAX}`.execute(scope.db)
    const { rows: evaluations } = await sql<Evaluation>`select evaluation_id, year, items, total::text as total, grade, words, made_by_name, made_at, case when void_at is not null then void_by_name || ':' || void_reason end as voided from suppliers.evaluation where company_id = ${c} and supplier_id = ${supplier_id} order by year desc, void_at is not null, made_at desc limit ${PARTS_MAX}`.execute(scope.db)
    const { rows: bans } = await sql<SupplierFull['bans'][number]>`select ban_id, from_on, to_on, reason, made_by_name, made_at, case when lifted_at is not null then lifted_by_name || ':' || lift_reason end as lifted, lifted_at is null and from_on <= ${scope.today}::date and (to_on is null or to_on >= ${scope.today}::date) as live from suppliers.ban where company_id = ${c} and supplier_id = ${supplier_id} order by from_on desc, made_at desc limit ${PARTS_MAX}`.execute(scope.db)
    return { ...row, ...more[0]!, contacts: contacts.map(({ phone, ...k }) => ({ ...k, phone_masked: masked(phone) })), papers: papers.map((p) => ({ ...p, days_left: p.valid_to_on === null || p.ended ? null : daysBetween(scope.today, p.valid_to_on) })), contracts, evaluations, bans }
  }),
]
