// Applications: made on the phone or at the desk, decided step by step, a permit that the gate uses once. Arrears are shown and change nothing.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify, type Notice } from '../../messages/server/index.ts'
import { dueAt, staffAt, workingHours } from '../../orders/server/index.ts'
import { houseOfResident, personToRead } from '../../people/server/index.ts'
import { houseToRead, housesSeenBy } from '../../property/server/index.ts'
import { care, type FormField, type FormStep } from '../contract.ts'
import { canApplication, judgeApplication, type ApplicationAction, type ApplicationActor, type ApplicationFacts, type ApplicationState } from '../service_machine.ts'
import { words } from '../words.ts'
import { reaches } from './access.ts'
import { newToken } from './create.ts'
import { photosToAttach } from './photos.ts'
import { checkAnswers } from './rules/form.ts'
import { versionFor, type VersionRow } from './services.ts'
import { hourText, membersOf } from './tell.ts'

export interface Application {
  application_id: string
  no: string
  service: string
  community_id: string
  building_id: string
  house_id: string
  label: string
  applicant_name: string
  applicant_phone: string | null
  answers: Record<string, string>
  file_ids: string[]
  fields: FormField[]
  steps: FormStep[]
  permit: boolean
  permit_hours: number
  show_arrears: boolean
  state: ApplicationState
  step_index: number
  department_id: string | null
  due_at: string | null
  permit_code: string | null
  permit_until: string | null
  ended_at: string | null
  decided_at: string | null
  step_no: number
  created_at: string
  /** Of the department whose turn it is, or it is nobody's in particular. */
  turn: boolean
}
const HOUR_MS = 3_600_000
const PER_HOUR_MAX = 10
export const applicationsSeenBy = (scope: Scope, permission?: string): RawBuilder<SqlBool> => housesSeenBy(scope, { alias: 'o', ...(permission ? { permission } : {}) })
export const ownApplications = (scope: Scope): RawBuilder<SqlBool> => (scope.who.kind === 'resident' && scope.who.phone ? sql<SqlBool>`o.applicant_phone = ${scope.who.phone}` : sql<SqlBool>`false`)
export const TURN = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(o.department_id is null or exists (select from care.department dp where dp.company_id = ${scope.company_id} and dp.department_id = o.department_id and (cardinality(dp.account_ids) = 0 or dp.retired_at is not null or ${scope.who.account_id}::uuid = any(dp.account_ids))))`

/** The only door to one application. */
export async function oneApplication(scope: Scope, which: RawBuilder<SqlBool>, lock: boolean): Promise<Application> {
  const c = scope.company_id
  const { rows } = await sql<Application>`select o.application_id, o.no, s.name as service, o.community_id, o.building_id, o.house_id, h.label, o.applicant_name, o.applicant_phone, o.answers, o.file_ids, v.fields, v.steps, v.permit, v.permit_hours, v.show_arrears, o.state, o.step_index, o.department_id, o.due_at, o.permit_code, o.permit_until, o.ended_at, o.decided_at, o.step_no, o.created_at, ${TURN(scope)} as turn
    from care.application o join care.service s on s.company_id = ${c} and s.service_id = o.service_id join care.service_version v on v.company_id = ${c} and v.version_id = o.version_id join property.house h on h.company_id = ${c} and h.house_id = o.house_id
    where o.company_id = ${c} and ${which} ${lock ? sql`for update of o` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export const byApplication = (scope: Scope, application_id: string, permission?: string): RawBuilder<SqlBool> => sql<SqlBool>`o.application_id = ${application_id} and ${scope.who.kind === 'resident' ? ownApplications(scope) : applicationsSeenBy(scope, permission)}`

export const factsOfApplication = (scope: Scope, o: Application): ApplicationFacts => ({ state: o.state, more_steps: o.step_index + 1 < o.steps.length, permit: o.permit, over: o.permit_until !== null && o.permit_until < scope.now })
export function applicationActors(scope: Scope, o: Application): ApplicationActor[] {
  if (scope.who.kind === 'system') return ['system']
  if (scope.who.kind === 'resident') return ['applicant']
  const out: ApplicationActor[] = []
  if (reaches(scope, 'care.application.decide', o) && o.turn) out.push('decider')
  if (reaches(scope, 'care.application.create', o)) out.push('clerk')
  if (reaches(scope, 'care.gate.check', o)) out.push('gate')
  return out
}
export const canOfApplication = (scope: Scope, o: Application) => canApplication(factsOfApplication(scope, o), applicationActors(scope, o))

async function step(scope: Scope, o: Application, action: ApplicationAction, note: string | undefined): Promise<{ application_id: string; state: ApplicationState }> {
  const v = judgeApplication(factsOfApplication(scope, o), action, applicationActors(scope, o))
  if (!v.ok) {
    if (v.code === 'kernel.forbidden') throw scope.notFound()
    throw scope.refuse(v.code, { no: o.no, state: words.states!['application']![o.state]!, at: o.ended_at ? hourText(o.ended_at) : '', until: o.permit_until ? hourText(o.permit_until) : '' })
  }
  const now = sql`${scope.now}::timestamptz`
  const set: RawBuilder<unknown>[] = [sql`state = ${v.to}`, sql`step_no = ${o.step_no + 1}`]
  if (action === 'approve' && v.to === 'deciding') set.push(sql`step_index = ${o.step_index + 1}`, ...(await turnOf(scope, o.steps[o.step_index + 1]!)))
  if (v.to === 'approved') set.push(sql`decided_at = ${now}`, sql`department_id = null`, sql`due_at = null`, ...(o.permit ? [sql`permit_code = ${newToken()}`, sql`permit_until = ${new Date(Date.parse(scope.now) + o.permit_hours * HOUR_MS).toISOString()}::timestamptz`] : []))
  if (v.to === 'rejected') set.push(sql`decided_at = ${now}`, sql`due_at = null`)
  if (v.to !== 'deciding' && v.to !== 'approved') set.push(sql`ended_at = ${now}`)
  const kind = scope.who.kind === 'resident' ? 'resident' : scope.who.kind === 'system' ? 'system' : 'staff'
  await sql`with moved as (update care.application set ${sql.join(set)} where company_id = ${scope.company_id} and application_id = ${o.application_id} and step_no = ${o.step_no})
    insert into care.application_step (company_id, application_id, step_no, action, to_state, step_name, by_kind, by_account, by_name, note, at)
    values (${scope.company_id}, ${o.application_id}, ${o.step_no + 1}, ${action}, ${v.to}, ${action === 'approve' || action === 'reject' ? o.steps[o.step_index]!.name : null}, ${kind}, ${scope.who.account_id}::uuid, ${kind === 'resident' ? o.applicant_name : scope.who.name}, ${note || null}, ${scope.now})`.execute(scope.db)
  scope.note('application', o.application_id, { no: o.no, action, to: v.to })
  await tell(scope, o, v.to, action, note)
  return { application_id: o.application_id, state: v.to }
}
const turnOf = async (scope: Scope, s: FormStep): Promise<RawBuilder<unknown>[]> => [sql`department_id = ${s.department_id}::uuid`, sql`due_at = ${await dueOf(scope, s)}::timestamptz`]
const dueOf = async (scope: Scope, s: FormStep): Promise<string> => dueAt(scope.now, { n: s.days, unit: 'day' }, 'working', await workingHours(scope, scope.today))

const progress = (o: Application, what: string): Notice[] => (o.applicant_phone && /^1\d{10}$/.test(o.applicant_phone) ? [{ to: { phone: o.applicant_phone }, template: 'care_application', params: { no: o.no, service: o.service, place: o.label, what }, link: `/apply/${o.application_id}`, house_id: o.house_id }] : [])
async function deciders(scope: Scope, o: Pick<Application, 'community_id' | 'building_id'>, department_id: string | null): Promise<string[]> {
  const members = await membersOf(scope, department_id)
  return members.length ? members : staffAt(scope, 'care.application.decide', o)
}
const asked = (o: Pick<Application, 'application_id' | 'no' | 'service' | 'label'>, account_id: string, what: string): Notice => ({ to: { account_id }, template: 'care_application', params: { no: o.no, service: o.service, place: o.label, what }, link: `/care/applications/${o.application_id}` })
async function tell(scope: Scope, o: Application, to: ApplicationState, action: ApplicationAction, note: string | undefined): Promise<void> {
  if (to === 'deciding') return void (await notify(scope, (await deciders(scope, o, o.steps[o.step_index + 1]!.department_id)).filter((a) => a !== scope.who.account_id).map((a) => asked(o, a, `待${o.steps[o.step_index + 1]!.name}`))))
  if (action === 'cancel' && scope.who.kind === 'resident') return
  const said = { approved: o.permit ? '已批准,放行凭条在手机上' : '已批准,请到前台办理', rejected: `未批准:${note ?? ''}`, cancelled: `已取消:${note ?? ''}`, used: '已放行', done: '已办结', expired: '凭条已过期,需要时请重新申请' }[to]
  await notify(scope, progress(o, said))
}

interface Who {
  house_id: string
  community_id: string
  building_id: string
  label: string
  person_id: string | null
  applicant_name: string
  applicant_phone: string | null
  source: 'app' | 'desk'
}
async function make(scope: Scope, v: VersionRow, w: Who, answers: readonly { key: string; value: string }[], photo_ids: readonly string[] | undefined): Promise<{ application_id: string; no: string }> {
  const photos = await photosToAttach(scope, photo_ids)
  const checked = checkAnswers(v.fields, answers, photos.length)
  if ('wrong' in checked) throw scope.refuse('care.field', checked.wrong)
  const c = scope.company_id
  const application_id = uuidv7()
  const year = scope.today.slice(0, 4)
  const first = v.steps[0]!
  const { rows } = await sql<{ no: string }>`with drawn as (insert into care.series (company_id, series, last_no) values (${c}, ${`FW-${year}`}, 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no),
    made as (insert into care.application (company_id, application_id, no, service_id, version_id, community_id, building_id, house_id, person_id, applicant_name, applicant_phone, source, answers, file_ids, state, department_id, due_at, created_by, created_at)
      select ${c}, ${application_id}, ${`FW${year}-`}::text || lpad(last_no::text, 6, '0'), ${v.service_id}, ${v.version_id}, ${w.community_id}, ${w.building_id}, ${w.house_id}, ${w.person_id}::uuid, ${w.applicant_name}, ${w.applicant_phone}, ${w.source}, ${JSON.stringify(checked.filled)}::jsonb, ${photos}::uuid[], 'deciding', ${first.department_id}::uuid, ${await dueOf(scope, first)}, ${scope.who.account_id}::uuid, ${scope.now} from drawn returning no),
    noted as (insert into care.application_step (company_id, application_id, step_no, action, to_state, by_kind, by_account, by_name, at) values (${c}, ${application_id}, 1, 'apply', 'deciding', ${w.source === 'app' ? 'resident' : 'staff'}, ${scope.who.account_id}::uuid, ${w.source === 'app' ? w.applicant_name : scope.who.name}, ${scope.now}))
    select no from made`.execute(scope.db)
  const no = rows[0]!.no
  scope.note('application', application_id, { no, service: v.name })
  await notify(scope, (await deciders(scope, w, first.department_id)).filter((a) => a !== scope.who.account_id).map((a) => asked({ application_id, no, service: v.name, label: w.label }, a, `待${first.name}`)))
  return { application_id, no }
}

export const applicationAnswers = [
  answer(care.createApplication, async (scope, o) => {
    const [v, h] = [await versionFor(scope, o.service_id, o.version_id), await houseToRead(scope, o.house_id)]
    const person = o.person_id ? await personToRead(scope, o.person_id) : null
    return make(scope, v, { house_id: h.house_id, community_id: h.community_id, building_id: h.building_id, label: h.label, person_id: o.person_id ?? null, applicant_name: o.applicant_name, applicant_phone: o.applicant_phone ?? person?.phone ?? null, source: 'desk' }, o.answers, o.photo_ids)
  }),
  answer(care.apply, async (scope, o) => {
    const [v, own] = [await versionFor(scope, o.service_id, o.version_id), await houseOfResident(scope, o.house_id)]
    const { rows } = await sql<{ community_id: string; building_id: string; label: string; name: string; recent: number }>`select h.community_id, h.building_id, h.label, p.name, (select count(*)::int from care.application x where x.company_id = ${scope.company_id} and x.applicant_phone = ${scope.who.phone} and x.created_at > ${new Date(Date.parse(scope.now) - HOUR_MS).toISOString()}) as recent
      from property.house h join people.person p on p.company_id = ${scope.company_id} and p.person_id = ${own.person_id} where h.company_id = ${scope.company_id} and h.house_id = ${o.house_id}`.execute(scope.db)
    const h = rows[0]!
    if (h.recent >= PER_HOUR_MAX) throw scope.refuse('care.too_often', { count: h.recent })
    return make(scope, v, { house_id: o.house_id, community_id: h.community_id, building_id: h.building_id, label: h.label, person_id: own.person_id, applicant_name: h.name, applicant_phone: scope.who.phone, source: 'app' }, o.answers, o.photo_ids)
  }),
  answer(care.approveApplication, async (scope, i) => step(scope, await oneApplication(scope, byApplication(scope, i.application_id), true), 'approve', i.note)),
  answer(care.rejectApplication, async (scope, i) => {
    // 民法典 944: arrears are claimed before a court, never by withholding what somebody needs to move, live or be safe.
    if (/欠费|欠款|未交费|没交费|未缴费|没缴费|拖欠|先缴清|缴清/.test(i.reason)) throw scope.refuse('care.arrears_reason')
    return step(scope, await oneApplication(scope, byApplication(scope, i.application_id), true), 'reject', i.reason)
  }),
  answer(care.cancelApplication, async (scope, i) => step(scope, await oneApplication(scope, byApplication(scope, i.application_id), true), 'cancel', i.reason)),
  answer(care.finishApplication, async (scope, i) => step(scope, await oneApplication(scope, byApplication(scope, i.application_id), true), 'finish', i.note)),
  answer(care.cancelMyApplication, async (scope, i) => step(scope, await oneApplication(scope, byApplication(scope, i.application_id), true), 'cancel', undefined)),
  // The row lock decides: of two gates one lets it out.
  answer(care.usePermit, async (scope, i) => step(scope, await oneApplication(scope, sql<SqlBool>`o.permit_code = ${i.permit_code} and ${applicationsSeenBy(scope)}`, true), 'use', i.note)),
]

const AT_ONCE = 200
/** Permits whose hours are over; steps that are late are told once to whoever decides. */
export async function applicationClock(scope: Scope): Promise<number> {
  const c = scope.company_id
  const { rows } = await sql<{ application_id: string }>`with old as (select application_id, step_no from care.application where company_id = ${c} and state = 'approved' and permit_until < ${scope.now}::timestamptz order by application_id limit ${AT_ONCE} for update skip locked),
    moved as (update care.application o set state = 'expired', ended_at = ${scope.now}, step_no = old.step_no + 1 from old where o.company_id = ${c} and o.application_id = old.application_id)
    insert into care.application_step (company_id, application_id, step_no, action, to_state, by_kind, by_account, by_name, note, at) select ${c}, old.application_id, old.step_no + 1, 'expire', 'expired', 'system', null, '系统', '凭条已过有效期', ${scope.now} from old returning application_id`.execute(scope.db)
  const late = await sql<Pick<Application, 'application_id' | 'no' | 'service' | 'label' | 'community_id' | 'building_id' | 'department_id'>>`with late as (update care.application set told_late_at = ${scope.now} where company_id = ${c} and application_id in (select application_id from care.application where company_id = ${c} and state = 'deciding' and due_at < ${scope.now}::timestamptz and (told_late_at is null or told_late_at < due_at) order by due_at limit ${AT_ONCE} for update skip locked) returning *)
    select o.application_id, o.no, s.name as service, h.label, o.community_id, o.building_id, o.department_id from late o join care.service s on s.company_id = ${c} and s.service_id = o.service_id join property.house h on h.company_id = ${c} and h.house_id = o.house_id`.execute(scope.db)
  const places = new Map(late.rows.map((r) => [`${r.department_id ?? ''} ${r.building_id}`, r]))
  const heads = new Map(await Promise.all([...places].map(async ([key, r]) => [key, await deciders(scope, r, r.department_id)] as const)))
  await notify(scope, late.rows.flatMap((r) => (heads.get(`${r.department_id ?? ''} ${r.building_id}`) ?? []).map((a) => asked(r, a, '审批已超时'))))
  return rows.length + late.rows.length
}
