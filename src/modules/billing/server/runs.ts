// Charge runs: draft, preview, exclusions, publish by a second person, cancel.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communityToChange, houseToRead } from '../../property/server/index.ts'
import { billing, type Preview, type RunRow } from '../contract.ts'
import { words } from '../words.ts'
import { runToChange, runToRead, runsSeenBy, type Run } from './access.ts'
import { WHOLE_LINES, chunksDone, storeChunks } from './chunks.ts'
import { periodBounds, type RunInput } from './plan.ts'
import { previewOf } from './preview.ts'
import { dropTariffLines } from './tariff_lines.ts'
import { publishNow } from './publish.ts'

const stateWord = (state: string): string => words.states!['run']![state] ?? state

interface Raw extends Run {
  community_name: string
  house_label: string | null
  item_names: { fee_item_id: string; name: string }[]
  excluded_count: number
  preview: (Preview & { failure?: string }) | null
  created_at: string
  published_at: string | null
  job: { state: string; done: number; total: number | null; error: string | null } | null
  /** Of a run published in chunks: what is committed, and buildings left out since the preview. */
  chunks_done: number
  left_out: string[]
}

async function rowsOf(scope: Scope, where: RawBuilder<unknown>, limit: number, offset: number): Promise<Raw[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`
    with page as materialized (select r.* from billing.run r where r.company_id = ${c} and ${runsSeenBy(scope)} and ${where} order by r.created_at desc, r.run_id desc limit ${limit} offset ${offset})
    select r.*, cm.name as community_name, h.label as house_label,
      coalesce((select jsonb_agg(jsonb_build_object('fee_item_id', i.fee_item_id, 'name', i.name) order by i.sort_no, i.code) from billing.fee_item i where i.company_id = ${c} and i.fee_item_id = any(r.fee_item_ids)), '[]') as item_names,
      (select count(*)::int from billing.run_exclusion x where x.company_id = ${c} and x.run_id = r.run_id) as excluded_count,
      case when r.state = 'publishing' then (select jsonb_build_object('state', j.state, 'done', j.done_count, 'total', j.total_count, 'error', j.error) from kernel.job j
        where j.company_id = ${c} and j.name = 'billing.publish' and j.payload->>'run_id' = r.run_id::text order by j.job_id desc limit 1) end as job,
      (select count(*)::int from billing.run_chunk k where k.company_id = ${c} and k.run_id = r.run_id and k.done_at is not null) as chunks_done,
      array(select y.name from billing.run_chunk k cross join unnest(k.left_out) as o(building_id) join property.building y on y.company_id = ${c} and y.building_id = o.building_id where k.company_id = ${c} and k.run_id = r.run_id order by y.sort_no, y.no limit ${LEFT_OUT_MAX}) as left_out
    from page r join property.community cm on cm.company_id = ${c} and cm.community_id = r.community_id
    left join property.house h on h.company_id = ${c} and h.house_id = r.house_id order by r.created_at desc, r.run_id desc`.execute(scope.db)
  return rows
}

/** Names of buildings shown at a run. */
const LEFT_OUT_MAX = 200
/** Given up in the background. Nothing published: it may be drafted anew. Something published: only the rest may be published. */
const jobFailed = (r: Raw): boolean => r.state === 'publishing' && r.job?.state === 'failed'

async function dressed(scope: Scope, rows: Raw[]): Promise<RunRow[]> {
  const names = await memberNames(scope, rows.flatMap((r) => [r.created_by, r.published_by]))
  const reaches = async (permission: string): Promise<Set<string>> => {
    const { rows: ok } = await sql<{ run_id: string }>`select r.run_id from billing.run r where r.company_id = ${scope.company_id} and r.run_id = any(${rows.map((r) => r.run_id)}::uuid[]) and ${runsSeenBy(scope, permission)}`.execute(scope.db)
    return new Set(ok.map((r) => r.run_id))
  }
  const draft = await reaches('billing.run.draft')
  const publish = await reaches('billing.run.publish')
  return rows.map((r) => {
    const change = !draft.has(r.run_id) ? 'kernel.forbidden' : r.state === 'draft' || (jobFailed(r) && r.chunks_done === 0) ? (true as const) : 'billing.run_not_draft'
    return {
      run_id: r.run_id, community_id: r.community_id, community_name: r.community_name, period: r.period_on.slice(0, 7), fee_items: r.item_names, house_id: r.house_id, house_label: r.house_label, state: r.state,
      line_count: r.line_count ?? r.preview?.line_count ?? 0, amount_fen: r.amount_fen ?? r.preview?.amount_fen ?? 0, excluded_count: r.excluded_count,
      created_by_name: names.get(r.created_by) ?? null, created_at: r.created_at, published_by_name: (r.published_by && names.get(r.published_by)) || null, published_at: r.published_at,
      left_out: r.left_out,
      progress: r.state === 'publishing' ? { done: r.job?.done ?? 0, total: r.job?.total ?? r.preview?.line_count ?? 0, error: r.job?.error ?? null } : null,
      can: {
        publish: !publish.has(r.run_id) ? 'kernel.forbidden' : r.state !== 'draft' && !jobFailed(r) ? 'billing.run_not_draft' : r.created_by === scope.who.account_id ? 'billing.same_person' : (true as const),
        cancel: change,
        change,
      },
    }
  })
}

