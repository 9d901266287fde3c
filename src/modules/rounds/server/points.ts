// Points (点位) with their codes and labels, and routes over them. A change of a route's stops is a new version; what was walked keeps its own.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { LABEL_PREFIX, codeOfLabel, labelCode, uuidv7 } from '../../../kernel/ids.ts'
import { labelSheet, renderPdf } from '../../../kernel/print/index.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { houseOfResident } from '../../people/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { rounds, type Point, type Route } from '../contract.ts'
import { policyNow } from './config.ts'
import { SCREEN } from './rules/fakes.ts'
import { codeAt, newSecret, stepAt } from './rules/rotating.ts'

const ROWS_MAX = 500
const LABELS_MAX = 1000
/** Codes that a screen is given at once: it must hold out while its network is away. */
const SCREEN_HOURS = 2

export async function pointRow(scope: Scope, point_id: string): Promise<{ point_id: string; community_id: string; name: string; proof: string; code: string; secret: string; nfc_id: string | null }> {
  const { rows } = await sql<{ point_id: string; community_id: string; name: string; proof: string; code: string; secret: string; nfc_id: string | null }>`select p.point_id, p.community_id, p.name, p.proof, p.code, p.secret, p.nfc_id from rounds.point p where p.company_id = ${scope.company_id} and p.point_id = ${point_id} and ${communitiesSeenBy(scope, { alias: 'p' })}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}

async function routesOf(scope: Scope, community_id: string | undefined): Promise<Route[]> {
  const c = scope.company_id
  const { rows } = await sql<Route>`select r.route_id, r.community_id, k.name as community_name, r.name, r.ordered, r.version_no, r.retired_at is not null as retired, (select count(*)::int from rounds.plan p where p.company_id = ${c} and p.route_id = r.route_id and p.state = 'active') as plan_count,
      coalesce((select jsonb_agg(jsonb_build_object('stop_no', s.stop_no, 'point_id', s.point_id, 'point_name', pt.name, 'checklist_id', s.checklist_id, 'checklist_name', l.name, 'travel_seconds', s.travel_seconds) order by s.stop_no)
        from rounds.route_stop s join rounds.point pt on pt.company_id = ${c} and pt.point_id = s.point_id left join rounds.checklist l on l.company_id = ${c} and l.checklist_id = s.checklist_id where s.company_id = ${c} and s.route_id = r.route_id and s.version_no = r.version_no), '[]') as stops
    from rounds.route r join property.community k on k.company_id = ${c} and k.community_id = r.community_id
    where r.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'r' })} ${community_id ? sql`and r.community_id = ${community_id}` : sql``} order by k.name, r.name limit ${ROWS_MAX}`.execute(scope.db)
  return rows
}

interface RouteIn {
  route_id?: string | undefined
  community_id: string
  name: string
  ordered: boolean
  retired: boolean
  stops: readonly { point_id: string; checklist_id: string | null; travel_seconds: number }[]
}
export const pointAnswers = [
  answer(rounds.placeScanned, async (scope, o) => {
    await houseOfResident(scope, o.house_id)
    const code = codeOfLabel(o.code)
    // A rotating code is a guard's proof and names no place to anybody else.
    const { rows } = await sql<{ name: string; place: string }>`select p.name, p.place from rounds.point p where p.company_id = ${scope.company_id} and p.code = ${code} and p.proof in ('scan', 'nfc') and p.retired_at is null and p.community_id = (select h.community_id from property.house h where h.company_id = ${scope.company_id} and h.house_id = ${o.house_id})`.execute(scope.db)
    const p = rows[0]
    if (!p) throw scope.refuse('rounds.place_unknown', { code: code.slice(0, 30) })
    return { place: p.place === '' || p.name.includes(p.place) ? p.name : p.place.includes(p.name) ? p.place : `${p.place} ${p.name}` }
  }),
  answer(rounds.points, async (scope, f) => {
    const c = scope.company_id
    const where = sql.join([sql`p.company_id = ${c}`, communitiesSeenBy(scope, { alias: 'p' }), ...(f.point_ids ? [sql`p.point_id = any(${f.point_ids}::uuid[])`] : []), ...(f.community_id ? [sql`p.community_id = ${f.community_id}`] : []), ...(f.q ? [sql`(p.name like ${`%${f.q}%`} or p.place like ${`%${f.q}%`} or p.code = ${f.q.toUpperCase()})`] : []), ...(f.retired === undefined ? [] : [f.retired ? sql`p.retired_at is not null` : sql`p.retired_at is null`])], sql` and `)
    const { rows } = await sql<Point>`with page as materialized (select p.* from rounds.point p where ${where} order by p.community_id, p.name, p.point_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
      select p.point_id, p.community_id, k.name as community_name, p.building_id, b.name as building_name, p.name, p.place, p.code, p.proof, p.nfc_id, p.lat::text as lat, p.lon::text as lon, p.retired_at is not null as retired,
        (select count(distinct s.route_id)::int from rounds.route_stop s join rounds.route r on r.company_id = ${c} and r.route_id = s.route_id and r.version_no = s.version_no and r.retired_at is null where s.company_id = ${c} and s.point_id = p.point_id) as route_count,
        (select x.done_at from rounds.record x where x.company_id = ${c} and x.point_id = p.point_id and x.on_day > ${scope.today}::date - 62 order by x.done_at desc limit 1) as last_at
      from page p join property.community k on k.company_id = ${c} and k.community_id = p.community_id left join property.building b on b.company_id = ${c} and b.building_id = p.building_id order by p.community_id, p.name, p.point_id`.execute(scope.db)
    const total = (await sql<{ n: number }>`select count(*)::int as n from rounds.point p where ${where}`.execute(scope.db)).rows[0]!.n
    return { rows, total }
  }),
  answer(rounds.savePoint, async (scope, o) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    const before = o.point_id ? await pointRow(scope, o.point_id) : null
    if (before && before.community_id !== o.community_id) throw scope.notFound()
    if (o.building_id && !(await sql`select 1 from property.building where company_id = ${c} and building_id = ${o.building_id} and community_id = ${o.community_id}`.execute(scope.db)).rows.length) throw scope.notFound()
    const nfc_id = o.nfc_id ? o.nfc_id.replaceAll(':', '').toUpperCase() : null
    if (Boolean(o.lat) !== Boolean(o.lon)) throw scope.refuse('rounds.place_half')
    if (o.proof === 'nfc' && !nfc_id) throw scope.refuse('rounds.nfc_needed')
    const same = (await sql<{ name: string; nfc: boolean }>`select name, nfc_id is not distinct from ${nfc_id} and nfc_id is not null as nfc from rounds.point where company_id = ${c} and point_id is distinct from ${o.point_id ?? null}::uuid and ((community_id = ${o.community_id} and name = ${o.name}) or nfc_id = ${nfc_id}) limit 2`.execute(scope.db)).rows
    const card = same.find((s) => s.nfc)
    if (card) throw scope.refuse('rounds.nfc_taken', { nfc_id, name: card.name })
    if (same.length) throw scope.refuse('rounds.name_taken', { name: o.name })
    const point_id = o.point_id ?? uuidv7()
    const code = before?.code ?? labelCode()
    const values = { building_id: o.building_id, name: o.name, place: o.place, proof: o.proof, nfc_id, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now, ...(o.lat === undefined ? {} : { lat: o.lat, lon: o.lon ?? null }) }
    await scope.db.insertInto('rounds.point').values({ company_id: c, point_id, community_id: o.community_id, code, secret: before?.secret ?? sealText(newSecret()), ...values }).onConflict((x) => x.columns(['company_id', 'point_id']).doUpdateSet(values)).execute()
    scope.note('point', point_id, { name: o.name, proof: o.proof })
    return { point_id, code }
  }),
  answer(rounds.locatePoint, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ point_id: string; community_id: string; name: string; lat: string; lon: string }>`select pt.point_id, pt.community_id, pt.name, p.lat::text as lat, p.lon::text as lon from rounds.position p join rounds.record r on r.company_id = ${c} and r.on_day = p.on_day and r.record_id = p.record_id join rounds.point pt on pt.company_id = ${c} and pt.point_id = r.point_id
      where p.company_id = ${c} and p.on_day = ${o.on_day}::date and p.task_id = ${o.task_id} and p.record_id = ${o.record_id} and p.state = 'given' and ${communitiesSeenBy(scope, { alias: 'pt' })}`.execute(scope.db)
    const p = rows[0]
    if (!p) throw scope.refuse('rounds.no_position')
    await communityToChange(scope, p.community_id)
    await sql`update rounds.point set lat = ${p.lat}::numeric, lon = ${p.lon}::numeric, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${c} and point_id = ${p.point_id}`.execute(scope.db)
    scope.note('point', p.point_id, { name: p.name, located: true })
    return { point_id: p.point_id }
  }),
  answerFile(rounds.pointLabels, async (scope, o) => {
    const c = scope.company_id
    const on_route = o.route_id ? sql`and p.point_id in (select s.point_id from rounds.route_stop s join rounds.route r on r.company_id = ${c} and r.route_id = s.route_id and r.version_no = s.version_no where s.company_id = ${c} and s.route_id = ${o.route_id})` : sql``
    const { rows } = await sql<{ name: string; place: string; code: string; community_name: string }>`select p.name, p.place, p.code, k.name as community_name from rounds.point p join property.community k on k.company_id = ${c} and k.community_id = p.community_id
      where p.company_id = ${c} and p.community_id = ${o.community_id} and p.retired_at is null and ${communitiesSeenBy(scope, { alias: 'p' })} ${on_route} order by p.name limit ${LABELS_MAX}`.execute(scope.db)
    if (rows.length === 0) throw scope.refuse('rounds.nothing_to_print')
    const body = await renderPdf(...labelSheet(rows.map((r) => ({ title: r.name, under: r.place, foot: r.community_name, code: r.code, qr_text: LABEL_PREFIX + r.code }))))
    return { name: `点位标签_${rows[0]!.community_name}.pdf`, type: 'application/pdf', body, inline: true }
  }),
  answer(rounds.pointScreen, async (scope, { point_id }) => {
    const p = await pointRow(scope, point_id)
    if (p.proof !== 'screen') throw scope.refuse('rounds.no_screen', { name: p.name })
    const { rotate_seconds: seconds } = await policyNow(scope)
    const secret = openText(p.secret)
    const first = stepAt(Date.parse(scope.now), seconds)
    const codes = Array.from({ length: Math.ceil((SCREEN_HOURS * 3600) / seconds) }, (_, i) => ({ from: new Date((first + i) * seconds * 1000).toISOString(), text: `${SCREEN}${p.code}:${codeAt(secret, first + i)}` }))
    return { name: p.name, seconds, now: scope.now, codes }
  }),
  answer(rounds.routes, async (scope, o) => ({ rows: await routesOf(scope, o.community_id) })),
  answer(rounds.saveRoute, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    return writeRoute(scope, o)
  }),
]
/** For plans that make their own route too. */
export async function writeRoute(scope: Scope, o: RouteIn): Promise<{ route_id: string; version_no: number }> {
  const c = scope.company_id
  const all = await routesOf(scope, o.community_id)
  const before = all.find((r) => r.route_id === o.route_id)
  if (o.route_id && !before) throw scope.notFound()
  if (all.some((r) => r.route_id !== o.route_id && r.name === o.name)) throw scope.refuse('rounds.name_taken', { name: o.name })
  if (o.retired && before && before.plan_count > 0) {
    const { rows } = await sql<{ name: string }>`select name from rounds.plan where company_id = ${c} and route_id = ${before.route_id} and state = 'active' order by name limit 1`.execute(scope.db)
    throw scope.refuse('rounds.route_used', { name: rows[0]?.name ?? '' })
  }
  const points = [...new Set(o.stops.map((s) => s.point_id))]
  const lists = [...new Set(o.stops.flatMap((s) => (s.checklist_id ? [s.checklist_id] : [])))]
  const known = (await sql<{ points: number; lists: number }>`select (select count(*)::int from rounds.point where company_id = ${c} and community_id = ${o.community_id} and point_id = any(${points}::uuid[]) and retired_at is null) as points, (select count(*)::int from rounds.checklist where company_id = ${c} and checklist_id = any(${lists}::uuid[]) and retired_at is null) as lists`.execute(scope.db)).rows[0]!
  if (known.points !== points.length || known.lists !== lists.length) throw scope.refuse('rounds.point_elsewhere')
  const route_id = o.route_id ?? uuidv7()
  const stops = o.stops.map((s, i) => ({ stop_no: i + 1, ...s }))
  const same = before && JSON.stringify(before.stops.map(({ point_name: _p, checklist_name: _l, ...s }) => s)) === JSON.stringify(stops.map((s) => ({ stop_no: s.stop_no, point_id: s.point_id, checklist_id: s.checklist_id, travel_seconds: s.travel_seconds })))
  const version_no = before ? (same ? before.version_no : before.version_no + 1) : 1
  const values = { name: o.name, ordered: o.ordered, version_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
  await scope.db.insertInto('rounds.route').values({ company_id: c, route_id, community_id: o.community_id, ...values }).onConflict((x) => x.columns(['company_id', 'route_id']).doUpdateSet(values)).execute()
  if (!same) {
    await sql`insert into rounds.route_stop (company_id, route_id, version_no, stop_no, point_id, checklist_id, travel_seconds) select ${c}, ${route_id}, ${version_no}, x.stop_no, x.point_id, x.checklist_id, x.travel_seconds from jsonb_to_recordset(${JSON.stringify(stops)}::jsonb) as x(stop_no int, point_id uuid, checklist_id uuid, travel_seconds int)`.execute(scope.db)
    // What is planned and not begun is walked by the new version.
    await sql`update rounds.task set point_count = ${stops.length} where company_id = ${c} and route_id = ${route_id} and state = 'waiting' and on_day >= ${scope.today}::date - 1 and route_version is null`.execute(scope.db)
  }
  scope.note('route', route_id, { name: o.name, version_no, stops: stops.length })
  return { route_id, version_no }
}
