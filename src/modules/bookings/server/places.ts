// Places that may be booked, with their rules and prices by date.
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { housesOfResident } from '../../people/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { bookings, type ResourceRow } from '../contract.ts'
import { placeToChange, placeToRead, placesSeenBy } from './access.ts'
import { pricesOf, rulesOf } from './config.ts'
import { hoursFault } from './rules/slots.ts'

const PLACES_MAX = 200
const OPEN = sql`('asked', 'held', 'confirmed')`
const resources = answer(bookings.resources, async (scope, f) => {
  const c = scope.company_id
  const { rows } = await sql<Omit<ResourceRow, 'rule' | 'price' | 'next_from_on' | 'can'>>`select r.resource_id, r.community_id, m.name as community_name, r.name, r.kind, r.place, r.unit_word, r.unit_count, r.belongs_to, r.note, r.photo_id, r.sort_no, r.retired_at is not null as retired, coalesce(k.name, '') as keeper_name,
      (select count(*)::int from bookings.booking b where b.company_id = ${c} and b.resource_id = r.resource_id and b.state in ${OPEN} and b.to_at > ${scope.now}::timestamptz) as live_count
    from bookings.resource r join property.community m on m.company_id = ${c} and m.community_id = r.community_id left join identity.member k on k.company_id = ${c} and k.account_id = r.keeper_id
    where r.company_id = ${c} and ${placesSeenBy(scope)} and ${f.community_id ? sql`r.community_id = ${f.community_id}` : sql`true`} and ${f.with_retired ? sql`true` : sql`r.retired_at is null`} order by m.name, r.sort_no, r.name limit ${PLACES_MAX}`.execute(scope.db)
  const ids = rows.map((r) => r.resource_id)
  const [rules, prices, mine] = [await rulesOf(scope, ids), await pricesOf(scope, ids), scope.reach('bookings.resource.write')]
  return {
    rows: rows.map((r) => {
      const [of, cost] = [rules.get(r.resource_id) ?? [], prices.get(r.resource_id) ?? []]
      const next = [...of, ...cost].filter((x) => x.state === 'future').map((x) => x.from_on).sort()[0] ?? null
      return { ...r, rule: of.find((x) => x.state === 'now') ?? null, price: cost.find((x) => x.state === 'now') ?? null, next_from_on: next, can: { write: mine.all || mine.community_ids.includes(r.community_id) ? (true as const) : 'kernel.forbidden' } }
    }),
  }
})

