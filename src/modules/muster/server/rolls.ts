// A roll: opened by an emergency, a confirmed fire or a person; read by who opened it in writing, for some minutes; marked by scan or hand; closed with a word.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { muster, type EntryRow, type PointRow, type RollRow } from '../contract.ts'
import { count, gather, openRoll } from './gather.ts'
import { ruleOf } from './rule.ts'

const LOOK_MIN = 15
const ENTRIES_MAX = 5_000
export const seen = (scope: Scope, alias: string): RawBuilder<SqlBool> => communitiesSeenBy(scope, { alias })
async function rollRows(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<RollRow[]> {
  const { rows } = await sql<Omit<RollRow, 'can' | 'left_count'>>`select r.roll_id, r.community_id, m.name as community_name, r.cause, r.title, r.state, r.started_name, r.started_at, r.closed_name, r.closed_at, r.note, r.total_count, r.safe_count, r.help_count, r.forgotten_at is not null as forgotten from muster.roll r join property.community m on m.company_id = ${scope.company_id} and m.community_id = r.community_id
    where r.company_id = ${scope.company_id} and ${where} order by (r.state = 'open') desc, r.started_at desc, r.roll_id limit ${limit} offset ${offset}`.execute(scope.db)
  const works = mayDo(scope.who, 'muster.roll.work')
  return rows.map((r) => ({ ...r, left_count: r.total_count - r.safe_count, can: { work: r.state === 'closed' ? 'muster.closed' : works ? (true as const) : 'kernel.forbidden' } }))
}
async function rollSeen(scope: Scope, roll_id: string): Promise<RollRow> {
  const r = (await rollRows(scope, sql<SqlBool>`r.roll_id = ${roll_id} and ${seen(scope, 'r')}`, 1))[0]
  if (!r) throw scope.notFound()
  return r
}
/** Names are read by who has opened the roll in the last minutes: the opening stands in the audit. */
export async function rollLooked(scope: Scope, roll_id: string): Promise<RollRow> {
  const r = await rollSeen(scope, roll_id)
  const { rows } = await sql`select from muster.look where company_id = ${scope.company_id} and roll_id = ${roll_id} and account_id = ${scope.who.account_id}::uuid and until_at > ${scope.now}::timestamptz`.execute(scope.db)
  if (rows.length === 0) throw scope.refuse('muster.look_first')
  return r
}
export async function entriesOf(scope: Scope, roll: Pick<RollRow, 'roll_id' | 'closed_at'>): Promise<EntryRow[]> {
  const { credible_min } = await ruleOf(scope)
  const at = roll.closed_at ?? scope.now
  const { rows } = await sql<Omit<EntryRow, 'credible' | 'doubt'> & { gate: boolean; sure: boolean; old: boolean }>`select e.entry_id, e.kind, e.name, e.about, e.zone, e.at, e.source, e.mark, p.name as point_name, e.mark_how, e.marked_name, e.marked_at, e.note, e.gate, e.sure, coalesce(e.at < ${at}::timestamptz - make_interval(mins => ${credible_min}), false) as old
    from muster.entry e left join muster.point p on p.company_id = ${scope.company_id} and p.point_id = e.point_id where e.company_id = ${scope.company_id} and e.roll_id = ${roll.roll_id} order by array_position(array['help', null, 'found', 'safe'], e.mark), array_position(array['visitor', 'staff', 'helper', 'resident', 'other'], e.kind), e.at desc nulls last, e.name limit ${ENTRIES_MAX}`.execute(scope.db)
  return rows.map(({ gate, sure, old, ...e }) => {
    const doubt = gate ? '最后在大门,可能已离开' : !sure ? (e.source === 'duty' ? '只按值班表,没有到位记录' : e.source === 'patrol' ? '到位没有证明' : '超过登记时间,可能已离开') : old && e.source !== 'visit' ? '位置较旧' : null
    return { ...e, credible: doubt === null, doubt }
  })
}
export async function pointRows(scope: Scope, community_id: string | undefined, retired: boolean): Promise<PointRow[]> {
  const { rows } = await sql<Omit<PointRow, 'code'>>`select p.point_id, p.community_id, m.name as community_name, p.name, p.place, p.retired_at is not null as retired from muster.point p join property.community m on m.company_id = ${scope.company_id} and m.community_id = p.community_id where p.company_id = ${scope.company_id} and ${seen(scope, 'p')} and ${community_id ? sql`p.community_id = ${community_id}` : sql`true`} and ${retired ? sql`true` : sql`p.retired_at is null`} order by m.name, p.name limit 200`.execute(scope.db)
  return rows.map((p) => ({ ...p, code: `HYM1.${p.point_id}` }))
}
async function toWork(scope: Scope, roll_id: string): Promise<RollRow> {
  await sql`select from muster.roll where company_id = ${scope.company_id} and roll_id = ${roll_id} for update`.execute(scope.db)
  const r = await rollSeen(scope, roll_id)
  if (r.state === 'closed') throw scope.refuse('muster.closed')
  return r
}
async function leftAfter(scope: Scope, roll_id: string): Promise<number> {
  await count(scope, roll_id)
  return (await rollSeen(scope, roll_id)).left_count
}
async function pointHere(scope: Scope, r: RollRow, point_id: string | null): Promise<void> {
  if (point_id === null) return
  const { rows } = await sql`select from muster.point where company_id = ${scope.company_id} and point_id = ${point_id} and community_id = ${r.community_id} and retired_at is null`.execute(scope.db)
  if (rows.length === 0) throw scope.notFound()
}
interface Marked {
  roll_id: string
  mark: EntryRow['mark']
  how: 'scan' | 'hand'
  point_id: string | null
}
async function setMark(scope: Scope, m: Marked, where: RawBuilder<unknown>, note: string | null): Promise<{ entry_id: string; name: string } | null> {
  const { rows } = await sql<{ entry_id: string; name: string }>`update muster.entry e set mark = ${m.mark}, mark_how = case when ${m.mark}::text is null then null else ${m.how} end, point_id = case when ${m.mark}::text = 'safe' then ${m.point_id}::uuid end, marked_name = ${scope.who.name}, marked_at = ${scope.now}, note = coalesce(${note}, e.note) where e.company_id = ${scope.company_id} and e.roll_id = ${m.roll_id} and ${where} returning e.entry_id, e.name`.execute(scope.db)
  return rows[0] ?? null
}
/** Whose code it is: a visitor's six digits, a resident's or helper's own code, the point's for oneself. */
async function keyOf(scope: Scope, text: string, point: (id: string) => void): Promise<string | null> {
  const c = scope.company_id
  const own = /^HYM1\.([0-9a-f-]{36})$/.exec(text)
  if (own) {
    point(own[1]!)
    return `a:${scope.who.account_id}`
  }
  const digits = /(?:^|\/)(\d{6})$/.exec(text)?.[1]
  if (digits) {
    const { rows } = await sql<{ visit_id: string }>`select visit_id from access.visit where company_id = ${c} and code = ${digits} and state in ('waiting', 'arrived') limit 1`.execute(scope.db)
    return rows[0] ? `v:${rows[0].visit_id}` : null
  }
  const user = /^HYQ1\.([0-9a-z]{1,12})\./.exec(text)?.[1]
  if (!user) return null
  const { rows } = await sql<{ key: string }>`select case when person_id is not null then 'p:' || person_id when account_id is not null then 'a:' || account_id else 'h:' || helper_id end as key from doors.holder where company_id = ${c} and user_no = ${Number.parseInt(user, 36)}`.execute(scope.db)
  return rows[0]?.key ?? null
}
/** Somebody who came to the point and was on no list yet. */
async function addByKey(scope: Scope, r: RollRow, key: string): Promise<void> {
  const c = scope.company_id
  const id = key.slice(2)
  const from = key.startsWith('a:') ? sql`select 'staff' as kind, name, null::text as about from identity.member where company_id = ${c} and account_id = ${id}::uuid` : key.startsWith('v:') ? sql`select 'visitor' as kind, visitor_name as name, null::text as about from access.visit where company_id = ${c} and visit_id = ${id}::uuid` : key.startsWith('h:') ? sql`select 'helper' as kind, name, vouch_name || ' 担保' as about from doors.helper where company_id = ${c} and helper_id = ${id}::uuid` : sql`select 'resident' as kind, name, null::text as about from people.person where company_id = ${c} and person_id = ${id}::uuid`
  await sql`insert into muster.entry (company_id, roll_id, entry_id, key, kind, name, about, zone, at, source) select ${c}, ${r.roll_id}, ${uuidv7()}, ${key}, x.kind, x.name, x.about, '集合点', ${scope.now}, 'hand' from (${from}) x on conflict (company_id, roll_id, key) do nothing`.execute(scope.db)
}

export const rollAnswers = [
  answer(muster.rolls, async (scope, f) => {
    const where = sql<SqlBool>`${sql.join([seen(scope, 'r'), ...(f.community_id ? [sql`r.community_id = ${f.community_id}`] : []), ...(f.state ? [sql`r.state = ${f.state}`] : [])], sql` and `)}`
    const rows = await rollRows(scope, where, f.page_size, (f.page - 1) * f.page_size)
    const { rows: n } = await sql<{ n: number }>`select count(*)::int as n from muster.roll r where r.company_id = ${scope.company_id} and ${where}`.execute(scope.db)
    return { rows, total: n[0]!.n }
  }),
  answer(muster.startRoll, async (scope, o) => {
    const { rows } = await sql<{ name: string; title: string | null }>`select m.name, (select r.title from muster.roll r where r.company_id = ${scope.company_id} and r.community_id = m.community_id and r.state = 'open' limit 1) as title from property.community m where m.company_id = ${scope.company_id} and m.community_id = ${o.community_id} and ${seen(scope, 'm')}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    const made = await openRoll(scope, { community_id: o.community_id, cause: o.cause, subject_id: null, title: o.title, by_name: scope.who.name })
    if (!made) throw scope.refuse('muster.open_already', { community: rows[0].name, title: rows[0].title ?? '' })
    return made
  }),
  answer(muster.lookRoll, async (scope, o) => {
    const r = await rollSeen(scope, o.roll_id)
    if (r.forgotten) throw scope.refuse('muster.forgotten')
    if (r.state === 'open') await gather(scope, r)
    const until_at = new Date(Date.parse(scope.now) + LOOK_MIN * 60_000).toISOString()
    await sql`insert into muster.look (company_id, roll_id, account_id, until_at) values (${scope.company_id}, ${o.roll_id}, ${scope.who.account_id}::uuid, ${until_at}) on conflict (company_id, roll_id, account_id) do update set until_at = excluded.until_at`.execute(scope.db)
    scope.note('muster_roll', o.roll_id, { opened: r.title, cause: r.cause })
    return { until_at }
  }),
  answer(muster.roll, async (scope, o) => {
    const c = scope.company_id
    const r = await rollLooked(scope, o.roll_id)
    const entries = await entriesOf(scope, r)
    const points = await pointRows(scope, r.community_id, false)
    const { rows: buildings } = await sql<{ name: string; house_count: number }>`select b.name, count(*)::int as house_count from property.house h join property.building b on b.company_id = ${c} and b.building_id = h.building_id where h.company_id = ${c} and h.community_id = ${r.community_id} and h.kind = 'dwelling' and h.state = 'lived_in' group by b.name, b.no order by length(b.no), b.no limit 300`.execute(scope.db)
    return { ...r, entries, points, buildings, house_count: buildings.reduce((n, b) => n + b.house_count, 0) }
  }),
  answer(muster.markEntry, async (scope, o) => {
    const r = await toWork(scope, o.roll_id)
    await pointHere(scope, r, o.point_id)
    const done = await setMark(scope, { roll_id: o.roll_id, mark: o.mark, how: 'hand', point_id: o.point_id }, sql`e.entry_id = ${o.entry_id}`, o.note || null)
    if (!done) throw scope.notFound()
    scope.note('muster_roll', o.roll_id, { name: done.name, mark: o.mark })
    return { left_count: await leftAfter(scope, o.roll_id) }
  }),
  answer(muster.markByScan, async (scope, o) => {
    const r = await toWork(scope, o.roll_id)
    let point_id = o.point_id
    const key = await keyOf(scope, o.text, (id) => { point_id = id })
    if (!key) throw scope.refuse('muster.unknown_code')
    await pointHere(scope, r, point_id)
    await addByKey(scope, r, key)
    const done = await setMark(scope, { roll_id: o.roll_id, mark: 'safe', how: 'scan', point_id }, sql`e.key = ${key}`, null)
    if (!done) throw scope.refuse('muster.unknown_code')
    scope.note('muster_roll', o.roll_id, { name: done.name, mark: 'safe', how: 'scan' })
    return { name: done.name, left_count: await leftAfter(scope, o.roll_id) }
  }),
  answer(muster.addEntry, async (scope, o) => {
    const r = await toWork(scope, o.roll_id)
    await pointHere(scope, r, o.point_id)
    const entry_id = uuidv7()
    await scope.db.insertInto('muster.entry').values({ company_id: scope.company_id, roll_id: o.roll_id, entry_id, key: `x:${entry_id}`, kind: 'other', name: o.name, about: null, zone: o.zone, at: scope.now, source: 'hand' }).execute()
    if (o.mark) await setMark(scope, { roll_id: o.roll_id, mark: o.mark, how: 'hand', point_id: o.point_id }, sql`e.entry_id = ${entry_id}`, null)
    await count(scope, o.roll_id)
    scope.note('muster_roll', o.roll_id, { name: o.name, added: true, mark: o.mark })
    return { entry_id }
  }),
  answer(muster.closeRoll, async (scope, o) => {
    const r = await toWork(scope, o.roll_id)
    await gather(scope, r)
    const left_count = await leftAfter(scope, o.roll_id)
    await sql`update muster.roll set state = 'closed', closed_name = ${scope.who.name}, closed_at = ${scope.now}, note = ${o.note} where company_id = ${scope.company_id} and roll_id = ${o.roll_id}`.execute(scope.db)
    scope.note('muster_roll', o.roll_id, { title: r.title, closed: o.note, left_count })
    return { left_count }
  }),
]
