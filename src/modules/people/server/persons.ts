// Persons: found, made, changed, merged; their numbers shown to who may, with a line in the audit.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { forgetPhones, issueDeskCode, knowPhones } from '../../identity/server/index.ts'
import { housesLike, housesSeenBy, parseHouseText } from '../../property/server/index.ts'
import { people, type PersonAsk, type PersonRow } from '../contract.ts'
import { words } from '../words.ts'
import { activeOn, personToChange, personToRead, personsSeenBy, ties } from './access.ts'
import { openId, sealedOf } from './identity_numbers.ts'
import { rewritePayers } from './payers.ts'
import { initialsOf, masked, tailOf } from './rules/texts.ts'
import { vehicleRows } from './vehicles.ts'

const TOP = '\u{10ffff}'
const COUNT_MAX = 100_000
type Row = Omit<PersonRow, 'can' | 'houses' | 'phone_masked' | 'phone2_masked'> & { phone: string | null; phone2: string | null; ties: { label: string; role: string }[] }

/** What a search text may mean for a person: the tail or the whole of a phone, initials, the beginning of a name, a house. */
export function named(scope: Scope, q: string): RawBuilder<SqlBool> {
  const t = q.normalize('NFKC').trim()
  if (/^\d{4}$/.test(t)) return sql<SqlBool>`p.phone_tail = ${t}`
  if (/^\d{7,}$/.test(t)) return sql<SqlBool>`(p.phone = ${t} or p.phone2 = ${t})`
  if (parseHouseText(t)) return sql<SqlBool>`p.person_id in (select l.person_id from ${ties(scope)} l join property.house h on h.company_id = ${scope.company_id} and h.house_id = l.house_id where ${housesLike(t)})`
  const name = sql<SqlBool>`(p.name >= ${t} and p.name < ${t + TOP})`
  const initials = t.toLowerCase()
  return /^[a-z0-9]+$/.test(initials) ? sql<SqlBool>`(${name} or (p.initials >= ${initials} and p.initials < ${initials + TOP}))` : name
}

const rowsOf = (scope: Scope, page: RawBuilder<unknown>) => sql<Row>`with page as materialized (select p.person_id, p.name, p.kind, p.phone, p.phone2, p.id_kind, p.id_number_tail, p.note from people.person p where ${page})
  select page.*, coalesce(x.ties, '[]') as ties from page left join lateral (
    select jsonb_agg(jsonb_build_object('label', h.label, 'role', l.role) order by h.label) as ties from (
      select o.house_id, 'owner' as role from people.ownership o where o.company_id = ${scope.company_id} and o.person_id = page.person_id and ${activeOn('o', scope.today)}
      union all select t.house_id, 'tenant' from people.tenancy t where t.company_id = ${scope.company_id} and t.person_id = page.person_id and ${activeOn('t', scope.today)}
      union all select m.house_id, 'household' from people.household m where m.company_id = ${scope.company_id} and m.person_id = page.person_id and ${activeOn('m', scope.today)} limit 30) l
    join property.house h on h.company_id = ${scope.company_id} and h.house_id = l.house_id and ${housesSeenBy(scope)}) x on true order by page.name, page.person_id`

function shown(scope: Scope, { phone, phone2, ties: list, ...r }: Row): PersonRow {
  const may = (permission: string): true | string => (scope.reach(permission).all || scope.reach(permission).community_ids.length || scope.reach(permission).building_ids.length ? true : 'kernel.forbidden')
  return {
    ...r,
    phone_masked: masked(phone),
    phone2_masked: masked(phone2),
    houses: list.map((t) => `${t.label}(${words.states?.['house_role']?.[t.role] ?? t.role})`).join('、'),
    can: { write: may('people.person.write'), reveal_phone: may('people.phone.reveal'), reveal_id: may('people.id.reveal'), issue_code: may('people.sign_in_code.issue') },
  }
}

