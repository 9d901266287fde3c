// What concerns whoever asks, at the desk and on the phone: what must be read, and what the work uses. Reading is written when the page is opened; the confirmation is given by hand.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { office, type MyRule } from '../contract.ts'
import { DONE, DUE, FIRST, PEOPLE, STATE, departmentTree, mustReadV, staffOnly, type Tree } from './access.ts'
import { policyNow } from './config.ts'
import { EXCERPT, PLACE, matches } from './list.ts'
import { forWork } from './links.ts'

const LIVE = sql<SqlBool>`v.state = 'agreed'`
/** Each document with its version that stands now or comes, and whether it is a duty. */
const MINE = (scope: Scope, tree: Tree, me: string, read_days: number) => sql`select d.doc_id, v.version_id, d.no, v.title, v.body, k.name as class_name, ${PLACE} as community_name, v.version_no, v.shown_state as state, v.from_on, v.must_confirm, w.required, r.read_at, r.confirmed_at, case when w.required then ${DUE(read_days)} end as due_on, w.required and not coalesce(${DONE}, false) as waiting
  from office.rule_doc d join office.rule_class k on k.company_id = ${scope.company_id} and k.class_id = d.class_id left join property.community m on m.company_id = ${scope.company_id} and m.community_id = d.community_id join ${FIRST(scope, LIVE)} v on v.shown_state in ('in_force', 'coming') join ${PEOPLE(scope, me)} x on true
    cross join lateral (select ${mustReadV(scope, tree)} as required) w left join office.rule_reading r on r.company_id = ${scope.company_id} and r.version_id = v.version_id and r.account_id = x.account_id
  where d.company_id = ${scope.company_id} and (w.required or ${forWork(scope)})`
