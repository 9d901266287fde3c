// The face as one way among others (人脸识别技术应用安全管理办法 2025; 人脸司法解释 2021 第十条): off until a community's dated rule says otherwise, with an impact assessment;
// own consent of each, the guardian's under fourteen; a card or a code must be there first; the picture is kept sealed and goes to controllers only; withdrawal, expiry, moving
// out and a rule that ends delete it here at once and on every controller, proved by reading back.
import { createHash } from 'node:crypto'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import { activeOn, houseOfResident, housesOfResident, personToRead, ties } from '../../people/server/index.ts'
import { communitiesSeenBy, communityToChange, houseToRead } from '../../property/server/index.ts'
import { doors, type FaceRow, type FaceRuleRow } from '../contract.ts'
import { placesSeenBy } from './access.ts'
import { holderIfAny, holderOf } from './holders.ts'
import { refreshLists } from './lists.ts'
import { livesIn } from './rights.ts'

interface Rule {
  rule_id: string
  enabled: boolean
  purpose: string
  consent_text: string
  text_no: number
  months: number
}
const FOURTEEN = 14
/** The rule in force of community `alias` today. */
const ruleNow = (scope: Scope, community: RawBuilder<unknown>) => sql`(select r.* from doors.face_rule r where r.company_id = ${scope.company_id} and r.community_id = ${community} and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc, r.rule_id desc limit 1)`
async function ruleOf(scope: Scope, community_id: string): Promise<Rule | null> {
  const { rows } = await sql<Rule>`select r.rule_id, r.enabled, r.purpose, r.consent_text, r.text_no, r.months from ${ruleNow(scope, sql`${community_id}::uuid`)} r where r.enabled`.execute(scope.db)
  return rows[0] ?? null
}
const otherWay = sql<boolean>`(h.code_at is not null or exists (select from doors.card k where k.company_id = h.company_id and k.holder_id = h.holder_id and k.state = 'live'))`
async function hasOtherWay(scope: Scope, holder_id: string | null): Promise<boolean> {
  if (!holder_id) return false
  const { rows } = await sql<{ ok: boolean }>`select ${otherWay} as ok from doors.holder h where h.company_id = ${scope.company_id} and h.holder_id = ${holder_id}`.execute(scope.db)
  return rows[0]?.ok ?? false
}
/** Years of who has an identity card in the register; null where nobody knows. */
function ageOf(scope: Scope, p: { id_kind: string | null; id_number_sealed: string | null }): number | null {
  if (p.id_kind !== 'id_card' || p.id_number_sealed === null) return null
  const born = /^\d{6}(\d{4})(\d{2})(\d{2})/.exec(openText(p.id_number_sealed))
  if (!born) return null
  const [year, day] = [Number.parseInt(scope.today.slice(0, 4), 10) - Number.parseInt(born[1]!, 10), `${born[2]}-${born[3]}`]
  return scope.today.slice(5) < day ? year - 1 : year
}
function jpegOf(scope: Scope, base64: string): { sealed: string; sha: string } {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw scope.refuse('doors.bad_photo')
  return { sealed: sealText(base64), sha: createHash('sha256').update(bytes).digest('hex') }
}

