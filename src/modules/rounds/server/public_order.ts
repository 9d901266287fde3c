// 秩序问题 without a round: reported at the desk or on a phone (which may have had no network), handed on to a repair order, told to whom the law gives it.
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { openFound, staffAt } from '../../orders/server/index.ts'
import { notify } from '../../messages/server/index.ts'
import { buildingToRead, communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { rounds } from '../contract.ts'
import { writeShipped as writeKinds, kindIdOf, policyNow } from './config.ts'
import { findingToRead, moveFinding } from './findings.ts'
import { photosToAttach } from './photos.ts'
import { subjectFor } from './subjects.ts'

const COMMUNITIES_MAX = 100
const BUILDINGS_MAX = 1000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

const findingPlaces = answer(rounds.findingPlaces, async (scope) => {
  const c = scope.company_id
  const { rows: communities } = await sql<{ community_id: string; name: string }>`select c.community_id, c.name from property.community c where c.company_id = ${c} and ${communitiesSeenBy(scope)} order by c.name, c.community_id limit ${COMMUNITIES_MAX}`.execute(scope.db)
  const { rows: buildings } = await sql<{ community_id: string; building_id: string; name: string }>`select b.community_id, b.building_id, b.name from property.building b where b.company_id = ${c} and b.community_id = any(${communities.map((x) => x.community_id)}::uuid[]) order by b.sort_no, b.name limit ${BUILDINGS_MAX}`.execute(scope.db)
  return { rows: communities.map((x) => ({ ...x, buildings: buildings.filter((b) => b.community_id === x.community_id).map(({ building_id, name }) => ({ building_id, name })) })) }
})

const reportFinding = answer(rounds.reportFinding, async (scope, i) => {
  const c = scope.company_id
  if (i.building_id) {
    const b = await buildingToRead(scope, i.building_id)
    if (b.community_id !== i.community_id) throw scope.refuse('rounds.building_elsewhere')
  } else await communityToChange(scope, i.community_id)
  const { accept_days } = await policyNow(scope)
  const found_at = i.found_at ? new Date(i.found_at).toISOString() : scope.now
  // A phone's clock may run a little ahead.
  if (Date.parse(found_at) > Date.parse(scope.now) + 5 * 60_000 || Date.parse(found_at) < Date.parse(scope.now) - accept_days * DAY_MS) throw scope.refuse('rounds.found_when', { days: accept_days })
  const at = found_at > scope.now ? scope.now : found_at
  if (i.way === 'fixed' && !i.done_words) throw scope.refuse('rounds.done_needed')
  if (i.way === 'order' && !i.category_id) throw scope.refuse('rounds.category_needed')
  const [subject, photos] = [await subjectFor(scope, i.subject_id), await photosToAttach(scope, i.photos)]
  await writeKinds(scope)
  const words = i.words || subject.name
  const order = i.way === 'order' ? await openFound(scope, { community_id: i.community_id, building_id: i.building_id ?? null, place: i.place, category_id: i.category_id!, words: `${subject.name}:${words}`, photo_ids: photos.map((p) => p.file_id) }) : null
  const finding_id = uuidv7()
  const closed = i.way === 'fixed'
  const due_at = new Date(Date.parse(at) + subject.rule.fix_hours * HOUR_MS).toISOString()
  const me = sql`${scope.who.account_id}::uuid`
  await sql`with made as (insert into rounds.finding (company_id, finding_id, on_day, task_id, record_id, community_id, building_id, kind_id, subject_id, source, department, place, words, way, order_id, state, due_at, found_by, found_at, mended_by, mended_at, mend_note, closed_by, closed_at)
      values (${c}, ${finding_id}, ${dayOf(at)}::date, null, null, ${i.community_id}, ${i.building_id ?? null}::uuid, ${kindIdOf(c, 'patrol')}, ${i.subject_id}, ${i.source}, ${subject.rule.department}, ${i.place}, ${words}, ${i.way}, ${order?.order_id ?? null}::uuid, ${closed ? 'closed' : 'open'}, ${due_at}, ${me}, ${at},
        ${closed ? me : sql`null`}, ${closed ? at : null}::timestamptz, ${closed ? i.done_words! : null}, ${closed ? me : sql`null`}, ${closed ? at : null}::timestamptz) returning finding_id)
    insert into rounds.finding_photo (company_id, finding_id, file_id, part, sha256, taken_by, taken_at) select ${c}, made.finding_id, x.file_id, x.part, x.sha256, ${me}, ${scope.now} from made, jsonb_to_recordset(${JSON.stringify(photos)}::jsonb) as x(file_id uuid, part text, sha256 text) on conflict do nothing`.execute(scope.db)
  scope.note('finding', finding_id, { subject: subject.name, place: i.place, way: i.way, ...(order ? { order: order.no } : {}) })
  if (!closed) {
    const heads = (await staffAt(scope, 'rounds.task.review', { community_id: i.community_id, building_id: i.building_id ?? null })).filter((a) => a !== scope.who.account_id)
    await notify(scope, heads.map((account_id) => ({ to: { account_id }, template: 'finding_new', params: { subject: subject.name, place: i.place, words: words.slice(0, 60), department: subject.rule.department, hours: String(subject.rule.fix_hours) }, link: `/rounds/findings?finding_id=${finding_id}` })))
  }
  return { finding_id, state: closed ? ('closed' as const) : ('open' as const), due_at, order_no: order?.no ?? null }
})

const handFinding = answer(rounds.handFinding, async (scope, o) => {
  // Locked and judged first: two who hand it on make one order.
  const { f } = await moveFinding(scope, o.finding_id, 'hand', {})
  const { rows } = await sql<{ words: string; file_ids: string[] }>`select f.words, array(select p.file_id from rounds.finding_photo p where p.company_id = ${scope.company_id} and p.finding_id = f.finding_id and p.part = 'before' union select p.file_id from rounds.photo p where p.company_id = ${scope.company_id} and p.record_id = f.record_id and p.part <> 'after') as file_ids from rounds.finding f where f.company_id = ${scope.company_id} and f.finding_id = ${o.finding_id}`.execute(scope.db)
  const made = await openFound(scope, { community_id: f.community_id, building_id: f.building_id, place: f.place, category_id: o.category_id, words: rows[0]!.words, photo_ids: rows[0]!.file_ids })
  await sql`update rounds.finding set way = 'order', order_id = ${made.order_id} where company_id = ${scope.company_id} and finding_id = ${o.finding_id}`.execute(scope.db)
  scope.note('finding', o.finding_id, { place: f.place, order: made.no })
  return { finding_id: o.finding_id, state: f.state, order_no: made.no }
})
const tellFinding = answer(rounds.tellFinding, async (scope, o) => {
  const { f: _f, ...done } = await moveFinding(scope, o.finding_id, 'tell', { told_to: sql`${o.told_to}`, told_no: sql`${o.told_no || null}::text`, told_at: sql`${scope.now}::timestamptz`, told_by: sql`${scope.who.account_id}::uuid` })
  return done
})
export const findingPhoto = (app: () => App) =>
  answerFile(rounds.findingPhoto, async (scope, o) => {
    const f = await findingToRead(scope, o.finding_id)
    const c = scope.company_id
    const { rows } = await sql<{ sha256: string; type: string }>`select k.sha256, k.type from kernel.file k where k.company_id = ${c} and k.file_id = ${o.file_id} and (exists (select from rounds.finding_photo p where p.company_id = ${c} and p.finding_id = ${o.finding_id} and p.file_id = k.file_id) or exists (select from rounds.photo p where p.company_id = ${c} and p.record_id = ${f.record_id}::uuid and p.file_id = k.file_id))`.execute(scope.db)
    const file = rows[0]
    if (!file || !(await hasFile(app().data_dir, file.sha256))) throw scope.notFound()
    return { name: `问题_${f.on_day}.${file.type === 'image/png' ? 'png' : 'jpg'}`, type: file.type, body: openFile(app().data_dir, file.sha256), inline: true }
  })
export const publicOrderAnswers = [findingPlaces, reportFinding, handFinding, tellFinding]