export const persons = answer(people.persons, async (scope, f) => {
  const parts = [sql<SqlBool>`p.company_id = ${scope.company_id} and p.merged_into is null`, personsSeenBy(scope)]
  if (f.kind) parts.push(sql<SqlBool>`p.kind = ${f.kind}`)
  if (f.q) parts.push(named(scope, f.q))
  if (f.community_id || f.building_id || f.house_id || f.role) {
    const of = [sql<SqlBool>`true`]
    if (f.community_id) of.push(sql<SqlBool>`h.community_id = ${f.community_id}`)
    if (f.building_id) of.push(sql<SqlBool>`h.building_id = ${f.building_id}`)
    if (f.house_id) of.push(sql<SqlBool>`h.house_id = ${f.house_id}`)
    if (f.role) of.push(sql<SqlBool>`l.role = ${f.role} and ${activeOn('l', scope.today)}`)
    parts.push(sql<SqlBool>`p.person_id in (select l.person_id from ${ties(scope)} l join property.house h on h.company_id = ${scope.company_id} and h.house_id = l.house_id where ${sql.join(of, sql` and `)} and ${housesSeenBy(scope)})`)
  }
  const where = sql.join(parts, sql` and `)
  const { total } = (await sql<{ total: number }>`select count(*)::int as total from (select 1 from people.person p where ${where} limit ${COUNT_MAX}) x`.execute(scope.db)).rows[0]!
  const { rows } = await rowsOf(scope, sql`${where} order by p.name, p.person_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`).execute(scope.db)
  return { rows: rows.map((r) => shown(scope, r)), total }
})

export const person = answer(people.person, async (scope, { person_id }) => {
  const { rows } = await rowsOf(scope, sql`p.company_id = ${scope.company_id} and p.person_id = ${person_id} and ${personsSeenBy(scope, { few: true })}`).execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return { ...shown(scope, rows[0]), vehicles: await vehicleRows(scope, sql<SqlBool>`v.person_id = ${person_id}`) }
})

export const housesOfPerson = answer(people.housesOfPerson, async (scope, { person_id }) => {
  await personToRead(scope, person_id)
  const c = scope.company_id
  const { rows } = await sql<{ house_id: string; label: string; community_name: string; role: 'owner' | 'tenant' | 'household'; code: string; from_on: string; to_on: string | null; active: boolean }>`
    select h.house_id, h.label, cm.name as community_name, l.role, l.code, l.from_on, l.to_on, ${activeOn('l', scope.today)} as active from (
      select o.house_id, 'owner' as role, o.share_num || '/' || o.share_den as code, o.from_on, o.to_on from people.ownership o where o.company_id = ${c} and o.person_id = ${person_id}
      union all select t.house_id, 'tenant', t.pays, t.from_on, t.to_on from people.tenancy t where t.company_id = ${c} and t.person_id = ${person_id}
      union all select m.house_id, 'household', m.relation, m.from_on, m.to_on from people.household m where m.company_id = ${c} and m.person_id = ${person_id}) l
    join property.house h on h.company_id = ${c} and h.house_id = l.house_id and ${housesSeenBy(scope)} join property.community cm on cm.company_id = ${c} and cm.community_id = h.community_id
    order by active desc, l.from_on desc, h.label limit 500`.execute(scope.db)
  return { rows: rows.map(({ code, ...r }) => ({ ...r, detail: r.role === 'owner' ? (code === '1/1' ? '全部产权' : `份额 ${code}`) : r.role === 'tenant' ? (words.states?.['tenant_pays']?.[code] ?? code) : code })) }
})

