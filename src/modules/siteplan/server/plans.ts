// Plans, their versions, and what a plan shows to whoever asks.
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { hasFile, openFile, pathOf } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { buildingToRead, communityToChange } from '../../property/server/index.ts'
import { PINS_MAX, siteplan, type Line, type Pin, type PlanRow, type SubjectKind, type Version } from '../contract.ts'
import { planToChange, planToRead, plansSeenBy, versionOn, versionToRead } from './access.ts'
import { askKind, kindsSeenBy, shownAs, toneOf } from './kinds.ts'
import { SIDE_HIGH, SIDE_LOW, sizeOfFile } from './picture.ts'

const PLANS_MAX = 500
const VERSIONS_MAX = 100
const BUILDINGS_MAX = 1000
const VERSION = (scope: Scope, current: string) => sql`v.version_id, v.version_no, v.from_on, v.width_px, v.height_px, v.note, v.made_by_name, v.made_at, case when v.version_id = ${sql.ref(current)} then 'now' when v.from_on > ${scope.today}::date then 'future' else 'past' end as state, (select count(*)::int from siteplan.pin i where i.company_id = ${scope.company_id} and i.version_id = v.version_id) as pin_count`
const mayWrite = (scope: Scope, community_id: string): true | string => {
  const r = scope.reach('siteplan.plan.write')
  return r.all || r.community_ids.includes(community_id) ? true : 'kernel.forbidden'
}
export async function planRows(scope: Scope, f: { community_id?: string | undefined; plan_id?: string; with_retired?: boolean | undefined }): Promise<PlanRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<PlanRow, 'version' | 'can'> & { version: Version | null }>`select p.plan_id, p.community_id, k.name as community_name, p.building_id, b.name as building_name, p.kind, p.name, p.sort_no, p.retired_at is not null as retired, (select to_jsonb(x) from (select ${VERSION(scope, 'v.version_id')} from siteplan.version v where v.company_id = ${c} and v.version_id = n.id) x) as version,
      (select min(f.from_on) from siteplan.version f where f.company_id = ${c} and f.plan_id = p.plan_id and f.from_on > ${scope.today}::date) as next_from_on
    from siteplan.plan p cross join lateral (select ${versionOn(scope)} as id) n join property.community k on k.company_id = ${c} and k.community_id = p.community_id left join property.building b on b.company_id = ${c} and b.building_id = p.building_id
    where p.company_id = ${c} and ${plansSeenBy(scope)} and ${f.plan_id ? sql`p.plan_id = ${f.plan_id}` : sql`true`} and ${f.community_id ? sql`p.community_id = ${f.community_id}` : sql`true`} and ${f.with_retired ? sql`true` : sql`p.retired_at is null`} order by k.name, p.sort_no, array_position(array['site','garage','floor','room'], p.kind), p.name limit ${PLANS_MAX}`.execute(scope.db)
  return rows.map((r) => ({ ...r, can: { write: mayWrite(scope, r.community_id) } }))
}
async function versionsOf(scope: Scope, plan_id: string): Promise<Version[]> {
  const { rows } = await sql<Version>`select ${VERSION(scope, 'n.id')} from siteplan.plan p cross join lateral (select ${versionOn(scope)} as id) n join siteplan.version v on v.company_id = ${scope.company_id} and v.plan_id = p.plan_id where p.company_id = ${scope.company_id} and p.plan_id = ${plan_id} order by v.from_on desc, v.version_no desc limit ${VERSIONS_MAX}`.execute(scope.db)
  return rows
}
interface Stored {
  pin_id: string
  kind: SubjectKind | 'mark'
  subject_id: string | null
  mark: Pin['mark']
  label: string | null
  x_permille: number
  y_permille: number
}
/** The pins of a version that whoever asks may see: each kind is asked of its own module, once. */
export async function pinsOf(scope: Scope, at: { version_id: string; community_id: string }): Promise<Pin[]> {
  const { rows } = await sql<Stored>`select i.pin_id, i.kind, i.subject_id, i.mark, i.label, i.x_permille, i.y_permille from siteplan.pin i where i.company_id = ${scope.company_id} and i.version_id = ${at.version_id} order by i.kind, i.pin_id limit ${PINS_MAX}`.execute(scope.db)
  const seen = new Map<string, Pick<Pin, 'no' | 'name' | 'place' | 'building_name' | 'state' | 'tone' | 'detail' | 'alarm' | 'shown'>>()
  for (const kind of kindsSeenBy(scope)) {
    const only = rows.flatMap((r) => (r.kind === kind && r.subject_id ? [r.subject_id] : []))
    if (only.length === 0) continue
    for (const { subject_id, fire, ...s } of (await askKind(scope, kind, { community_id: at.community_id, only, limit: PINS_MAX })).rows) seen.set(`${kind} ${subject_id}`, { ...s, tone: toneOf(s), shown: shownAs(kind, { fire: fire ?? false }) })
  }
  return rows.flatMap((r): Pin[] => {
    const { label, ...p } = r
    if (r.kind === 'mark') return [{ ...p, shown: 'mark', no: null, name: label ?? '', place: '', building_name: null, state: 'plain', tone: 'plain', detail: null, alarm: null }]
    const s = seen.get(`${r.kind} ${r.subject_id}`)
    return s ? [{ ...p, ...s }] : []
  })
}
export async function linesOf(scope: Scope, version_id: string): Promise<Line[]> {
  const { rows } = await sql<Line>`select l.line_id, l.kind, l.label, l.points from siteplan.line l where l.company_id = ${scope.company_id} and l.version_id = ${version_id} order by l.kind, l.line_id`.execute(scope.db)
  return rows
}
/** A plan with the version asked for, else the one of today, else the next one to come. */
export async function planWith(scope: Scope, o: { plan_id: string; version_id?: string | undefined }): Promise<PlanRow> {
  await planToRead(scope, o.plan_id)
  const row = (await planRows(scope, { plan_id: o.plan_id, with_retired: true }))[0]
  if (!row) throw scope.notFound()
  if (!o.version_id || o.version_id === row.version?.version_id) return row.version ? row : { ...row, version: (await versionsOf(scope, o.plan_id)).at(-1) ?? null }
  const version = (await versionsOf(scope, o.plan_id)).find((v) => v.version_id === o.version_id)
  if (!version) throw scope.notFound()
  return { ...row, version }
}

