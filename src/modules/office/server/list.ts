// The register of rules: by words in title and text, by class and state, with how many have read; one document with its versions; two versions side by side.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { office, type RuleDetail, type RuleFilter, type RuleRow, type VersionRow, type VersionText } from '../contract.ts'
import { said } from '../shown.ts'
import { FIRST, PEOPLE, STATE, departmentTree, docToRead, docsSeenBy, mustReadV, reaches, versionsSeenBy, type Doc } from './access.ts'
import { linkNames } from './links.ts'
import { compareText } from './rules/compare.ts'
import { approvalOpen } from './versions.ts'

const EXCEL_MAX = 500
const VERSIONS_MAX = 200
const AROUND = 24
const SHOWN = 90
export const PLACE = sql`coalesce(m.name, '全公司')`
/** The words around what was found in the text, on one line. */
export const EXCERPT = (q: string | undefined, body: RawBuilder<unknown>): RawBuilder<unknown> => (q ? sql`case when position(lower(${q}) in lower(${body})) > 0 then regexp_replace(substr(${body}, greatest(1, position(lower(${q}) in lower(${body})) - ${AROUND}::int), ${SHOWN}::int), '\\s+', ' ', 'g') end` : sql`null::text`)
export const matches = (q: string): RawBuilder<SqlBool> => sql<SqlBool>`(d.no = upper(${q}) or position(lower(${q}) in lower(v.title)) > 0 or position(lower(${q}) in lower(v.body)) > 0)`
function condition(scope: Scope, f: RuleFilter): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`d.company_id = ${scope.company_id}`, docsSeenBy(scope)]
  if (f.q) p.push(matches(f.q))
  if (f.class_id) p.push(sql`d.class_id = ${f.class_id}`)
  if (f.state) p.push(sql`(v.shown_state = ${f.state} or exists (select from office.rule_version o where o.company_id = ${scope.company_id} and o.doc_id = d.doc_id and o.state <> 'agreed' and o.state = ${f.state}))`)
  if (f.community_id) p.push(sql`(d.community_id = ${f.community_id} or d.community_id is null)`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
const COUNTS = (scope: Scope, tree: Awaited<ReturnType<typeof departmentTree>>) => sql`lateral (select count(*)::int as reader_count, count(*) filter (where r.read_at is not null)::int as read_count, count(*) filter (where r.confirmed_at is not null)::int as confirmed_count from people x left join office.rule_reading r on r.company_id = ${scope.company_id} and r.version_id = v.version_id and r.account_id = x.account_id where ${mustReadV(scope, tree)})`
const NUMBERS = sql`coalesce((v.kept_counts->>'reader_count')::int, n.reader_count) as reader_count, coalesce((v.kept_counts->>'read_count')::int, n.read_count) as read_count, coalesce((v.kept_counts->>'confirmed_count')::int, n.confirmed_count) as confirmed_count`
async function ruleRows(scope: Scope, f: RuleFilter, o: { limit: number; offset: number }): Promise<RuleRow[]> {
  const c = scope.company_id
  const tree = await departmentTree(scope)
  const { rows } = await sql<RuleRow>`with people as materialized (select * from ${PEOPLE(scope)} x),
      page as materialized (select d.doc_id, d.no, d.class_id, d.community_id, k.name as class_name, k.sort_no, ${PLACE} as community_name, v.version_id from office.rule_doc d join office.rule_class k on k.company_id = ${c} and k.class_id = d.class_id left join property.community m on m.company_id = ${c} and m.community_id = d.community_id join ${FIRST(scope)} v on true where ${condition(scope, f)} order by k.sort_no, d.no limit ${o.limit} offset ${o.offset})
    select p.doc_id, p.no, v.title, p.class_id, p.class_name, p.community_id, p.community_name, v.version_id, v.version_no, ${STATE(scope)} as state, v.from_on, w.state as open_state, w.version_no as open_no, v.must_confirm, (select count(*)::int from office.rule_link l where l.company_id = ${c} and l.doc_id = p.doc_id) as link_count, ${EXCERPT(f.q, sql`v.body`)} as excerpt, ${NUMBERS}
    from page p join office.rule_doc d on d.company_id = ${c} and d.doc_id = p.doc_id join office.rule_version v on v.company_id = ${c} and v.version_id = p.version_id
      left join lateral (select o.state, o.version_no from office.rule_version o where o.company_id = ${c} and o.doc_id = p.doc_id and o.state <> 'agreed' and o.version_id <> v.version_id and ${sql<SqlBool>`exists (select from office.rule_version v where v.company_id = ${c} and v.version_id = o.version_id and ${versionsSeenBy(scope)})`}) w on true join ${COUNTS(scope, tree)} n on true order by p.sort_no, p.no`.execute(scope.db)
  return rows
}
const rules = answer(office.rules, async (scope, f) => {
  const rows = await ruleRows(scope, f, { limit: f.page_size, offset: (f.page - 1) * f.page_size })
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from office.rule_doc d join ${FIRST(scope)} v on true where ${condition(scope, f)}`.execute(scope.db)
  return { rows, total: n[0]!.total }
})
const excel = answerFile(office.rulesExcel, async (scope, f) => {
  const rows = await ruleRows(scope, f, { limit: EXCEL_MAX + 1, offset: 0 })
  if (rows.length > EXCEL_MAX) throw scope.refuse('office.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const count = (title: string) => ({ title, kind: 'int' as const })
  const body = await writeSheet({ sheets: [{ name: '制度目录', columns: [text('编号'), text('名称'), text('分类'), text('适用范围'), count('版次'), text('状态'), text('生效日'), text('在办版本'), count('应读'), count('已读'), count('已确认'), count('用于工作')], rows: rows.map((r) => [r.no, r.title, r.class_name, r.community_name, r.version_no, said('rule', r.state), r.from_on, r.open_state ? `第 ${r.open_no} 版 ${said('rule', r.open_state)}` : null, r.reader_count, r.read_count, r.confirmed_count, r.link_count]) }] })
  return { name: `制度目录-${scope.today}.xlsx`, type: XLSX, body }
})
const VERSION = sql.raw('v.version_id, v.version_no, v.title, v.from_on, v.change_note, v.made_by_name, v.made_at, v.agreed_by_name, v.agreed_at')
export async function versionsOf(scope: Scope, doc_id: string): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`select ${VERSION}, ${STATE(scope)} as state from office.rule_version v join office.rule_doc d on d.company_id = ${scope.company_id} and d.doc_id = v.doc_id where v.company_id = ${scope.company_id} and v.doc_id = ${doc_id} and ${versionsSeenBy(scope)} order by v.version_no desc limit ${VERSIONS_MAX}`.execute(scope.db)
  return rows
}
function canOf(scope: Scope, d: Doc, versions: readonly VersionRow[], asked: boolean): RuleDetail['can'] {
  const open = versions.find((v) => v.state === 'draft' || v.state === 'asked')
  const current = versions.find((v) => v.state === 'in_force')
  const given = (no: string | null): true | string => (!reaches(scope, d.community_id) ? 'office.not_yours' : (no ?? true))
  const draft = open?.state === 'draft' ? null : open ? 'office.approval_open' : 'office.no_draft'
  return {
    revise: given(d.ended_on ? 'office.wrong_state' : open ? 'office.draft_open' : asked ? 'office.approval_open' : null), edit: given(draft), submit: given(draft ?? (asked ? 'office.approval_open' : null)), drop: given(draft),
    end: given(d.ended_on ? 'office.wrong_state' : asked ? 'office.approval_open' : open || versions.some((v) => v.state === 'coming') ? 'office.draft_open' : current ? null : 'office.no_current'), link: given(d.ended_on ? 'office.wrong_state' : null), remind: given(current ? null : 'office.no_current'),
  }
}
const rule = answer(office.rule, async (scope, { doc_id }): Promise<RuleDetail> => {
  const c = scope.company_id
  const d = await docToRead(scope, doc_id)
  const { rows } = await sql<Pick<RuleDetail, 'class_name' | 'community_name' | 'made_by_name' | 'made_at' | 'ended_reason' | 'ended_by_name'>>`select k.name as class_name, ${PLACE} as community_name, d.made_by_name, d.made_at, d.ended_reason, d.ended_by_name from office.rule_doc d join office.rule_class k on k.company_id = ${c} and k.class_id = d.class_id left join property.community m on m.company_id = ${c} and m.community_id = d.community_id where d.company_id = ${c} and d.doc_id = ${doc_id}`.execute(scope.db)
  const versions = await versionsOf(scope, doc_id)
  const approval_id = await approvalOpen(scope, doc_id)
  const open = versions.find((v) => v.state === 'draft' || v.state === 'asked')
  return { ...d, ...rows[0]!, approval_id, versions, current_id: versions.find((v) => v.state === 'in_force')?.version_id ?? null, open_id: open?.version_id ?? null, links: await linkNames(scope, doc_id), can: canOf(scope, d, versions, approval_id !== null) }
})
/** What the target names; `t` has kind and target_id. */
const NAME = (c: number) => sql`case t.kind when 'all' then '全体员工' when 'post' then (select p.name from staff.post p where p.company_id = ${c} and p.post_id = t.target_id) when 'department' then (select x.name from staff.department_version x where x.company_id = ${c} and x.department_id = t.target_id order by x.from_on desc, x.made_at desc limit 1)
  when 'community' then (select m.name from property.community m where m.company_id = ${c} and m.community_id = t.target_id) else (select r.name from identity.role r where r.company_id = ${c} and r.role_id = t.target_id) end`
/** Over `d` and `v`: the door to one version is the caller's to say. */
export async function findVersion(scope: Scope, version_id: string, cond: RawBuilder<SqlBool>): Promise<VersionText | undefined> {
  const c = scope.company_id
  const tree = await departmentTree(scope)
  const { rows } = await sql<VersionText>`with people as materialized (select * from ${PEOPLE(scope)} x)
    select ${VERSION}, ${STATE(scope)} as state, d.doc_id, d.no, k.name as class_name, ${PLACE} as community_name, v.body, v.must_confirm, v.kept_counts is not null as kept, ${NUMBERS},
      coalesce((select jsonb_agg(jsonb_build_object('kind', t.kind, 'target_id', t.target_id, 'name', coalesce(${NAME(c)}, '')) order by t.kind, t.target_id) from office.rule_target t where t.company_id = ${c} and t.version_id = v.version_id), '[]'::jsonb) as targets,
      coalesce((select jsonb_agg(jsonb_build_object('file_id', f.file_id, 'name', f.name) order by f.sort_no) from office.rule_file f where f.company_id = ${c} and f.version_id = v.version_id), '[]'::jsonb) as files
    from office.rule_version v join office.rule_doc d on d.company_id = ${c} and d.doc_id = v.doc_id join office.rule_class k on k.company_id = ${c} and k.class_id = d.class_id left join property.community m on m.company_id = ${c} and m.community_id = d.community_id join ${COUNTS(scope, tree)} n on true
    where v.company_id = ${c} and v.version_id = ${version_id} and ${cond}`.execute(scope.db)
  return rows[0]
}
export const versionInRegister = (scope: Scope, version_id: string): Promise<VersionText | undefined> => findVersion(scope, version_id, sql<SqlBool>`${docsSeenBy(scope)} and ${versionsSeenBy(scope)}`)
export async function versionToRead(scope: Scope, version_id: string): Promise<VersionText> {
  const v = await versionInRegister(scope, version_id)
  if (!v) throw scope.notFound()
  return v
}
const compare = answer(office.compare, async (scope, { older_id, newer_id }) => {
  const [one, other] = [await versionToRead(scope, older_id), await versionToRead(scope, newer_id)]
  if (one.doc_id !== other.doc_id) throw scope.refuse('office.not_one_doc')
  const lines = compareText(one.body, other.body)
  return { older: one, newer: other, lines, changed_count: lines.filter((l) => l.sign !== ' ').length }
})
export const listAnswers = [rules, excel, rule, answer(office.version, (scope, { version_id }) => versionToRead(scope, version_id)), compare]