/** Phones that no person of the company has any more are forgotten, so that their sign-in ends. */
export async function phonesChanged(scope: Scope, before: readonly (string | null | undefined)[], after: readonly (string | null | undefined)[]): Promise<void> {
  const had = before.filter((p): p is string => !!p)
  const has = after.filter((p): p is string => !!p)
  await knowPhones(scope, has.filter((p) => !had.includes(p)))
  const lost = had.filter((p) => !has.includes(p))
  if (lost.length === 0) return
  const { rows } = await sql<{ phone: string }>`select x.phone from unnest(${lost}::text[]) as x(phone) where not exists (select from people.person p where p.company_id = ${scope.company_id} and p.phone = x.phone)
    and not exists (select from people.person p where p.company_id = ${scope.company_id} and p.phone2 = x.phone)`.execute(scope.db)
  await forgetPhones(scope, rows.map((r) => r.phone))
}

async function refuseTakenId(scope: Scope, hash: string | null, but: string | null): Promise<void> {
  if (!hash) return
  const other = await scope.db.selectFrom('people.person').select(['person_id', 'name']).where('company_id', '=', scope.company_id).where('id_number_hash', '=', hash).executeTakeFirst()
  if (other && other.person_id !== but) throw scope.refuse('people.id_taken', { name: other.name })
}

export const savePerson = answer(people.savePerson, async (scope, o) => {
  if (!o.person_id) {
    const [person_id] = await personsFor(scope, [{ name: o.name, kind: o.kind, phone: o.phone, phone2: o.phone2, id_kind: o.id_kind, id_number: o.id_number }], { note: o.note ?? null, always_new: true })
    return { person_id: person_id! }
  }
  const before = await personToChange(scope, o.person_id)
  const kind = o.kind ?? before.kind
  const id = o.id_number === undefined ? (o.id_kind === undefined ? {} : { id_kind: o.id_kind }) : sealedOf(scope, o.id_number, o.id_kind === undefined ? before.id_kind : o.id_kind)
  if ('id_number_hash' in id) await refuseTakenId(scope, id.id_number_hash, o.person_id)
  const phone = o.phone === undefined ? before.phone : o.phone
  const phone2 = o.phone2 === undefined ? before.phone2 : o.phone2
  await scope.db
    .updateTable('people.person')
    .set({ name: o.name, kind, initials: initialsOf(o.name, kind === 'natural'), phone, phone_tail: tailOf(phone), phone2, ...id, ...(o.note !== undefined ? { note: o.note } : {}) })
    .where('company_id', '=', scope.company_id)
    .where('person_id', '=', o.person_id)
    .execute()
  await phonesChanged(scope, [before.phone, before.phone2], [phone, phone2])
  if (kind !== before.kind) {
    const houses = await scope.db.selectFrom('people.ownership').select('house_id').distinct().where('company_id', '=', scope.company_id).where('person_id', '=', o.person_id).execute()
    await rewritePayers(scope, houses.map((h) => h.house_id))
  }
  scope.note('person', o.person_id, { before: { name: before.name, kind: before.kind }, after: { name: o.name, kind }, phone_changed: phone !== before.phone || phone2 !== before.phone2, id_changed: 'id_number_hash' in id && id.id_number_hash !== before.id_number_hash })
  return { person_id: o.person_id }
})

/**
 * The persons named in another form, in their order. A person given by id must be visible; a new one is the same as somebody who is
 * there already when the identity number, or name and phone together, are equal.
 */