/** Stores a fresh preview with the draft. A run whose background publishing failed becomes a draft again. */
async function compute(scope: Scope, run: RunInput) {
  const { preview, input_hash, buildings } = await previewOf(scope, run)
  await storeChunks(scope, run.run_id, run.house_id ? [] : buildings)
  await sql`update billing.run set preview = ${JSON.stringify(preview)}::jsonb, input_hash = ${input_hash}, state = 'draft', published_by = null where company_id = ${scope.company_id} and run_id = ${run.run_id}`.execute(scope.db)
  return { run_id: run.run_id, input_hash, preview }
}

async function draftToChange(scope: Scope, run_id: string): Promise<Run> {
  const run = await runToChange(scope, run_id)
  if (run.state === 'draft') return run
  const [row] = await rowsOf(scope, sql`r.run_id = ${run_id}`, 1, 0)
  if (row && jobFailed(row) && row.chunks_done === 0) return run
  throw scope.refuse('billing.run_not_draft', { state: stateWord(run.state) })
}

const nextPeriod = answer(billing.nextPeriod, async (scope, { community_id }) => {
  const community = await communityToChange(scope, community_id)
  const { rows } = await sql<{ last: string | null }>`select to_char(max(r.period_on), 'YYYY-MM') as last from billing.run r where r.company_id = ${scope.company_id} and r.community_id = ${community.community_id} and r.state in ('published', 'publishing')
    and r.house_id is null and r.rework_id is null and r.fee_item_ids && array(select i.fee_item_id from billing.fee_item i where i.company_id = ${scope.company_id} and i.community_id = ${community.community_id} and i.cycle = 'month' and i.shape <> 'share' and i.disabled_at is null)`.execute(scope.db)
  const last = rows[0]?.last
  const bounds = periodBounds(scope.today)
  const next = last ? addMonths(last, 1) : scope.today.slice(0, 7)
  return { period: next > bounds.last ? bounds.last : next < bounds.first ? bounds.first : next }
})

const create = answer(billing.createRun, async (scope, o) => {
  const house = o.house_id ? await houseToRead(scope, o.house_id) : null
  if (house && house.community_id !== o.community_id) throw scope.notFound()
  if (!house) await communityToChange(scope, o.community_id)
  const bounds = periodBounds(scope.today)
  if (o.period < bounds.first || o.period > bounds.last) throw scope.refuse('billing.period_out', { period: o.period, ...bounds })
  const ids = [...new Set(o.fee_item_ids)]
  const items = await scope.db.selectFrom('billing.fee_item').select(['fee_item_id', 'name', 'disabled_at']).where('company_id', '=', scope.company_id).where('community_id', '=', o.community_id).where('fee_item_id', 'in', ids).execute()
  if (items.length !== ids.length) throw scope.notFound()
  const off = items.find((i) => i.disabled_at !== null)
  if (off) throw scope.refuse('billing.item_disabled', { name: off.name })
  const run = { run_id: uuidv7(), community_id: o.community_id, period_on: `${o.period}-01`, fee_item_ids: ids, house_id: o.house_id ?? null }
  await scope.db.insertInto('billing.run').values({ company_id: scope.company_id, ...run, state: 'draft', created_by: scope.who.account_id!, created_at: scope.now }).execute()
  scope.note('run', run.run_id, { period: o.period, fee_item_ids: ids, house_id: run.house_id })
  return compute(scope, run)
})

const preview = answer(billing.previewRun, async (scope, { run_id }) => {
  const done = await compute(scope, await draftToChange(scope, run_id))
  scope.note('run', run_id, { line_count: done.preview.line_count, amount_fen: done.preview.amount_fen })
  return done
})

