// Tariffs, their one draft and their versions. A version is published by another person and never changed afterwards.
import { createHash } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { tariff, type TariffRow } from '../contract.ts'
import { parseTariff, type FieldFault, type Tariff } from '../rules/index.ts'
import { tariffToChange, type TariffHead } from './access.ts'
import { CLASS_REGISTERS, classCodes } from './by_class.ts'

type Spec = Record<string, unknown>
const hashOf = (from_on: string, basis: string, spec: Spec): string => createHash('sha256').update(JSON.stringify([from_on, basis, spec])).digest('base64url')

interface Raw extends Omit<TariffRow, 'can' | 'draft_by_name'> {
  draft_by: string | null
}
async function rowsOf(scope: Scope, where: RawBuilder<unknown>): Promise<TariffRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`
    select t.tariff_id, t.community_id, cm.name as community_name, t.name, t.meter_kind, t.version_change, t.note, t.disabled_at is not null as disabled, v.from_on, v.basis,
      (select min(n.from_on) from tariff.version n where n.company_id = ${c} and n.tariff_id = t.tariff_id and n.from_on > ${scope.today}::date) as next_on,
      (select count(*)::int from tariff.version n where n.company_id = ${c} and n.tariff_id = t.tariff_id) as version_count, d.saved_by as draft_by
    from tariff.tariff t join property.community cm on cm.company_id = ${c} and cm.community_id = t.community_id
    left join tariff.draft d on d.company_id = ${c} and d.tariff_id = t.tariff_id
    left join lateral (select y.from_on, y.basis from tariff.version y where y.company_id = ${c} and y.tariff_id = t.tariff_id and y.from_on <= ${scope.today}::date order by y.from_on desc limit 1) v on true
    where t.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 't' })} and ${where} order by cm.name, t.name limit 500`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.draft_by))
  const may = (permission: string) => {
    const reach = scope.reach(permission)
    return (r: Raw) => (reach.all || reach.community_ids.includes(r.community_id) ? (true as const) : 'kernel.forbidden')
  }
  const [write, publish] = [may('tariff.tariff.write'), may('tariff.tariff.publish')]
  return rows.map((r) => {
    const { draft_by, ...row } = r
    const mine = draft_by === null ? 'tariff.no_draft' : draft_by === scope.who.account_id ? 'tariff.same_person' : publish(r)
    return { ...row, draft_by_name: draft_by === null ? null : (names.get(draft_by) ?? '有草稿'), can: { write: write(r), publish: mine } }
  })
}

const one = answer(tariff.tariff, async (scope, { tariff_id }) => {
  const [row] = await rowsOf(scope, sql`t.tariff_id = ${tariff_id}`)
  if (!row) throw scope.notFound()
  const c = scope.company_id
  const { rows: versions } = await sql<{ version_id: string; from_on: string; to_on: string | null; basis: string; spec: Spec; created_by: string; published_by: string; published_at: string }>`
    select version_id, from_on, lead(from_on) over (order by from_on) as to_on, basis, spec, created_by, published_by, published_at from tariff.version where company_id = ${c} and tariff_id = ${tariff_id} order by from_on desc limit 100`.execute(scope.db)
  const draft = await scope.db.selectFrom('tariff.draft').selectAll().where('company_id', '=', c).where('tariff_id', '=', tariff_id).executeTakeFirst()
  const names = await memberNames(scope, [...versions.flatMap((v) => [v.created_by, v.published_by]), draft?.saved_by ?? null])
  const stateOf = (v: { from_on: string; to_on: string | null }) => (v.from_on > scope.today ? ('future' as const) : v.to_on !== null && v.to_on <= scope.today ? ('past' as const) : ('now' as const))
  return {
    ...row,
    versions: versions.map(({ created_by, published_by, ...v }) => ({ ...v, state: stateOf(v), created_by_name: names.get(created_by) ?? null, published_by_name: names.get(published_by) ?? null })),
    draft: draft ? { from_on: draft.from_on, basis: draft.basis, spec: draft.spec as Spec, hash: draft.hash, saved_by_name: names.get(draft.saved_by) ?? null, saved_at: draft.saved_at } : null,
  }
})

const save = answer(tariff.saveTariff, async (scope, o) => {
  const { request_id: _r, dry_run: _d, tariff_id: asked, ...fields } = o
  await communityToChange(scope, fields.community_id)
  const same = await scope.db.selectFrom('tariff.tariff').select('tariff_id').where('company_id', '=', scope.company_id).where('community_id', '=', fields.community_id).where('name', '=', fields.name).executeTakeFirst()
  if (same && same.tariff_id !== asked) throw scope.refuse('tariff.name_taken', { name: fields.name })
  if (!asked) {
    const tariff_id = uuidv7()
    await scope.db.insertInto('tariff.tariff').values({ company_id: scope.company_id, tariff_id, ...fields, disabled_at: null, created_by: scope.who.account_id!, created_at: scope.now }).execute()
    scope.note('tariff', tariff_id, { after: fields })
    return { tariff_id }
  }
  const before = await tariffToChange(scope, asked)
  if (before.community_id !== fields.community_id) throw scope.notFound()
  await scope.db.updateTable('tariff.tariff').set(fields).where('company_id', '=', scope.company_id).where('tariff_id', '=', asked).execute()
  scope.note('tariff', asked, { before, after: fields })
  return { tariff_id: asked }
})