export async function personsFor(scope: Scope, asks: readonly (PersonAsk | Omit<PersonAsk, 'person_id'>)[], o: { note?: string | null; always_new?: boolean } = {}): Promise<string[]> {
  const c = scope.company_id
  const out = asks.map((a) => ('person_id' in a ? a.person_id : undefined))
  const given = [...new Set(out.filter((x): x is string => x !== undefined))]
  if (given.length) {
    const seen = await sql<{ person_id: string }>`select p.person_id from people.person p where p.company_id = ${c} and p.person_id = any(${given}::uuid[]) and ${personsSeenBy(scope, { few: true })}`.execute(scope.db)
    if (seen.rows.length !== given.length) throw scope.notFound()
  }
  const fresh = asks.map((a, i) => ({ i, a, id: sealedOf(scope, a.id_number, a.id_kind) })).filter(({ i }) => out[i] === undefined)
  if (fresh.length === 0) return out as string[]
  const like = (await sql<{ person_id: string; name: string; kind: string; phone: string | null; id_number_hash: string | null }>`
    select person_id, name, kind, phone, id_number_hash from people.person where company_id = ${c} and id_number_hash = any(${fresh.map((f) => f.id.id_number_hash).filter((h) => h !== null)}::text[])
    union select person_id, name, kind, phone, id_number_hash from people.person where company_id = ${c} and name = any(${fresh.filter((f) => f.a.kind && f.a.kind !== 'natural').map((f) => f.a.name ?? '')}::text[]) and kind <> 'natural' and merged_into is null
    union select p.person_id, p.name, p.kind, p.phone, p.id_number_hash from unnest(${fresh.map((f) => f.a.phone ?? '')}::text[], ${fresh.map((f) => f.a.name ?? '')}::text[]) as x(phone, name)
      join people.person p on p.company_id = ${c} and p.phone = x.phone and p.name = x.name and p.merged_into is null where x.phone <> '' order by 1`.execute(scope.db)).rows
  const made = []
  for (const f of fresh) {
    const same_id = f.id.id_number_hash === null ? undefined : like.find((p) => p.id_number_hash === f.id.id_number_hash)
    if (same_id && (same_id.name !== f.a.name || o.always_new)) throw scope.refuse('people.id_taken', { name: same_id.name })
    // A firm is one however many houses it has.
    const firm = f.a.kind && f.a.kind !== 'natural' ? like.find((p) => p.name === f.a.name && p.kind === f.a.kind) : undefined
    const same = same_id ?? firm ?? like.find((p) => p.name === f.a.name && f.a.phone && p.phone === f.a.phone && (p.id_number_hash === null || f.id.id_number_hash === null))
    if (same && !o.always_new) {
      out[f.i] = same.person_id
      continue
    }
    const person_id = uuidv7()
    const kind = f.a.kind ?? 'natural'
    out[f.i] = person_id
    made.push({ company_id: c, person_id, name: f.a.name!, kind, initials: initialsOf(f.a.name!, kind === 'natural'), phone: f.a.phone ?? null, phone_tail: tailOf(f.a.phone), phone2: f.a.phone2 ?? null, ...f.id, note: o.note ?? null, created_at: scope.now })
  }
  if (made.length) {
    await scope.db.insertInto('people.person').values(made).execute()
    await knowPhones(scope, made.flatMap((p) => [p.phone, p.phone2]).filter((p): p is string => p !== null))
    for (const p of made) scope.note('person', p.person_id, { name: p.name, kind: p.kind, new: true })
  }
  return out as string[]
}

/** A land line cannot be typed on the sign-in page. */
const MOBILE = /^1[3-9]\d{9}$/

export const issueSignInCode = answer(people.issueSignInCode, async (scope, { person_id, days }) => {
  const p = await personToRead(scope, person_id, 'people.sign_in_code.issue')
  const phone = [p.phone, p.phone2].find((x) => x !== null && MOBILE.test(x))
  if (!phone || p.kind === 'developer') throw scope.refuse('people.no_phone_to_sign_in', { name: p.name })
  const { code, expires_at } = await issueDeskCode(scope, phone, days)
  scope.note('person', person_id, { days })
  return { secret_code: code, phone_masked: masked(phone)!, expires_at }
})

export const revealPhone = answer(people.revealPhone, async (scope, { person_id }) => {
  const p = await personToRead(scope, person_id)
  scope.note('person', person_id, { revealed: 'phone', name: p.name })
  return { phone: p.phone, phone2: p.phone2 }
})
export const revealId = answer(people.revealId, async (scope, { person_id }) => {
  const p = await personToRead(scope, person_id)
  scope.note('person', person_id, { revealed: 'id_number', name: p.name })
  return { id_kind: p.id_kind as 'id_card', id_number: openId(p.id_number_sealed) }
})