interface Give {
  person_id: string
  name: string
  community_id: string
  house_id: string
  way: 'app' | 'paper'
  under_14: boolean
  guardian: { person_id: string; name: string; relation: string } | null
  paper_file_id: string | null
  photo: string
}
async function keepFace(scope: Scope, rule: Rule, o: Give): Promise<{ face_id: string; to_on: string }> {
  const c = scope.company_id
  const holder_id = await holderOf(scope, { person_id: o.person_id })
  if (!(await hasOtherWay(scope, holder_id))) throw scope.refuse('doors.no_other_way', { name: o.name })
  const live = await sql`select from doors.face where company_id = ${c} and holder_id = ${holder_id} and state = 'live' for update`.execute(scope.db)
  if (live.rows.length > 0) throw scope.refuse('doors.face_taken', { name: o.name })
  const { sealed, sha } = jpegOf(scope, o.photo)
  const face_id = uuidv7()
  const { rows } = await sql<{ to_on: string }>`insert into doors.face (company_id, face_id, face_no, community_id, holder_id, house_id, way, rule_id, under_14, guardian_person_id, guardian_name, guardian_relation, paper_file_id, photo_sealed, photo_sha, from_on, to_on, state, consented_by, consented_at)
    values (${c}, ${face_id}, nextval('doors.face_seq'), ${o.community_id}, ${holder_id}, ${o.house_id}, ${o.way}, ${rule.rule_id}, ${o.under_14}, ${o.guardian?.person_id ?? null}, ${o.guardian?.name ?? null}, ${o.guardian?.relation ?? null}, ${o.paper_file_id}, ${sealed}, ${sha}, ${scope.today}, (${scope.today}::date + make_interval(months => ${rule.months}))::date, 'live', ${o.guardian?.name ?? o.name}, ${scope.now}) returning to_on`.execute(scope.db)
  const to_on = rows[0]!.to_on
  scope.note('door_face', face_id, { name: o.name, way: o.way, text_no: rule.text_no, to_on, ...(o.guardian ? { guardian: o.guardian.name } : {}) })
  await refreshLists(scope, { holder_ids: [holder_id] })
  return { face_id, to_on }
}
/** The picture goes at once; the controllers are told, what tightens first. Gives on how many it is not yet gone. */
export async function closeFaces(scope: Scope, ids: readonly string[], state: 'withdrawn' | 'expired' | 'closed', reason: string): Promise<void> {
  if (ids.length === 0) return
  const { rows } = await sql<{ holder_id: string; face_id: string }>`update doors.face set state = ${state}, photo_sealed = null, photo_sha = null, ended_at = ${scope.now}, ended_by = ${scope.who.name}, ended_reason = ${reason} where company_id = ${scope.company_id} and face_id = any(${[...ids]}::uuid[]) and state = 'live' returning holder_id, face_id`.execute(scope.db)
  for (const r of rows) scope.note('door_face', r.face_id, { [state]: reason })
  await refreshLists(scope, { holder_ids: rows.map((r) => r.holder_id) })
}
async function leftOf(scope: Scope, face_id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from doors.face_gone g join doors.controller k on k.company_id = g.company_id and k.controller_id = g.controller_id and k.retired_at is null where g.company_id = ${scope.company_id} and g.face_id = ${face_id} and g.verified_at is null`.execute(scope.db)
  return rows[0]!.n
}
const AT_ONCE = 500
/** Each minute: whose time is over, who lives here no more, where the community uses it no more. */
export async function expireFaces(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ face_id: string; why: 'expired' | 'left' | 'off' }>`select * from (select f.face_id, case when f.to_on <= ${scope.today}::date then 'expired' when not coalesce((select r.enabled from ${ruleNow(scope, sql`f.community_id`)} r), false) then 'off'
      when not exists (select from doors.holder h join ${ties(scope)} x on x.person_id = h.person_id join property.house ph on ph.company_id = ${c} and ph.house_id = x.house_id and ph.community_id = f.community_id where h.company_id = ${c} and h.holder_id = f.holder_id and ${activeOn('x', scope.today)}) then 'left' end as why
    from doors.face f where f.company_id = ${c} and f.state = 'live') z where why is not null limit ${AT_ONCE}`.execute(scope.db)
  const of = (why: string): string[] => rows.filter((r) => r.why === why).map((r) => r.face_id)
  await closeFaces(scope, of('expired'), 'expired', '同意已到期')
  await closeFaces(scope, of('left'), 'closed', '已搬离本小区')
  await closeFaces(scope, of('off'), 'closed', '小区停用人脸开门')
}

const spots = (scope: Scope) => sql`(select count(*)::int from doors.list_row l where l.company_id = ${scope.company_id} and l.face_id = f.face_id and not l.gone)`
/** Where it is not yet as it should be: not written on a controller, or not proved gone from one. */
const left = (scope: Scope) => sql`(select array_agg(k.name order by k.name) from doors.controller k where k.company_id = ${scope.company_id} and k.retired_at is null and case when f.state = 'live' then exists (select from doors.list_row l where l.company_id = ${scope.company_id} and l.controller_id = k.controller_id and l.face_id = f.face_id and l.acked_version is distinct from l.version) else exists (select from doors.face_gone g where g.company_id = ${scope.company_id} and g.face_id = f.face_id and g.controller_id = k.controller_id and g.verified_at is null) end)`
async function faceRows(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<FaceRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<FaceRow, 'can' | 'left_count' | 'left_names'> & { left_names: string[] | null }>`with page as materialized (select f.* from doors.face f where ${where} order by f.consented_at desc, f.face_id limit ${limit} offset ${offset})
    select f.face_id, m.name as community_name, coalesce(p.name, '') as holder_name, ph.label as house_label, f.way, r.text_no, f.under_14, case when f.guardian_name is not null then f.guardian_name || coalesce('(' || f.guardian_relation || ')', '') end as guardian, f.state, f.from_on, f.to_on, f.consented_by, f.consented_at, f.ended_at, f.ended_by, f.ended_reason, f.paper_file_id is not null as has_paper, f.state = 'live' and not ${otherWay} as only_face, ${spots(scope)} as spot_count, ${left(scope)} as left_names
    from page f join property.community m on m.company_id = ${c} and m.community_id = f.community_id join doors.holder h on h.company_id = ${c} and h.holder_id = f.holder_id left join people.person p on p.company_id = ${c} and p.person_id = h.person_id join property.house ph on ph.company_id = ${c} and ph.house_id = f.house_id join doors.face_rule r on r.company_id = ${c} and r.rule_id = f.rule_id order by f.consented_at desc, f.face_id`.execute(scope.db)
  return rows.map((r) => ({ ...r, left_names: r.left_names ?? [], left_count: r.left_names?.length ?? 0, can: { end: r.state === 'live' ? (true as const) : 'doors.face_over' } }))
}
const faces = answer(doors.faces, async (scope, f) => {
  const c = scope.company_id
  const base: RawBuilder<unknown>[] = [sql`f.company_id = ${c}`, placesSeenBy(scope, 'f')]
  if (f.community_id) base.push(sql`f.community_id = ${f.community_id}`)
  const p = [...base]
  if (f.state) p.push(sql`f.state = ${f.state}`)
  if (f.left) p.push(sql`${left(scope)} is not null`)
  if (f.q) p.push(sql`(exists (select from doors.holder h join people.person n on n.company_id = ${c} and n.person_id = h.person_id where h.company_id = ${c} and h.holder_id = f.holder_id and position(${f.q} in n.name) > 0) or exists (select from property.house h where h.company_id = ${c} and h.house_id = f.house_id and h.label = ${f.q}))`)
  const where = sql<SqlBool>`${sql.join(p, sql` and `)}`
  const rows = await faceRows(scope, where, f.page_size, (f.page - 1) * f.page_size)
  const { rows: n } = await sql<{ total: number; live_count: number }>`select (select count(*)::int from doors.face f where ${where}) as total, (select count(*)::int from doors.face f where ${sql.join(base, sql` and `)} and f.state = 'live') as live_count`.execute(scope.db)
  return { rows, total: n[0]!.total, live_count: n[0]!.live_count }
})

const faceRules = answer(doors.faceRules, async (scope, f) => {
  const c = scope.company_id
  const { rows } = await sql<FaceRuleRow>`select m.community_id, m.name as community_name, coalesce(r.enabled, false) as enabled, r.from_on, r.text_no, r.purpose, r.consent_text, r.months, r.assessed_on, r.assessor, r.basis, n.from_on as next_from_on, n.enabled as next_enabled, (select count(*)::int from doors.face x where x.company_id = ${c} and x.community_id = m.community_id and x.state = 'live') as face_count
    from property.community m left join lateral ${ruleNow(scope, sql`m.community_id`)} r on true left join lateral (select y.from_on, y.enabled from doors.face_rule y where y.company_id = ${c} and y.community_id = m.community_id and y.from_on > ${scope.today}::date order by y.from_on limit 1) n on true
    where m.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'm' })} and ${f.community_id ? sql`m.community_id = ${f.community_id}` : sql`true`} and exists (select from doors.door d where d.company_id = ${c} and d.community_id = m.community_id and d.retired_at is null) order by m.name limit 200`.execute(scope.db)
  const { rows: n } = await sql<{ n: number }>`select count(*)::int as n from doors.face where company_id = ${c} and state = 'live'`.execute(scope.db)
  return { rows, total_faces: n[0]!.n }
})
const saveFaceRule = answer(doors.saveFaceRule, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
  const c = scope.company_id
  await communityToChange(scope, o.community_id)
  if (o.from_on < scope.today) throw scope.refuse('doors.from_past', { today: scope.today })
  if (o.enabled && (o.assessed_on === null || !o.assessor || o.assessed_on > scope.today)) throw scope.refuse('doors.face_not_assessed')
  const { rows } = await sql<{ consent_text: string; purpose: string; text_no: number }>`select r.consent_text, r.purpose, r.text_no from doors.face_rule r where r.company_id = ${c} and r.community_id = ${o.community_id} order by r.created_at desc, r.rule_id desc limit 1`.execute(scope.db)
  const last = rows[0]
  const text_no = !last ? 1 : last.consent_text === o.consent_text && last.purpose === o.purpose ? last.text_no : last.text_no + 1
  await scope.db.insertInto('doors.face_rule').values({ company_id: c, rule_id: uuidv7(), ...o, assessor: o.assessor || null, text_no, created_by: scope.who.account_id, created_name: scope.who.name, created_at: scope.now }).execute()
  scope.note('face_rule', o.community_id, { enabled: o.enabled, from_on: o.from_on, text_no, assessed_on: o.assessed_on })
  await expireFaces(scope)
  return { text_no }
})

const registerFace = answer(doors.registerFace, async (scope, o) => {
  const c = scope.company_id
  const house = await houseToRead(scope, o.house_id)
  const community = await communityToChange(scope, house.community_id)
  const rule = await ruleOf(scope, house.community_id)
  if (!rule) throw scope.refuse('doors.face_off', { community: community.name })
  const p = await personToRead(scope, o.person_id)
  if (!(await livesIn(scope, o.person_id, house.community_id))) throw scope.refuse('doors.person_elsewhere', { name: p.name, community: community.name })
  const age = ageOf(scope, p)
  if (age !== null && age < FOURTEEN && !o.under_14) throw scope.refuse('doors.guardian_needed', { name: p.name })
  if (age !== null && age >= FOURTEEN && o.under_14) throw scope.refuse('doors.not_minor', { name: p.name, age })
  let guardian: Give['guardian'] = null
  if (o.under_14) {
    if (!o.guardian_person_id || !o.guardian_relation) throw scope.refuse('doors.guardian_needed', { name: p.name })
    if (o.guardian_person_id === o.person_id) throw scope.refuse('doors.guardian_self')
    const g = await personToRead(scope, o.guardian_person_id)
    guardian = { person_id: o.guardian_person_id, name: g.name, relation: o.guardian_relation }
  }
  const paper = await sql`select from kernel.file where company_id = ${c} and file_id = ${o.paper_file_id} and purpose in ('proof','photo') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (paper.rows.length === 0) throw scope.refuse('doors.no_paper')
  return keepFace(scope, rule, { person_id: o.person_id, name: p.name, community_id: house.community_id, house_id: o.house_id, way: 'paper', under_14: o.under_14, guardian, paper_file_id: o.paper_file_id, photo: o.photo })
})
const endFace = answer(doors.endFace, async (scope, o) => {
  const { rows } = await sql<{ state: string }>`select f.state from doors.face f where f.company_id = ${scope.company_id} and f.face_id = ${o.face_id} and ${placesSeenBy(scope, 'f')} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].state !== 'live') throw scope.refuse('doors.face_over')
  await closeFaces(scope, [o.face_id], 'withdrawn', o.reason)
  return { face_id: o.face_id, left_count: await leftOf(scope, o.face_id) }
})
const facePaper = (app: () => App) => answerFile(doors.facePaper, async (scope, o) => {
  const { rows } = await sql<{ sha256: string; type: string; name: string }>`select k.sha256, k.type, k.name from doors.face f join kernel.file k on k.company_id = ${scope.company_id} and k.file_id = f.paper_file_id where f.company_id = ${scope.company_id} and f.face_id = ${o.face_id} and ${placesSeenBy(scope, 'f')}`.execute(scope.db)
  const file = rows[0]
  if (!file || !(await hasFile(app().data_dir, file.sha256))) throw scope.notFound()
  return { name: file.name, type: file.type, body: openFile(app().data_dir, file.sha256), inline: true }
})

/** Those of a house who may be children: its household but the one who asks. Who is fourteen by his card is none. */
async function childrenOf(scope: Scope, house_id: string, self_id: string): Promise<{ person_id: string; name: string }[]> {
  const { rows } = await sql<{ person_id: string; name: string; id_kind: string | null; id_number_sealed: string | null }>`select distinct p.person_id, p.name, p.id_kind, p.id_number_sealed from people.household x join people.person p on p.company_id = ${scope.company_id} and p.person_id = x.person_id where x.company_id = ${scope.company_id} and x.house_id = ${house_id} and ${activeOn('x', scope.today)} and x.person_id <> ${self_id} order by p.name limit 20`.execute(scope.db)
  return rows.filter((p) => (ageOf(scope, p) ?? 0) < FOURTEEN).map(({ person_id, name }) => ({ person_id, name }))
}
const communityOf = async (scope: Scope, house_id: string): Promise<{ community_id: string; name: string }> => (await sql<{ community_id: string; name: string }>`select h.community_id, m.name from property.house h join property.community m on m.company_id = ${scope.company_id} and m.community_id = h.community_id where h.company_id = ${scope.company_id} and h.house_id = ${house_id}`.execute(scope.db)).rows[0]!
const mineSql = (persons: readonly string[]) => sql<SqlBool>`(f.guardian_person_id = any(${[...persons]}::uuid[]) or f.holder_id in (select h.holder_id from doors.holder h where h.company_id = f.company_id and h.person_id = any(${[...persons]}::uuid[])))`
const MINE_MAX = 20
const myFace = answer(doors.myFace, async (scope, { house_id }) => {
  const own = await houseOfResident(scope, house_id)
  const place = await communityOf(scope, house_id)
  const rule = await ruleOf(scope, place.community_id)
  const holder_id = await holderIfAny(scope, { person_id: own.person_id })
  const rows = await faceRows(scope, sql<SqlBool>`f.company_id = ${scope.company_id} and f.community_id = ${place.community_id} and ${mineSql([own.person_id])}`, MINE_MAX)
  const { rows: holders } = await sql<{ face_id: string }>`select f.face_id from doors.face f where f.company_id = ${scope.company_id} and f.holder_id = ${holder_id}`.execute(scope.db)
  const self = new Set(holders.map((h) => h.face_id))
  return {
    rule: rule ? { purpose: rule.purpose, consent_text: rule.consent_text, text_no: rule.text_no, months: rule.months } : null, other_way: await hasOtherWay(scope, holder_id), children: rule ? await childrenOf(scope, house_id, own.person_id) : [],
    rows: rows.map((r) => ({ face_id: r.face_id, holder_name: r.holder_name, under_14: r.under_14, state: r.state, to_on: r.to_on, consented_at: r.consented_at, ended_at: r.ended_at, ended_reason: r.ended_reason, spot_count: r.spot_count, left_count: r.left_count, only_face: r.only_face, mine: self.has(r.face_id) })),
  }
})
const giveFace = answer(doors.giveFace, async (scope, o) => {
  const own = await houseOfResident(scope, o.house_id)
  const place = await communityOf(scope, o.house_id)
  const rule = await ruleOf(scope, place.community_id)
  if (!rule) throw scope.refuse('doors.face_off', { community: place.name })
  if (rule.text_no !== o.text_no) throw scope.refuse('doors.text_changed')
  const { rows } = await sql<{ person_id: string; name: string; id_kind: string | null; id_number_sealed: string | null }>`select person_id, name, id_kind, id_number_sealed from people.person where company_id = ${scope.company_id} and person_id = any(${[own.person_id, ...(o.child_id ? [o.child_id] : [])]}::uuid[])`.execute(scope.db)
  const self = rows.find((p) => p.person_id === own.person_id)!
  const age = ageOf(scope, self)
  if (age !== null && age < FOURTEEN) throw scope.refuse('doors.guardian_needed', { name: self.name })
  const common = { community_id: place.community_id, house_id: o.house_id, way: 'app' as const, paper_file_id: null, photo: o.photo }
  if (!o.child_id) return keepFace(scope, rule, { ...common, person_id: own.person_id, name: self.name, under_14: false, guardian: null })
  const child = (await childrenOf(scope, o.house_id, own.person_id)).find((x) => x.person_id === o.child_id)
  if (!child) throw scope.notFound()
  if (!o.relation) throw scope.refuse('doors.guardian_needed', { name: child.name })
  return keepFace(scope, rule, { ...common, person_id: child.person_id, name: child.name, under_14: true, guardian: { person_id: own.person_id, name: self.name, relation: o.relation } })
})
const withdrawFace = answer(doors.withdrawFace, async (scope, { face_id }) => {
  const persons = [...new Set((await housesOfResident(scope)).map((h) => h.person_id))]
  const { rows } = await sql<{ state: string }>`select f.state from doors.face f where f.company_id = ${scope.company_id} and f.face_id = ${face_id} and ${mineSql(persons)} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].state !== 'live') throw scope.refuse('doors.face_over')
  await closeFaces(scope, [face_id], 'withdrawn', '本人撤回同意')
  return { left_count: await leftOf(scope, face_id) }
})
/** The picture for a controller that should have it, and for nobody else. */
export async function photoFor(scope: Scope, controller_id: string, face_id: string): Promise<Buffer | null> {
  const { rows } = await sql<{ photo_sealed: string }>`select f.photo_sealed from doors.list_row l join doors.face f on f.company_id = ${scope.company_id} and f.face_id = l.face_id and f.state = 'live' where l.company_id = ${scope.company_id} and l.controller_id = ${controller_id} and l.face_id = ${face_id} and not l.gone`.execute(scope.db)
  return rows[0] ? Buffer.from(openText(rows[0].photo_sealed), 'base64') : null
}
export const faceAnswers = (app: () => App) => [faces, faceRules, saveFaceRule, registerFace, endFace, facePaper(app), myFace, giveFace, withdrawFace]
