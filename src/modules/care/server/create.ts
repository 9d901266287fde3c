// A new complaint: what, where, whose; its limits computed once; its number drawn in the last statement of the transaction.
import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { houseOfResident, housesOfResident, personToRead } from '../../people/server/index.ts'
import { communityToChange, houseToRead } from '../../property/server/index.ts'
import { staffAt } from '../../orders/server/index.ts'
import { care } from '../contract.ts'
import { followHash, type Complaint } from './access.ts'
import { pauseFor } from './act.ts'
import { kindFor, limitsFrom, policyNow, type KindConfig } from './config.ts'
import { writeOutside, type OutsideIn } from './outside.ts'
import { membersOf, noted, notify } from './tell.ts'
import { photosToAttach } from './photos.ts'

const HOUR_MS = 3_600_000
/** More of one resident in an hour are a fault of the phone or mischief. */
const PER_HOUR_MAX = 10
/** Unnamed ones cannot be counted by who sent them, so they are by where they come from: a community of 3,000 people brings a few a week. */
const UNNAMED_PER_HOUR_MAX = 30

interface What {
  source: Complaint['source']
  unnamed: boolean
  community_id: string
  building_id: string | null
  house_id: string | null
  place: string | null
  words: string
  reporter_name: string | null
  reporter_phone: string | null
  person_id: string | null
  query_token?: string
  photo_ids: readonly string[] | undefined
}
const hourAgo = (scope: Scope): string => new Date(Date.parse(scope.now) - HOUR_MS).toISOString()

export async function bring(scope: Scope, k: KindConfig, w: What, outside?: OutsideIn): Promise<{ complaint_id: string; no: string }> {
  const c = scope.company_id
  const due = limitsFrom(scope.now, k)
  const complaint_id = uuidv7()
  const photos = await photosToAttach(scope, w.photo_ids)
  const year = scope.today.slice(0, 4)
  const by_app = w.source === 'app'
  const account_id = scope.unnamed ? null : scope.who.account_id
  const state = k.department_id ? 'assigned' : 'new'
  // One statement: the row of the series is locked from here to COMMIT and no longer.
  const { rows } = await sql<{ no: string }>`with drawn as (
      insert into care.series (company_id, series, last_no) values (${c}, ${`TS-${year}`}, 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no),
    made as (insert into care.complaint (company_id, complaint_id, no, kind_id, source, unnamed, community_id, building_id, house_id, place, words, reporter_name, reporter_phone, person_id, follow_hash, created_by, created_at, state, department_id, accept_due_at, answer_due_at)
      select ${c}, ${complaint_id}, ${`TS${year}-`}::text || lpad(last_no::text, 6, '0'), ${k.kind_id}, ${w.source}, ${w.unnamed}, ${w.community_id}, ${w.building_id}::uuid, ${w.house_id}::uuid, ${w.place}, ${w.words}, ${w.reporter_name}, ${w.reporter_phone}, ${w.person_id}::uuid, ${w.query_token ? followHash(w.query_token) : null}, ${account_id}::uuid, ${scope.now}, ${state}, ${k.department_id}::uuid, ${due.accept_due_at}, ${due.answer_due_at} from drawn returning no),
    noted as (insert into care.step (company_id, complaint_id, step_no, action, from_state, to_state, by_kind, by_account, by_name, at) values (${c}, ${complaint_id}, 1, 'report', null, ${state}, ${by_app ? 'resident' : 'staff'}, ${account_id}::uuid, ${by_app ? (w.unnamed ? '匿名业户' : (w.reporter_name ?? '业户')) : scope.who.name}, ${scope.now})),
    seen as (insert into care.photo (company_id, complaint_id, file_id, step_no) select ${c}, ${complaint_id}, x, 1 from unnest(${photos}::uuid[]) x)
    select no from made`.execute(scope.db)
  const no = rows[0]!.no
  const o = { complaint_id, no, kind: k.name, pauses: k.pauses, house_id: w.house_id }
  scope.note('complaint', complaint_id, { no, kind: k.name, source: w.source })
  if (outside) await writeOutside(scope, complaint_id, outside)
  await pauseFor(scope, o)
  const to = k.department_id ? await membersOf(scope, k.department_id) : await staffAt(scope, 'care.complaint.manage', { community_id: w.community_id, building_id: w.building_id })
  await notify(scope, to.filter((a) => a !== account_id).map((a) => noted(o, a, k.nature === 'complaint' ? '新投诉' : k.nature === 'praise' ? '收到表扬' : '新建议', w.words, due.answer_due_at)))
  return { complaint_id, no }
}