async function refuseUsed(scope: Scope, resource_id: string, unit_count: number): Promise<void> {
  const { rows } = await sql<{ no: string; unit_no: number; until: string }>`select b.no, u.unit_no, to_char(b.to_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as until from bookings.booking_unit u join bookings.booking b on b.company_id = ${scope.company_id} and b.booking_id = u.booking_id where u.company_id = ${scope.company_id} and u.resource_id = ${resource_id} and u.live and u.unit_no > ${unit_count} and u.to_at > ${scope.now}::timestamptz order by b.to_at desc limit 1`.execute(scope.db)
  if (rows[0]) throw scope.refuse('bookings.units_used', { unit: rows[0].unit_no, until: rows[0].until, no: rows[0].no })
}
async function refuseBooked(scope: Scope, resource_id: string): Promise<void> {
  const { rows } = await sql<{ n: number; no: string }>`select count(*)::int as n, min(no) as no from bookings.booking where company_id = ${scope.company_id} and resource_id = ${resource_id} and state in ${OPEN} and to_at > ${scope.now}::timestamptz`.execute(scope.db)
  if (rows[0]!.n > 0) throw scope.refuse('bookings.still_booked', { count: rows[0]!.n, no: rows[0]!.no })
}
async function photoToKeep(scope: Scope, photo_id: string | null | undefined, before: string | null): Promise<string | null> {
  if (photo_id === undefined) return before
  if (photo_id === null || photo_id === before) return photo_id
  const { rows } = await sql`select from kernel.file where company_id = ${scope.company_id} and file_id = ${photo_id} and purpose = 'photo' and type in ('image/jpeg', 'image/png') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (rows.length === 0) throw scope.refuse('bookings.no_photo')
  return photo_id
}
const saveResource = answer(bookings.saveResource, async (scope, o) => {
  const c = scope.company_id
  await communityToChange(scope, o.community_id)
  const resource_id = o.resource_id ?? uuidv7()
  const old = o.resource_id ? await placeToChange(scope, resource_id) : null
  if (old && old.community_id !== o.community_id) throw scope.notFound()
  const twin = await sql`select from bookings.resource where company_id = ${c} and community_id = ${o.community_id} and name = ${o.name} and resource_id <> ${resource_id}`.execute(scope.db)
  if (twin.rows.length > 0) throw scope.refuse('bookings.name_taken', { name: o.name })
  if (old) await refuseUsed(scope, resource_id, o.unit_count)
  if (old && o.retired) await refuseBooked(scope, resource_id)
  const before = old ? (await sql<{ photo_id: string | null }>`select photo_id from bookings.resource where company_id = ${c} and resource_id = ${resource_id}`.execute(scope.db)).rows[0]!.photo_id : null
  const photo_id = await photoToKeep(scope, o.photo_id, before)
  const set = { name: o.name, kind: o.kind, place: o.place, unit_word: o.unit_word, unit_count: o.unit_count, belongs_to: o.belongs_to, account_code: o.belongs_to === 'public_income' ? '600103' : '6051', note: o.note || null, photo_id, sort_no: o.sort_no, retired_at: o.retired ? (old?.retired_at ?? scope.now) : null, keeper_id: scope.who.account_id!, changed_by: scope.who.name, changed_at: scope.now }
  if (old) await scope.db.updateTable('bookings.resource').set(set).where('company_id', '=', c).where('resource_id', '=', resource_id).execute()
  else await scope.db.insertInto('bookings.resource').values({ company_id: c, resource_id, community_id: o.community_id, ...set }).execute()
  await sql`insert into bookings.unit (company_id, resource_id, unit_no) select ${c}, ${resource_id}, n from generate_series(1, ${o.unit_count}::int) as n on conflict (company_id, resource_id, unit_no) do update set retired_at = null`.execute(scope.db)
  await sql`update bookings.unit set retired_at = ${scope.now} where company_id = ${c} and resource_id = ${resource_id} and unit_no > ${o.unit_count} and retired_at is null`.execute(scope.db)
  scope.note('resource', resource_id, { name: o.name, unit_count: o.unit_count, belongs_to: o.belongs_to, retired: o.retired })
  return { resource_id }
})

const RULES_KEPT = 100
const rules = answer(bookings.rules, async (scope, { resource_id }) => {
  await placeToRead(scope, resource_id)
  return { rows: ((await rulesOf(scope, [resource_id])).get(resource_id) ?? []).slice(0, RULES_KEPT) }
})
const publishRule = answer(bookings.publishRule, async (scope, { request_id: _r, dry_run: _d, resource_id, ...o }) => {
  const p = await placeToChange(scope, resource_id)
  if (o.from_on < scope.today) throw scope.refuse('bookings.from_past', { today: scope.today })
  if (o.min_slots > o.max_slots) throw scope.refuse('bookings.slots_order', { min: o.min_slots, max: o.max_slots })
  const fault = hoursFault(o.hours, { slot_min: o.slot_min, overlap: false })
  if (fault) throw scope.refuse('bookings.hours', fault)
  const rule_id = uuidv7()
  await scope.db.insertInto('bookings.rule').values({ company_id: scope.company_id, rule_id, resource_id, ...o, hours: JSON.stringify(o.hours), who: [...new Set(o.who)], made_by: scope.who.name, made_at: scope.now }).execute()
  scope.note('booking_rule', rule_id, { place: p.name, ...o })
  return { rule_id }
})
const prices = answer(bookings.prices, async (scope, { resource_id }) => {
  await placeToRead(scope, resource_id)
  return { rows: ((await pricesOf(scope, [resource_id])).get(resource_id) ?? []).slice(0, RULES_KEPT) }
})
const publishPrice = answer(bookings.publishPrice, async (scope, o) => {
  const p = await placeToChange(scope, o.resource_id)
  if (o.from_on < scope.today) throw scope.refuse('bookings.from_past', { today: scope.today })
  const fault = hoursFault(o.bands, { overlap: true })
  if (fault) throw scope.refuse('bookings.hours', fault)
  const price_id = uuidv7()
  await scope.db.insertInto('bookings.price').values({ company_id: scope.company_id, price_id, resource_id: o.resource_id, from_on: o.from_on, slot_fen: o.slot_fen, bands: JSON.stringify(o.bands), basis: o.basis, made_by: scope.who.name, made_at: scope.now }).execute()
  scope.note('booking_price', price_id, { place: p.name, from_on: o.from_on, slot_fen: o.slot_fen, bands: o.bands, basis: o.basis })
  return { price_id }
})
/** Staff within reach, residents of the community. */
const photo = (app: () => App) =>
  answerFile(bookings.photo, async (scope, { resource_id, file_id }) => {
    const c = scope.company_id
    const own = scope.who.kind === 'resident' ? (await housesOfResident(scope)).map((h) => h.house_id) : null
    const seen = own ? sql`exists (select from property.house h where h.company_id = ${c} and h.house_id = any(${own}::uuid[]) and h.community_id = r.community_id)` : placesSeenBy(scope, 'r', 'bookings.booking.read')
    const { rows } = await sql<{ sha256: string; type: string; name: string }>`select f.sha256, f.type, r.name from bookings.resource r join kernel.file f on f.company_id = ${c} and f.file_id = r.photo_id where r.company_id = ${c} and r.resource_id = ${resource_id} and r.photo_id = ${file_id} and ${seen}`.execute(scope.db)
    const file = rows[0]
    if (!file || !(await hasFile(app().data_dir, file.sha256))) throw scope.notFound()
    return { name: `${file.name}.${file.type === 'image/png' ? 'png' : 'jpg'}`, type: file.type, body: openFile(app().data_dir, file.sha256), inline: true }
  })
export const placeAnswers = (app: () => App) => [resources, saveResource, rules, publishRule, prices, publishPrice, photo(app)]