const exclude = answer(billing.excludeLines, async (scope, o) => {
  const run = await draftToChange(scope, o.run_id)
  const items = o.fee_item_ids ?? run.fee_item_ids
  await sql`insert into billing.run_exclusion (company_id, run_id, house_id, fee_item_id, reason, excluded_by, excluded_at)
    select ${scope.company_id}::bigint, ${o.run_id}::uuid, h.house_id, i.fee_item_id, ${o.reason}, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz
    from property.house h cross join unnest(${items}::uuid[]) as i(fee_item_id)
    where h.company_id = ${scope.company_id} and h.community_id = ${run.community_id} and h.house_id = any(${o.house_ids}::uuid[]) and i.fee_item_id = any(${run.fee_item_ids}::uuid[])
    on conflict do nothing`.execute(scope.db)
  scope.note('run', o.run_id, { excluded: o.house_ids.length, fee_item_ids: o.fee_item_ids ?? null, reason: o.reason })
  return compute(scope, run)
})

const include = answer(billing.includeLines, async (scope, o) => {
  const run = await draftToChange(scope, o.run_id)
  await sql`delete from billing.run_exclusion where company_id = ${scope.company_id} and run_id = ${o.run_id} and house_id = any(${o.house_ids}::uuid[]) ${o.fee_item_ids ? sql`and fee_item_id = any(${o.fee_item_ids}::uuid[])` : sql``}`.execute(scope.db)
  scope.note('run', o.run_id, { included: o.house_ids.length, fee_item_ids: o.fee_item_ids ?? null })
  return compute(scope, run)
})

const publish = answer(billing.publishRun, async (scope, o) => {
  const run = await runToChange(scope, o.run_id)
  if (run.created_by === scope.who.account_id) throw scope.refuse('billing.same_person', { name: scope.who.name })
  const [row] = run.state === 'publishing' ? await rowsOf(scope, sql`r.run_id = ${o.run_id}`, 1, 0) : []
  if (run.state !== 'draft' && !(row && jobFailed(row))) throw scope.refuse('billing.run_not_draft', { state: stateWord(run.state) })
  if (run.input_hash !== o.input_hash) throw scope.refuse('billing.preview_stale')
  const seen = (await sql<{ n: number }>`select coalesce((preview->>'line_count')::int, 0) as n from billing.run where company_id = ${scope.company_id} and run_id = ${o.run_id}`.execute(scope.db)).rows[0]!.n
  await sql`update billing.run set state = 'publishing', published_by = ${scope.who.account_id}::uuid, preview = preview - 'failure' where company_id = ${scope.company_id} and run_id = ${o.run_id}`.execute(scope.db)
  if (seen > WHOLE_LINES || (await chunksDone(scope, o.run_id)).chunks > 0) {
    scope.later({ name: 'billing.publish', payload: { run_id: o.run_id }, lane: `${scope.company_id}:billing.publish`, total_count: seen })
    scope.note('run', o.run_id, { publishing: seen })
    return { run_id: o.run_id, state: 'publishing' as const, published_count: 0, amount_fen: 0 }
  }
  const done = await publishNow(scope, run)
  return { run_id: o.run_id, state: 'published' as const, published_count: done.line_count, amount_fen: done.amount_fen }
})

const cancel = answer(billing.cancelRun, async (scope, { run_id }) => {
  await draftToChange(scope, run_id)
  await dropTariffLines(scope, run_id)
  await sql`update billing.run set state = 'cancelled', published_by = null where company_id = ${scope.company_id} and run_id = ${run_id}`.execute(scope.db)
  scope.note('run', run_id)
  return { run_id }
})

const list = answer(billing.runs, async (scope, f) => {
  // Splits and merges are shown at their bills.
  const where: RawBuilder<unknown>[] = [sql`r.rework_id is null`]
  if (f.community_id) where.push(sql`r.community_id = ${f.community_id}`)
  if (f.period) where.push(sql`r.period_on = ${`${f.period}-01`}::date`)
  if (f.state) where.push(sql`r.state = ${f.state}`)
  const all = sql.join(where, sql` and `)
  const total = (await sql<{ n: number }>`select count(*)::int as n from billing.run r where r.company_id = ${scope.company_id} and ${runsSeenBy(scope)} and ${all}`.execute(scope.db)).rows[0]!.n
  return { rows: await dressed(scope, await rowsOf(scope, all, f.page_size, (f.page - 1) * f.page_size)), total }
})

const one = answer(billing.run, async (scope, { run_id }) => {
  await runToRead(scope, run_id)
  const raw = await rowsOf(scope, sql`r.run_id = ${run_id}`, 1, 0)
  const [row] = await dressed(scope, raw)
  const { failure, ...seen } = raw[0]!.preview ?? { failure: undefined }
  return { ...row!, preview: 'items' in seen ? (seen as Preview) : null, input_hash: raw[0]!.input_hash, failure: failure ? (words.refusals[failure] ?? failure) : null }
})

export const runAnswers = [list, one, nextPeriod, create, preview, exclude, include, publish, cancel]
