// The draft of a rule: a new document, or the next version of one; what was approved is never changed.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeDeviceCategories } from '../../equipment/server/index.ts'
import { writeOrderCategories } from '../../orders/server/index.ts'
import { writeRoundKinds } from '../../rounds/server/index.ts'
import { ALL_ID, office, type Audience, type Target } from '../contract.ts'
import { said } from '../shown.ts'
import { PEOPLE, departmentTree, docToChange, mustRead, reaches, type Doc } from './access.ts'
import { fromToday } from './config.ts'
import { approvalOpen, lastOf, openOf, type Agreed } from './versions.ts'

const rowsOf = (list: readonly Target[]) => sql`(select * from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as j(kind text, target_id uuid)) t`
/** All of it is one row, whatever id came with it. */
const tidy = (list: readonly Target[]): Target[] => [...new Map(list.map((t) => (t.kind === 'all' ? { kind: t.kind, target_id: ALL_ID } : t)).map((t) => [`${t.kind} ${t.target_id}`, t])).values()]
async function checkTargets(scope: Scope, targets: readonly Target[]): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${rowsOf(targets)} where not (case t.kind when 'all' then true when 'post' then exists (select from staff.post p where p.company_id = ${c} and p.post_id = t.target_id and p.retired_at is null)
      when 'department' then exists (select from staff.department p where p.company_id = ${c} and p.department_id = t.target_id and p.retired_at is null) when 'community' then exists (select from property.community p where p.company_id = ${c} and p.community_id = t.target_id and p.disabled_at is null)
      else exists (select from identity.role p where p.company_id = ${c} and p.role_id = t.target_id) end)`.execute(scope.db)
  if (rows[0]!.n > 0) throw scope.refuse('office.target_unknown', { count: rows[0]!.n })
}
export async function countReaders(scope: Scope, a: Audience): Promise<number> {
  const tree = await departmentTree(scope)
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${PEOPLE(scope)} x where ${mustRead(scope, tree, rowsOf(tidy(a.targets)), sql`${a.community_id}::uuid`)}`.execute(scope.db)
  return rows[0]!.n
}
async function filesToKeep(scope: Scope, doc_id: string, ids: readonly string[]): Promise<{ file_id: string; name: string }[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ file_id: string; name: string }>`select f.file_id, f.name from kernel.file f where f.company_id = ${scope.company_id} and f.file_id = any(${[...ids]}::uuid[]) and ((f.purpose = 'proof' and f.created_by = ${scope.who.account_id}::uuid)
    or exists (select from office.rule_file k join office.rule_version v on v.company_id = ${scope.company_id} and v.version_id = k.version_id where k.company_id = ${scope.company_id} and k.file_id = f.file_id and v.doc_id = ${doc_id}))`.execute(scope.db)
  const found = new Map(rows.map((r) => [r.file_id, r.name]))
  if (ids.some((id) => !found.has(id))) throw scope.refuse('office.no_file')
  return [...new Set(ids)].map((file_id) => ({ file_id, name: found.get(file_id)! }))
}
async function drawNo(scope: Scope): Promise<string> {
  const { rows } = await sql<{ last_no: number }>`insert into office.series (company_id, series, last_no) values (${scope.company_id}, 'ZD', 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no`.execute(scope.db)
  return `ZD-${String(rows[0]!.last_no).padStart(4, '0')}`
}
/** Two living rules of one name at one place would both be "the" rule. */
async function checkTitle(scope: Scope, doc_id: string, title: string, community_id: string | null): Promise<void> {
  const { rows } = await sql<{ no: string; title: string }>`select d.no, v.title from office.rule_doc d join lateral (select x.title from office.rule_version x where x.company_id = ${scope.company_id} and x.doc_id = d.doc_id order by x.version_no desc limit 1) v on true where d.company_id = ${scope.company_id} and d.doc_id <> ${doc_id} and d.ended_on is null and d.community_id is not distinct from ${community_id}::uuid and v.title = ${title} limit 1`.execute(scope.db)
  if (rows[0]) throw scope.refuse('office.title_taken', rows[0] as unknown as Record<string, unknown>)
}
export const mustNotWait = async (scope: Scope, doc_id: string, title: string): Promise<void> => {
  if (await approvalOpen(scope, doc_id)) throw scope.refuse('office.approval_open', { title })
}
/** What is worked on now; whoever holds the document calls. */
async function placeOfDraft(scope: Scope, d: Doc): Promise<{ version_id: string; version_no: number; last: Agreed | undefined }> {
  const open = await openOf(scope, d.doc_id)
  const last = await lastOf(scope, d.doc_id)
  const title = open?.title ?? last?.title ?? d.no
  if (d.ended_on) throw scope.refuse('office.wrong_state', { title, state: said('rule', 'withdrawn') })
  if (open?.state === 'asked') throw scope.refuse('office.approval_open', { title })
  await mustNotWait(scope, d.doc_id, title)
  return { version_id: open?.version_id ?? uuidv7(), version_no: open?.version_no ?? (last?.version_no ?? 0) + 1, last }
}
/** The lists that other modules write at their first use are there from the first rule on, so that it can be linked. */
async function writeWork(scope: Scope): Promise<void> {
  await writeOrderCategories(scope)
  await writeRoundKinds(scope)
  await writeDeviceCategories(scope)
}
const saveDraft = answer(office.saveDraft, async (scope, o) => {
  const c = scope.company_id
  const old = o.doc_id ? await docToChange(scope, o.doc_id) : undefined
  if (!old && !reaches(scope, o.community_id)) throw scope.notFound()
  if (old && old.community_id !== o.community_id) throw scope.refuse('office.place_fixed')
  fromToday(scope, o.from_on)
  const { rows: kinds } = await sql`select from office.rule_class where company_id = ${c} and class_id = ${o.class_id} and (retired_at is null or class_id = ${old?.class_id ?? null}::uuid)`.execute(scope.db)
  if (kinds.length === 0) throw scope.refuse('office.class_gone')
  const targets = tidy(o.targets)
  await checkTargets(scope, targets)
  const at = old ? await placeOfDraft(scope, old) : { version_id: uuidv7(), version_no: 1, last: undefined }
  if (at.last && o.from_on < at.last.from_on) throw scope.refuse('office.from_before', { day: at.last.from_on })
  const doc_id = old?.doc_id ?? uuidv7()
  await checkTitle(scope, doc_id, o.title, o.community_id)
  const files = await filesToKeep(scope, doc_id, o.file_ids)
  if (!old) await writeWork(scope)
  if (old) await scope.db.updateTable('office.rule_doc').set({ class_id: o.class_id }).where('company_id', '=', c).where('doc_id', '=', doc_id).execute()
  else await scope.db.insertInto('office.rule_doc').values({ company_id: c, doc_id, no: await drawNo(scope), class_id: o.class_id, community_id: o.community_id, made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }).execute()
  const set = { title: o.title, body: o.body, change_note: o.change_note, from_on: o.from_on, must_confirm: o.must_confirm, made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }
  await scope.db.insertInto('office.rule_version').values({ company_id: c, version_id: at.version_id, doc_id, version_no: at.version_no, state: 'draft', ...set }).onConflict((x) => x.columns(['company_id', 'version_id']).doUpdateSet(set)).execute()
  await sql`delete from office.rule_target where company_id = ${c} and version_id = ${at.version_id}`.execute(scope.db)
  await sql`insert into office.rule_target (company_id, version_id, kind, target_id) select ${c}::bigint, ${at.version_id}::uuid, t.kind, t.target_id from ${rowsOf(targets)}`.execute(scope.db)
  await sql`delete from office.rule_file where company_id = ${c} and version_id = ${at.version_id}`.execute(scope.db)
  if (files.length > 0) await scope.db.insertInto('office.rule_file').values(files.map((f, i) => ({ company_id: c, version_id: at.version_id, sort_no: i, ...f }))).execute()
  scope.note('rule_doc', doc_id, { title: o.title, version_no: at.version_no, state: 'draft', from_on: o.from_on, targets: targets.length })
  return { doc_id, version_id: at.version_id }
})
const dropDraft = answer(office.dropDraft, async (scope, { doc_id }) => {
  const c = scope.company_id
  const d = await docToChange(scope, doc_id)
  const open = await openOf(scope, doc_id)
  if (!open) throw scope.refuse('office.wrong_state', { title: d.no, state: '没有草稿' })
  if (open.state === 'asked') throw scope.refuse('office.approval_open', { title: open.title })
  await sql`delete from office.rule_version where company_id = ${c} and version_id = ${open.version_id}`.execute(scope.db)
  const left = await lastOf(scope, doc_id)
  if (!left) {
    await sql`delete from office.rule_link where company_id = ${c} and doc_id = ${doc_id}`.execute(scope.db)
    await sql`delete from office.rule_doc where company_id = ${c} and doc_id = ${doc_id}`.execute(scope.db)
  }
  scope.note('rule_doc', doc_id, { title: open.title, version_no: open.version_no, dropped: true })
  return { doc_id }
})
export const draftAnswers = [
  answer(office.audience, async (scope, o) => {
    await checkTargets(scope, o.targets)
    return { person_count: await countReaders(scope, o) }
  }),
  saveDraft, dropDraft,
]