export const planAnswers = (app: () => App) => [
  answer(siteplan.plans, async (scope, f) => ({ rows: await planRows(scope, f) })),
  answer(siteplan.places, async (scope, { community_id }) => {
    await communityToChange(scope, community_id)
    const { rows } = await sql<{ building_id: string; name: string }>`select building_id, name from property.building where company_id = ${scope.company_id} and community_id = ${community_id} order by sort_no, no, building_id limit ${BUILDINGS_MAX}`.execute(scope.db)
    return { rows }
  }),
  answer(siteplan.savePlan, async (scope, o) => {
    const c = scope.company_id
    const before = o.plan_id ? await planToChange(scope, o.plan_id) : null
    const community_id = before?.community_id ?? o.community_id
    await communityToChange(scope, community_id)
    if (o.building_id && (await buildingToRead(scope, o.building_id)).community_id !== community_id) throw scope.notFound()
    const plan_id = o.plan_id ?? uuidv7()
    const { rows: same } = await sql`select from siteplan.plan where company_id = ${c} and community_id = ${community_id} and name = ${o.name} and plan_id <> ${plan_id}`.execute(scope.db)
    if (same.length > 0) throw scope.refuse('siteplan.name_taken', { name: o.name })
    const values = { building_id: o.building_id, kind: o.kind, name: o.name, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id!, changed_at: scope.now }
    if (before) await scope.db.updateTable('siteplan.plan').set(values).where('company_id', '=', c).where('plan_id', '=', plan_id).execute()
    else {
      // The unique key decides a race of two who give one name.
      const made = await scope.db.insertInto('siteplan.plan').values({ company_id: c, plan_id, community_id, ...values }).onConflict((x) => x.columns(['company_id', 'community_id', 'name']).doNothing()).returning('plan_id').executeTakeFirst()
      if (!made) throw scope.refuse('siteplan.name_taken', { name: o.name })
    }
    scope.note('siteplan', plan_id, { name: o.name, kind: o.kind, retired: o.retired })
    return { plan_id }
  }),
  answer(siteplan.versions, async (scope, { plan_id }) => (await planToRead(scope, plan_id), { rows: await versionsOf(scope, plan_id) })),
  answer(siteplan.addVersion, async (scope, o) => {
    const c = scope.company_id
    const p = await planToChange(scope, o.plan_id)
    const { rows: files } = await sql<{ sha256: string }>`select sha256 from kernel.file where company_id = ${c} and file_id = ${o.file_id} and purpose = 'plan' and type in ('image/png','image/jpeg') and created_by = ${scope.who.account_id}::uuid and created_at > ${scope.now}::timestamptz - interval '2 days'`.execute(scope.db)
    if (!files[0] || !(await hasFile(app().data_dir, files[0].sha256))) throw scope.refuse('siteplan.no_picture')
    const size = await sizeOfFile(pathOf(app().data_dir, files[0].sha256))
    if (!size) throw scope.refuse('siteplan.picture_size', { low: SIDE_LOW, high: SIDE_HIGH })
    const { rows: last } = await sql<{ version_id: string; version_no: number; from_on: string }>`select version_id, version_no, from_on from siteplan.version where company_id = ${c} and plan_id = ${o.plan_id} order by version_no desc limit 1`.execute(scope.db)
    if (last[0] && o.from_on < last[0].from_on) throw scope.refuse('siteplan.from_before', { day: last[0].from_on })
    const version_id = uuidv7()
    const version_no = (last[0]?.version_no ?? 0) + 1
    await scope.db.insertInto('siteplan.version').values({ company_id: c, version_id, plan_id: o.plan_id, version_no, from_on: o.from_on, file_id: o.file_id, ...size, note: o.note, made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }).execute()
    if (o.copy && last[0]) {
      await sql`insert into siteplan.pin (company_id, version_id, pin_id, kind, subject_id, mark, label, x_permille, y_permille, changed_by, changed_at) select ${c}, ${version_id}, gen_random_uuid(), kind, subject_id, mark, label, x_permille, y_permille, ${scope.who.account_id}::uuid, ${scope.now} from siteplan.pin where company_id = ${c} and version_id = ${last[0].version_id}`.execute(scope.db)
      await sql`insert into siteplan.line (company_id, version_id, line_id, kind, label, points, changed_by, changed_at) select ${c}, ${version_id}, gen_random_uuid(), kind, label, points, ${scope.who.account_id}::uuid, ${scope.now} from siteplan.line where company_id = ${c} and version_id = ${last[0].version_id}`.execute(scope.db)
    }
    scope.note('siteplan_version', version_id, { name: p.name, version_no, from_on: o.from_on, copy: o.copy })
    return { version_id, version_no }
  }),
  answerFile(siteplan.picture, async (scope, { version_id }) => {
    const v = await versionToRead(scope, version_id)
    const { rows } = await sql<{ sha256: string; type: string }>`select sha256, type from kernel.file where company_id = ${scope.company_id} and file_id = ${v.file_id}`.execute(scope.db)
    if (!rows[0] || !(await hasFile(app().data_dir, rows[0].sha256))) throw scope.notFound()
    return { name: `${v.name}.${rows[0].type === 'image/png' ? 'png' : 'jpg'}`, type: rows[0].type, body: openFile(app().data_dir, rows[0].sha256), inline: true }
  }),
  answer(siteplan.plan, async (scope, o) => {
    const row = await planWith(scope, o)
    const v = row.version
    const pins = v ? await pinsOf(scope, { version_id: v.version_id, community_id: row.community_id }) : []
    const lines = v ? await linesOf(scope, v.version_id) : []
    return { ...row, pins, lines, kinds: kindsSeenBy(scope), counts: { alarm: pins.filter((p) => p.alarm).length, bad: pins.filter((p) => p.tone === 'bad' && !p.alarm).length, warn: pins.filter((p) => p.tone === 'warn').length }, now_at: scope.now }
  }),
]