async function refuseTakenDay(scope: Scope, t: TariffHead, from_on: string): Promise<void> {
  const taken = await scope.db.selectFrom('tariff.version').select('version_id').where('company_id', '=', scope.company_id).where('tariff_id', '=', t.tariff_id).where('from_on', '=', from_on).executeTakeFirst()
  if (taken) throw scope.refuse('tariff.day_taken', { name: t.name, from_on })
}

/** Clock classes that no register of a meter is: their usage would never come. */
function unmetered(t: Tariff): FieldFault[] | null {
  const known: readonly string[] = CLASS_REGISTERS
  const codes = classCodes(t).filter((c) => !known.includes(c))
  return codes.length ? [{ field: 'classes', reason: `时段代码 ${codes.join('、')} 不是表计的计度器,应为 sharp(尖)、peak(峰)、flat(平)、valley(谷)、deep(深谷)` }] : null
}

const saveDraft = answer(tariff.saveDraft, async (scope, o) => {
  const t = await tariffToChange(scope, o.tariff_id)
  const spec = { ...o.spec, name: t.name }
  const { tariff: read, faults: own } = parseTariff({ ...spec, from_on: o.from_on })
  const faults = own ?? (t.meter_kind ? unmetered(read) : null)
  if (faults) throw scope.refuse('tariff.spec_faulty', { faults: faults.slice(0, 5).map((f) => `${f.field} ${f.reason}`).join(';') })
  await refuseTakenDay(scope, t, o.from_on)
  const hash = hashOf(o.from_on, o.basis, spec)
  const values = { from_on: o.from_on, basis: o.basis, spec: JSON.stringify(spec), hash, saved_by: scope.who.account_id!, saved_at: scope.now }
  await scope.db.insertInto('tariff.draft').values({ company_id: scope.company_id, tariff_id: o.tariff_id, ...values }).onConflict((c) => c.columns(['company_id', 'tariff_id']).doUpdateSet(values)).execute()
  scope.note('tariff', o.tariff_id, { draft: hash, from_on: o.from_on, basis: o.basis })
  return { tariff_id: o.tariff_id, hash }
})

const publish = answer(tariff.publishDraft, async (scope, o) => {
  const t = await tariffToChange(scope, o.tariff_id)
  const draft = await scope.db.selectFrom('tariff.draft').selectAll().where('company_id', '=', scope.company_id).where('tariff_id', '=', o.tariff_id).executeTakeFirst()
  if (!draft) throw scope.refuse('tariff.no_draft')
  if (draft.saved_by === scope.who.account_id) throw scope.refuse('tariff.same_person', { name: scope.who.name })
  if (draft.hash !== o.hash) throw scope.refuse('tariff.draft_changed')
  await refuseTakenDay(scope, t, draft.from_on)
  const version_id = uuidv7()
  await sql`insert into tariff.version (company_id, version_id, tariff_id, from_on, basis, spec, created_by, created_at, published_by, published_at)
    select company_id, ${version_id}::uuid, tariff_id, from_on, basis, spec, saved_by, saved_at, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz from tariff.draft where company_id = ${scope.company_id} and tariff_id = ${o.tariff_id}`.execute(scope.db)
  await scope.db.deleteFrom('tariff.draft').where('company_id', '=', scope.company_id).where('tariff_id', '=', o.tariff_id).execute()
  scope.note('tariff', o.tariff_id, { version_id, from_on: draft.from_on, hash: o.hash })
  return { version_id, from_on: draft.from_on }
})

export const tariffAnswers = [
  answer(tariff.tariffs, async (scope, f) => {
    const where = [f.community_id ? sql`t.community_id = ${f.community_id}` : sql`true`, f.with_disabled ? sql`true` : sql`t.disabled_at is null`]
    return { rows: await rowsOf(scope, sql.join(where, sql` and `)) }
  }),
  one, save, saveDraft, publish,
  answer(tariff.setTariffDisabled, async (scope, { tariff_id, disabled }) => {
    await tariffToChange(scope, tariff_id)
    await scope.db.updateTable('tariff.tariff').set({ disabled_at: disabled ? scope.now : null }).where('company_id', '=', scope.company_id).where('tariff_id', '=', tariff_id).execute()
    scope.note('tariff', tariff_id, { disabled })
    return { tariff_id }
  }),
  answer(tariff.dropDraft, async (scope, { tariff_id }) => {
    await tariffToChange(scope, tariff_id)
    const { numDeletedRows } = await scope.db.deleteFrom('tariff.draft').where('company_id', '=', scope.company_id).where('tariff_id', '=', tariff_id).executeTakeFirst()
    if (numDeletedRows === 0n) throw scope.refuse('tariff.no_draft')
    scope.note('tariff', tariff_id, { draft: null })
    return { tariff_id }
  }),
]