interface Row extends Omit<MyRule, 'late'> { waiting: boolean }
const shown = (scope: Scope, { waiting, ...r }: Row): MyRule => ({ ...r, late: waiting && r.due_on !== null && r.due_on < scope.today })
const COLUMNS = sql.raw('z.doc_id, z.version_id, z.no, z.title, z.class_name, z.community_name, z.version_no, z.state, z.from_on, z.must_confirm, z.required, z.read_at, z.confirmed_at, z.due_on, z.waiting')
const myRules = answer(office.myRules, async (scope, f) => {
  const me = staffOnly(scope)
  const mine = MINE(scope, await departmentTree(scope), me, (await policyNow(scope)).read_days)
  const p: RawBuilder<unknown>[] = [sql`true`]
  if (f.unread) p.push(sql`z.waiting`)
  // `matches` speaks of d and v: here both are the row.
  if (f.q) p.push(sql`exists (select from (select z.no) d cross join (select z.title, z.body) v where ${matches(f.q)})`)
  const where = sql.join(p, sql` and `)
  const { rows } = await sql<Row>`with mine as materialized (${mine}) select ${COLUMNS}, ${EXCERPT(f.q, sql`z.body`)} as excerpt from mine z where ${where} order by z.waiting desc, z.due_on nulls last, z.class_name, z.no limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db)
  const { rows: n } = await sql<{ total: number; unread_count: number }>`with mine as materialized (${mine}) select count(*) filter (where ${where})::int as total, count(*) filter (where z.waiting)::int as unread_count from mine z`.execute(scope.db)
  return { rows: rows.map((r) => shown(scope, r)), ...n[0]! }
})
const canConfirm = (r: Row): true | string => (!r.required || !r.must_confirm ? 'office.not_to_confirm' : r.confirmed_at ? 'office.confirmed' : true)
const myRule = answer(office.myRule, async (scope, { doc_id }) => {
  const me = staffOnly(scope)
  const c = scope.company_id
  const mine = MINE(scope, await departmentTree(scope), me, (await policyNow(scope)).read_days)
  const { rows } = await sql<Row & { body: string; change_note: string; agreed_by_name: string | null; previous_id: string | null; files: { file_id: string; name: string }[] }>`select ${COLUMNS}, null as excerpt, z.body, y.change_note, y.agreed_by_name, (select x.version_id from office.rule_version x where x.company_id = ${c} and x.doc_id = z.doc_id and x.state = 'agreed' and x.version_no < z.version_no order by x.version_no desc limit 1) as previous_id,
      coalesce((select jsonb_agg(jsonb_build_object('file_id', f.file_id, 'name', f.name) order by f.sort_no) from office.rule_file f where f.company_id = ${c} and f.version_id = z.version_id), '[]'::jsonb) as files
    from (${mine} and d.doc_id = ${doc_id}) z join office.rule_version y on y.company_id = ${c} and y.version_id = z.version_id`.execute(scope.db)
  const r = rows[0]
  if (!r) throw scope.notFound()
  const { body, change_note, agreed_by_name, previous_id, files, ...row } = r
  return { ...shown(scope, row), body, change_note, agreed_by_name, previous_id, files, can: { confirm: canConfirm(r) } }
})
/** The door to a version by its own id: what `myRule` would give. */
export async function versionOfMine(scope: Scope, version_id: string): Promise<{ required: boolean; must_confirm: boolean; doc_id: string; title: string } | undefined> {
  const me = staffOnly(scope)
  const mine = MINE(scope, await departmentTree(scope), me, (await policyNow(scope)).read_days)
  const { rows } = await sql<{ required: boolean; must_confirm: boolean; doc_id: string; title: string }>`select z.required, z.must_confirm, z.doc_id, z.title from (${mine}) z where z.version_id = ${version_id}`.execute(scope.db)
  return rows[0]
}
/** For the work bench: how many whoever asks still has to read. Counts what he was told of, by one index. */
export const rulesWaiting = (scope: Scope): RawBuilder<unknown> => sql`select count(*) from office.rule_reading r join office.rule_version v on v.company_id = ${scope.company_id} and v.version_id = r.version_id join office.rule_doc d on d.company_id = ${scope.company_id} and d.doc_id = v.doc_id
  where r.company_id = ${scope.company_id} and r.account_id = ${scope.who.account_id}::uuid and not ${DONE} and ${STATE(scope)} in ('in_force', 'coming')`
const seeRule = answer(office.seeRule, async (scope, { version_id, confirm }) => {
  const me = staffOnly(scope)
  const v = await versionOfMine(scope, version_id)
  if (!v) {
    // It was replaced while the page stood open; one that he never could open is not there.
    const { rows } = await sql`select from office.rule_version v join office.rule_doc d on d.company_id = ${scope.company_id} and d.doc_id = v.doc_id join office.rule_reading r on r.company_id = ${scope.company_id} and r.version_id = v.version_id and r.account_id = ${me}::uuid where v.company_id = ${scope.company_id} and v.version_id = ${version_id} and ${STATE(scope)} in ('replaced', 'withdrawn')`.execute(scope.db)
    if (rows.length === 0) throw scope.notFound()
    throw scope.refuse('office.not_to_confirm')
  }
  if (confirm === true && !(v.required && v.must_confirm)) throw scope.refuse('office.not_to_confirm')
  if (!v.required) return { version_id }
  const at = confirm === true ? scope.now : null
  await sql`insert into office.rule_reading (company_id, version_id, account_id, read_at, confirmed_at) values (${scope.company_id}, ${version_id}, ${me}, ${scope.now}, ${at}) on conflict (company_id, version_id, account_id) do update set read_at = coalesce(rule_reading.read_at, excluded.read_at), confirmed_at = coalesce(rule_reading.confirmed_at, excluded.confirmed_at)`.execute(scope.db)
  scope.note('rule_reading', version_id, { title: v.title, confirmed: confirm === true })
  return { version_id }
})
export const mineAnswers = [myRules, myRule, seeRule]