const createComplaint = answer(care.createComplaint, async (scope, o) => {
  const [k, house] = [await kindFor(scope, o.kind_id), o.house_id ? await houseToRead(scope, o.house_id) : await communityToChange(scope, o.community_id).then(() => null)]
  if (o.unnamed && (o.house_id || o.person_id || o.reporter_name || o.reporter_phone)) throw scope.refuse('care.unnamed_person')
  const transferred = o.source === 'city_hotline' || o.source === 'street'
  if (transferred && !o.outside) throw scope.refuse('care.outside_needed')
  const person = o.person_id ? await personToRead(scope, o.person_id) : null
  return bring(scope, k, {
    source: o.source, unnamed: o.unnamed, community_id: house?.community_id ?? o.community_id, building_id: house?.building_id ?? null, house_id: house?.house_id ?? null, place: [house?.label, o.place].filter(Boolean).join(' ') || null, words: o.words,
    reporter_name: o.reporter_name ?? person?.name ?? null, reporter_phone: o.reporter_phone ?? person?.phone ?? null, person_id: o.person_id ?? null, photo_ids: o.photo_ids,
  }, o.outside)
})

const complain = answer(care.complain, async (scope, o) => {
  const [k, own] = [await kindFor(scope, o.kind_id), await houseOfResident(scope, o.house_id)]
  const { rows } = await sql<{ community_id: string; building_id: string; label: string; name: string; recent: number }>`select h.community_id, h.building_id, h.label, p.name,
      (select count(*)::int from care.complaint x where x.company_id = ${scope.company_id} and x.reporter_phone = ${scope.who.phone} and x.created_at > ${hourAgo(scope)}) as recent
    from property.house h join people.person p on p.company_id = ${scope.company_id} and p.person_id = ${own.person_id} where h.company_id = ${scope.company_id} and h.house_id = ${o.house_id}`.execute(scope.db)
  const h = rows[0]!
  if (h.recent >= PER_HOUR_MAX) throw scope.refuse('care.too_often', { count: h.recent })
  const place = [o.about_house ? h.label : '', o.place].filter(Boolean).join(' ') || null
  return bring(scope, k, { source: 'app', unnamed: false, community_id: h.community_id, building_id: o.about_house ? h.building_id : null, house_id: o.about_house ? o.house_id : null, place, words: o.words, reporter_name: h.name, reporter_phone: scope.who.phone, person_id: own.person_id, photo_ids: o.photo_ids })
})

/** Without what is easily mistaken: 0 O 1 I. 31^12 codes: nobody finds one by trying. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
export const newToken = (): string => Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]!).join('')
const complainUnnamed = answer(care.complainUnnamed, async (scope, o) => {
  const [k, policy] = [await kindFor(scope, o.kind_id), await policyNow(scope)]
  if (!policy.unnamed_open) throw scope.refuse('care.unnamed_closed')
  // Only who lives there may; which of them is asked here and written nowhere.
  const own = (await housesOfResident(scope)).map((h) => h.house_id)
  const { rows } = await sql<{ recent: number; lives: boolean }>`select exists (select from property.house h where h.company_id = ${scope.company_id} and h.community_id = ${o.community_id} and h.house_id = any(${own}::uuid[])) as lives, (select count(*)::int from care.complaint x where x.company_id = ${scope.company_id} and x.community_id = ${o.community_id} and x.unnamed and x.source = 'app' and x.created_at > ${hourAgo(scope)}) as recent`.execute(scope.db)
  if (!rows[0]!.lives) throw scope.notFound()
  if (rows[0]!.recent >= UNNAMED_PER_HOUR_MAX) throw scope.refuse('care.unnamed_busy')
  const query_token = newToken()
  const { no } = await bring(scope, k, { source: 'app', unnamed: true, community_id: o.community_id, building_id: null, house_id: null, place: o.place || null, words: o.words, reporter_name: null, reporter_phone: null, person_id: null, query_token, photo_ids: o.photo_ids })
  return { no, query_token }
})
export const createAnswers = [createComplaint, complain, complainUnnamed]
