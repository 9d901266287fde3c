// What is put on a plan: things of other modules, marks, ways out. Only what whoever places it may see can be placed.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { LINES_MAX, PINS_MAX, siteplan, type SubjectKind } from '../contract.ts'
import { plansSeenBy, versionOn, versionToChange, versionToRead } from './access.ts'
import { askKind, shownAs, toneOf } from './kinds.ts'

const LIST_MAX = 200
async function pinToChange(scope: Scope, pin_id: string): Promise<{ plan: string; kind: string }> {
  const { rows } = await sql<{ version_id: string; kind: string }>`select version_id, kind from siteplan.pin where company_id = ${scope.company_id} and pin_id = ${pin_id}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return { plan: (await versionToChange(scope, rows[0].version_id)).name, kind: rows[0].kind }
}
async function room(scope: Scope, table: 'pin' | 'line', version_id: string, max: number): Promise<void> {
  const { rows } = table === 'pin'
    ? await sql<{ n: number }>`select count(*)::int as n from siteplan.pin where company_id = ${scope.company_id} and version_id = ${version_id}`.execute(scope.db)
    : await sql<{ n: number }>`select count(*)::int as n from siteplan.line where company_id = ${scope.company_id} and version_id = ${version_id}`.execute(scope.db)
  if (rows[0]!.n >= max) throw scope.refuse(table === 'pin' ? 'siteplan.pins_full' : 'siteplan.lines_full', { max })
}
/** The community a thing stands in is the plan's: what is elsewhere or out of sight is not there. */
async function mustSee(scope: Scope, kind: SubjectKind, subject_id: string, community_id: string): Promise<string> {
  const s = (await askKind(scope, kind, { community_id, only: [subject_id], limit: 1 })).rows[0]
  if (!s) throw scope.notFound()
  return s.name
}

export const pinAnswers = [
  answer(siteplan.candidates, async (scope, f) => {
    const c = scope.company_id
    const v = await versionToRead(scope, f.version_id)
    // Placed on this version, or on what is shown of any plan of the community today.
    const { rows: placed } = await sql<{ subject_id: string; here: boolean; plans: string[] }>`select i.subject_id, bool_or(i.version_id = ${v.version_id}) as here, array_agg(distinct p.name order by p.name) filter (where i.version_id <> ${v.version_id}) as plans
      from siteplan.plan p join siteplan.pin i on i.company_id = ${c} and i.kind = ${f.kind} and i.version_id in (${versionOn(scope)}, ${v.version_id}) and exists (select from siteplan.version q where q.company_id = ${c} and q.version_id = i.version_id and q.plan_id = p.plan_id)
      where p.company_id = ${c} and p.community_id = ${v.community_id} and p.retired_at is null and i.subject_id is not null group by 1`.execute(scope.db)
    const on = new Map(placed.map((r) => [r.subject_id, r.plans ?? []]))
    const without = placed.filter((r) => r.here || !f.anywhere).map((r) => r.subject_id)
    const { rows, total } = await askKind(scope, f.kind, { community_id: v.community_id, without, q: f.q, limit: LIST_MAX })
    return { total, rows: rows.map(({ fire, ...s }) => ({ ...s, tone: toneOf(s), shown: shownAs(f.kind, { fire: fire ?? false }), elsewhere: on.get(s.subject_id) ?? [] })) }
  }),
  answer(siteplan.where, async (scope, o) => {
    const c = scope.company_id
    // The closest plan first: a room before the floor, a floor before the whole site.
    const { rows } = await sql<{ plan_id: string; community_id: string; name: string; kind: 'site' | 'floor' | 'garage' | 'room'; pin_id: string }>`select p.plan_id, p.community_id, p.name, p.kind, i.pin_id from siteplan.plan p join siteplan.pin i on i.company_id = ${c} and i.version_id = ${versionOn(scope)} and i.kind = ${o.kind} and i.subject_id = ${o.subject_id}
      where p.company_id = ${c} and p.retired_at is null and ${plansSeenBy(scope)} order by array_position(array['room','floor','garage','site'], p.kind), p.sort_no, p.name limit 20`.execute(scope.db)
    if (rows[0] && (await askKind(scope, o.kind, { community_id: rows[0].community_id, only: [o.subject_id], limit: 1 })).rows.length === 0) return { rows: [] }
    return { rows }
  }),
  answer(siteplan.placePin, async (scope, o) => {
    const c = scope.company_id
    const v = await versionToChange(scope, o.version_id)
    if ((o.kind === 'mark') !== (o.subject_id === null) || (o.kind === 'mark') !== (o.mark !== null)) throw scope.refuse('siteplan.mark_or_subject')
    const name = o.kind === 'mark' ? (o.label ?? '') : await mustSee(scope, o.kind, o.subject_id!, v.community_id)
    await room(scope, 'pin', o.version_id, PINS_MAX)
    const pin_id = uuidv7()
    const at = { x_permille: o.x_permille, y_permille: o.y_permille, changed_by: scope.who.account_id!, changed_at: scope.now }
    // Placed again is moved. The plan is locked, so nobody comes between.
    if (o.subject_id) {
      const moved = await scope.db.updateTable('siteplan.pin').set(at).where('company_id', '=', c).where('version_id', '=', o.version_id).where('kind', '=', o.kind).where('subject_id', '=', o.subject_id).returning('pin_id').executeTakeFirst()
      if (moved) return { pin_id: moved.pin_id }
    }
    await scope.db.insertInto('siteplan.pin').values({ company_id: c, version_id: o.version_id, pin_id, kind: o.kind, subject_id: o.subject_id, mark: o.mark, label: o.kind === 'mark' ? o.label : null, ...at }).execute()
    scope.note('siteplan_pin', pin_id, { plan: v.name, kind: o.kind, name })
    return { pin_id }
  }),
  answer(siteplan.movePin, async (scope, o) => {
    const p = await pinToChange(scope, o.pin_id)
    await scope.db.updateTable('siteplan.pin').set({ x_permille: o.x_permille, y_permille: o.y_permille, changed_by: scope.who.account_id!, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('pin_id', '=', o.pin_id).execute()
    scope.note('siteplan_pin', o.pin_id, { ...p, x_permille: o.x_permille, y_permille: o.y_permille })
    return { pin_id: o.pin_id }
  }),
  answer(siteplan.removePin, async (scope, o) => {
    const p = await pinToChange(scope, o.pin_id)
    await scope.db.deleteFrom('siteplan.pin').where('company_id', '=', scope.company_id).where('pin_id', '=', o.pin_id).execute()
    scope.note('siteplan_pin', o.pin_id, { ...p, removed: true })
    return { pin_id: o.pin_id }
  }),
  answer(siteplan.saveLine, async (scope, o) => {
    const v = await versionToChange(scope, o.version_id)
    await room(scope, 'line', o.version_id, LINES_MAX)
    const line_id = uuidv7()
    await scope.db.insertInto('siteplan.line').values({ company_id: scope.company_id, version_id: o.version_id, line_id, kind: o.kind, label: o.label, points: JSON.stringify(o.points), changed_by: scope.who.account_id!, changed_at: scope.now }).execute()
    scope.note('siteplan_line', line_id, { plan: v.name, kind: o.kind, label: o.label })
    return { line_id }
  }),
  answer(siteplan.removeLine, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ version_id: string; kind: string }>`select version_id, kind from siteplan.line where company_id = ${c} and line_id = ${o.line_id}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    const v = await versionToChange(scope, rows[0].version_id)
    await scope.db.deleteFrom('siteplan.line').where('company_id', '=', c).where('line_id', '=', o.line_id).execute()
    scope.note('siteplan_line', o.line_id, { plan: v.name, kind: rows[0].kind, removed: true })
    return { line_id: o.line_id }
  }),
]