export const mergePersons = answer(people.mergePersons, async (scope, { keep_id, drop_id, reason }) => {
  if (keep_id === drop_id) throw scope.refuse('people.same_person')
  const [first, second] = [keep_id, drop_id].sort() as [string, string]
  const locked = new Map([[first, await personToChange(scope, first)], [second, await personToChange(scope, second)]])
  const keep = locked.get(keep_id)!
  const drop = locked.get(drop_id)!
  const c = scope.company_id
  if (keep.id_number_hash && drop.id_number_hash && keep.id_number_hash !== drop.id_number_hash) throw scope.refuse('people.different_ids', { keep: keep.name, drop: drop.name })
  const both = await sql<{ label: string }>`select h.label from people.ownership a join people.ownership b on b.company_id = ${c} and b.house_id = a.house_id and b.person_id = ${drop_id}
      and daterange(a.from_on, a.to_on) && daterange(b.from_on, b.to_on) join property.house h on h.company_id = ${c} and h.house_id = a.house_id where a.company_id = ${c} and a.person_id = ${keep_id} limit 1`.execute(scope.db)
  if (both.rows[0]) throw scope.refuse('people.both_own', { label: both.rows[0].label })
  const houses = (await sql<{ house_id: string }>`select distinct house_id from ${ties(scope)} l where person_id = ${drop_id}`.execute(scope.db)).rows.map((r) => r.house_id)
  // The intervals name the person who goes: they are taken away first and written anew for the one who stays.
  await sql`delete from people.payer where company_id = ${c} and person_id = ${drop_id}`.execute(scope.db)
  await sql`update people.ownership set person_id = ${keep_id} where company_id = ${c} and person_id = ${drop_id}`.execute(scope.db)
  await sql`update people.tenancy set person_id = ${keep_id} where company_id = ${c} and person_id = ${drop_id}`.execute(scope.db)
  await sql`update people.household set person_id = ${keep_id} where company_id = ${c} and person_id = ${drop_id}`.execute(scope.db)
  await sql`update people.vehicle set person_id = ${keep_id} where company_id = ${c} and person_id = ${drop_id}`.execute(scope.db)
  await rewritePayers(scope, houses)
  // Bills of the past name this person: the row stays, empty but for the name.
  await scope.db.updateTable('people.person').set({ merged_into: keep_id, initials: '', phone: null, phone_tail: '', phone2: null, id_kind: null, id_number_sealed: null, id_number_hash: null, id_number_tail: null }).where('company_id', '=', c).where('person_id', '=', drop_id).execute()
  const phone = keep.phone ?? drop.phone
  const phone2 = keep.phone2 ?? (drop.phone !== phone ? drop.phone : drop.phone2)
  const id = keep.id_number_hash ? {} : { id_kind: drop.id_kind, id_number_sealed: drop.id_number_sealed, id_number_hash: drop.id_number_hash, id_number_tail: drop.id_number_tail }
  await scope.db.updateTable('people.person').set({ phone, phone_tail: tailOf(phone), phone2, ...id }).where('company_id', '=', c).where('person_id', '=', keep_id).execute()
  await phonesChanged(scope, [keep.phone, keep.phone2, drop.phone, drop.phone2], [phone, phone2])
  scope.note('person', keep_id, { merged: drop_id, name: drop.name, reason })
  scope.note('person', drop_id, { merged_into: keep_id })
  for (const house_id of houses) scope.emit('people.payers_changed', house_id, { house_id })
  // What modules above keep of the one who went follows him: cards of doors, visits, complaints.
  scope.emit('people.merged', keep_id, { keep_id, drop_id })
  return { person_id: keep_id }
})
