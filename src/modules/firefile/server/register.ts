// What no other register holds: the profile by day, key parts, papers and trainings.
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { firefile, type Paper, type Part } from '../contract.ts'
import { placeOf } from './access.ts'

const PARTS_MAX = 300
const PAPERS_MAX = 1000
export interface ProfileRow {
  responsible: string
  manager: string
  phone: string
  use_words: string
  organisation: string
  note: string | null
  from_on: string
  made_by_name: string
  made_at: string
}
export async function profileOf(scope: Scope, community_id: string): Promise<ProfileRow | null> {
  const { rows } = await sql<ProfileRow>`select responsible, manager, phone, use_words, organisation, note, from_on, made_by_name, made_at from firefile.profile where company_id = ${scope.company_id} and community_id = ${community_id} and from_on <= ${scope.today}::date order by from_on desc, made_at desc limit 1`.execute(scope.db)
  return rows[0] ?? null
}
export async function partsOf(scope: Scope, community_id: string): Promise<Part[]> {
  const { rows } = await sql<Part>`select part_id, name, place, reason, keeper, measures, retired_at is not null as retired from firefile.key_part where company_id = ${scope.company_id} and community_id = ${community_id} order by retired_at is not null, name limit ${PARTS_MAX}`.execute(scope.db)
  return rows
}
export async function papersOf(scope: Scope, community_id: string): Promise<Paper[]> {
  const { rows } = await sql<Paper>`select paper_id, kind, title, no, issuer, on_day, people_count, due_on, done_on, done_words, words, file_id is not null as has_file, coalesce(due_on < ${scope.today}::date and done_on is null and ended_at is null, false) as late, end_reason as ended, made_by_name from firefile.paper where company_id = ${scope.company_id} and community_id = ${community_id} order by on_day desc, paper_id desc limit ${PAPERS_MAX}`.execute(scope.db)
  return rows
}
async function paperToChange(scope: Scope, paper_id: string): Promise<{ title: string; on_day: string }> {
  const { rows } = await sql<{ community_id: string; title: string; on_day: string; over: boolean }>`select community_id, title, on_day, done_on is not null or ended_at is not null as over from firefile.paper where company_id = ${scope.company_id} and paper_id = ${paper_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  await placeOf(scope, rows[0].community_id)
  if (rows[0].over) throw scope.refuse('firefile.paper_over')
  return rows[0]
}
export const registerAnswers = (app: () => App) => [
  answer(firefile.saveProfile, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    await placeOf(scope, o.community_id)
    const profile_id = uuidv7()
    await scope.db.insertInto('firefile.profile').values({ company_id: scope.company_id, profile_id, ...o, made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('fire_profile', o.community_id, { from_on: o.from_on, responsible: o.responsible, manager: o.manager })
    return { profile_id }
  }),
  answer(firefile.savePart, async (scope, o) => {
    const c = scope.company_id
    await placeOf(scope, o.community_id)
    const part_id = o.part_id ?? uuidv7()
    const values = { name: o.name, place: o.place, reason: o.reason, keeper: o.keeper, measures: o.measures, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id!, changed_at: scope.now }
    const { rows: same } = await sql`select from firefile.key_part where company_id = ${c} and community_id = ${o.community_id} and name = ${o.name} and part_id <> ${part_id}`.execute(scope.db)
    if (same.length > 0) throw scope.refuse('firefile.name_taken', { name: o.name })
    const done = o.part_id
      ? await scope.db.updateTable('firefile.key_part').set(values).where('company_id', '=', c).where('part_id', '=', part_id).where('community_id', '=', o.community_id).returning('part_id').executeTakeFirst()
      : await scope.db.insertInto('firefile.key_part').values({ company_id: c, part_id, community_id: o.community_id, ...values }).onConflict((x) => x.columns(['company_id', 'community_id', 'name']).doNothing()).returning('part_id').executeTakeFirst()
    if (!done) throw o.part_id ? scope.notFound() : scope.refuse('firefile.name_taken', { name: o.name })
    scope.note('key_part', part_id, { name: o.name, keeper: o.keeper, retired: o.retired })
    return { part_id }
  }),
  answer(firefile.addPaper, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    const c = scope.company_id
    await placeOf(scope, o.community_id)
    if (o.on_day > scope.today) throw scope.refuse('firefile.day_future', { today: scope.today })
    if (o.kind === 'training' && o.people_count === null) throw scope.refuse('firefile.people_needed')
    if (o.due_on && o.due_on < o.on_day) throw scope.refuse('firefile.due_before')
    if (o.file_id) {
      const { rows } = await sql`select from kernel.file where company_id = ${c} and file_id = ${o.file_id} and purpose = 'proof' and type in ('application/pdf','image/png','image/jpeg') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
      if (rows.length === 0) throw scope.refuse('firefile.no_file')
    }
    const paper_id = uuidv7()
    await scope.db.insertInto('firefile.paper').values({ company_id: c, paper_id, ...o, people_count: o.kind === 'training' ? o.people_count : null, made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('fire_paper', paper_id, { kind: o.kind, title: o.title, on_day: o.on_day })
    return { paper_id }
  }),
  answer(firefile.donePaper, async (scope, o) => {
    const p = await paperToChange(scope, o.paper_id)
    if (o.done_on > scope.today) throw scope.refuse('firefile.day_future', { today: scope.today })
    await scope.db.updateTable('firefile.paper').set({ done_on: o.done_on, done_words: o.done_words }).where('company_id', '=', scope.company_id).where('paper_id', '=', o.paper_id).execute()
    scope.note('fire_paper', o.paper_id, { title: p.title, done_on: o.done_on, done_words: o.done_words })
    return { paper_id: o.paper_id }
  }),
  answer(firefile.endPaper, async (scope, o) => {
    const p = await paperToChange(scope, o.paper_id)
    await scope.db.updateTable('firefile.paper').set({ ended_at: scope.now, ended_by_name: scope.who.name, end_reason: o.reason }).where('company_id', '=', scope.company_id).where('paper_id', '=', o.paper_id).execute()
    scope.note('fire_paper', o.paper_id, { title: p.title, ended: o.reason })
    return { paper_id: o.paper_id }
  }),
  answerFile(firefile.paperFile, async (scope, { paper_id }) => {
    const { rows } = await sql<{ community_id: string; title: string; sha256: string; type: string }>`select p.community_id, p.title, f.sha256, f.type from firefile.paper p join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = p.file_id where p.company_id = ${scope.company_id} and p.paper_id = ${paper_id}`.execute(scope.db)
    const f = rows[0]
    if (!f) throw scope.notFound()
    await placeOf(scope, f.community_id)
    if (!(await hasFile(app().data_dir, f.sha256))) throw scope.notFound()
    return { name: `${f.title}.${f.type === 'application/pdf' ? 'pdf' : f.type === 'image/png' ? 'png' : 'jpg'}`, type: f.type, body: openFile(app().data_dir, f.sha256), inline: true }
  }),
]
