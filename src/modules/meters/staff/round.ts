// A round (抄表任务) on the phone: read from the server when there is network, kept for the way without, and shown with what is not yet sent.
import { useEffect, useMemo } from 'react'
import { addMonths, today } from '../../../kernel/clock.ts'
import { addDecimal, compareDecimal, subtractDecimal, trimDecimal } from '../../../kernel/money.ts'
import { queries, readNow, type Reading } from '../../../ui/api.ts'
import { ownerOf, usePhoneMe, type PhoneMe } from '../../../ui/phone/me.ts'
import type { Entry } from '../../../ui/phone/outbox.ts'
import { useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { dropPhotos } from '../../../ui/phone/kept_photos.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { changeKept } from '../../../ui/phone/phone_store.ts'
import { Recorded, meters, type ReadingRow } from '../contract.ts'
import { words } from '../words.ts'

export const KIND_WORDS: Record<ReadingRow['kind'], string> = { water: '水表', electricity: '电表', gas: '燃气表', heat: '热表' }
export const UNREAD_WORDS = words.states!['unread_reason'] as Record<NonNullable<ReadingRow['unread']>['reason'], string>
export const REGISTER_WORDS = words.states!['register'] as Record<ReadingRow['parts'][number]['register'], string>
/** What an entry of the outbox says: the number, or why there is none. */
export const valueOf = (e: Entry): string => (e.call === meters.recordUnread.name ? (UNREAD_WORDS[e.input['reason'] as 'no_one'] ?? '未抄') : String(e.input['reading']))
/** '444.000' → '444': as it stands on the meter. */
export const said = (value: string | null): string => (value === null ? '—' : trimDecimal(value))
export interface RoundName {
  building_id: string
  kind: ReadingRow['kind']
  period: string
}
export interface Kept {
  rows: ReadingRow[]
  saved_at: string
  /** Shown from the phone's memory because there is no network. */
  old: boolean
}
const PAGE = 200
const PAGES_MAX = 25

export const roundKey = (owner: string, r: RoundName): string => `${owner} round ${r.period} ${r.building_id} ${r.kind}`
/** The address of a round: a building, or the main meters of a community, which stand in none. */
export const placeOf = (r: { building_id: string | null; community_id: string }): string => r.building_id ?? `c:${r.community_id}`
export const subjectOf = (meter_id: string, period: string): string => `${meters.recordReading.name} ${meter_id} ${period}`
/** This month first; the month before for those who read late. */
export function periods(): [string, string] {
  const now = today().slice(0, 7)
  return [now, addMonths(now, -1)]
}

async function fromServer(r: RoundName): Promise<ReadingRow[]> {
  const rows: ReadingRow[] = []
  for (let page = 1; page <= PAGES_MAX; page++) {
    const { building_id, ...rest } = r
    const at = building_id.startsWith('c:') ? { community_id: building_id.slice(2), no_building: true } : { building_id }
    const answer = await readNow(meters.roundList, { ...rest, ...at, page, page_size: PAGE })
    rows.push(...answer.rows)
    if (rows.length >= answer.total || answer.rows.length === 0) break
  }
  return rows
}

export type Progress = Awaited<ReturnType<typeof readRounds>>
const readRounds = async (period: string) => (await readNow(meters.rounds, { period })).rows
export function useRounds(period: string): Reading<{ value: Progress; saved_at: string; old: boolean }> {
  const me = usePhoneMe()
  return useMemory([meters.rounds.name], `${ownerOf(me)} rounds ${period}`, () => readRounds(period))
}

export interface RoundRow extends ReadingRow {
  entry: Entry | undefined
}
export function useRound(name: RoundName): { reading: Reading<Kept>; rows: RoundRow[] } {
  const me = usePhoneMe()
  const { entries } = useOutbox()
  const memory = useMemory([meters.roundList.name], roundKey(ownerOf(me), name), () => fromServer(name))
  useEffect(() => {
    // Asks the phone not to clear this memory when it runs short.
    void navigator.storage?.persist?.().catch(() => undefined)
  }, [])
  const data = memory.data
  const rows = useMemo(() => {
    const by_subject = new Map(entries.map((e) => [e.subject, e]))
    return (data?.value ?? []).map((r) => ({ ...r, entry: by_subject.get(subjectOf(r.meter_id, r.period)) }))
  }, [data, entries])
  return { reading: { ...memory, data: data ? { rows: data.value, saved_at: data.saved_at, old: data.old } : undefined }, rows }
}

function changeOf(entry: Entry, answer: unknown): Partial<ReadingRow> | undefined {
  if (entry.call === meters.recordUnread.name) return { unread: { reason: entry.input['reason'] as 'no_one', note: (entry.input['note'] as string | undefined) ?? null, has_photo: Boolean(entry.about['photo_key']) } }
  const recorded = Recorded.safeParse(answer)
  if (!recorded.success) return undefined
  const { reading_id, usage, state, doubts } = recorded.data
  return { reading_id, usage, state, doubts, unread: null, reading: String(entry.input['reading']), read_on: String(entry.input['read_on']) }
}

/** After an entry was sent: the kept round shows it as read, so that a later round without network does not ask for it again. */
export async function settled(me: PhoneMe, entry: Entry, answer: unknown): Promise<void> {
  const { photo_key } = entry.about
  if (photo_key) await dropPhotos([photo_key])
  const { meter_id, period } = entry.input as { meter_id: string; period: string }
  const { building_id, kind } = entry.about as { building_id?: string; kind?: ReadingRow['kind'] }
  const now = changeOf(entry, answer)
  if (!now || !building_id || !kind) return
  const key = roundKey(ownerOf(me), { building_id, kind, period })
  const change = (rows: ReadingRow[]): ReadingRow[] => rows.map((r) => (r.meter_id === meter_id ? { ...r, ...now } : r))
  await changeKept<ReadingRow[]>(key, change)
  // And on screen, so that the row is not unread again until the list is asked for anew.
  queries.setQueryData<{ value: ReadingRow[] }>([meters.roundList.name, key], (old) => old && { ...old, value: change(old.value) })
}

export type Look = { ok: false; text: string } | { ok: true; usage: string; warn: string | null }
/** What can be said about a value before it is sent. The server decides; this spares a second way up the stairs. */
export function lookAt(row: Pick<ReadingRow, 'previous' | 'multiplier' | 'mean_usage' | 'high_above' | 'whole_digits' | 'estimated_since'>, typed: string, rolled = false): Look {
  if (!/^\d{1,10}(\.\d{1,4})?$/.test(typed)) return { ok: false, text: '请填写表上的数字,小数最多 4 位' }
  if (row.whole_digits !== null && compareDecimal(typed, `1${'0'.repeat(row.whole_digits)}`) >= 0) return { ok: false, text: `表盘只有 ${row.whole_digits} 位整数,请再看一遍` }
  if (row.previous === null) return { ok: true, usage: '0', warn: '首次抄表,作为底数,不计用量' }
  const back = compareDecimal(typed, row.previous) < 0
  if (back && row.estimated_since !== null && compareDecimal(typed, row.estimated_since) >= 0) return { ok: true, usage: '0', warn: '上次是估抄,多计的用量以后自动扣回' }
  if (back && !rolled) return { ok: false, text: `小于上次读数 ${said(row.previous)},请再看一遍;${row.whole_digits ? '表盘走满归零请打开「过零」;' : ''}如换过表,请在电脑端办理「换表」` }
  const usage = back ? subtractDecimal(addDecimal(typed, `1${'0'.repeat(row.whole_digits ?? 9)}`), row.previous) : subtractDecimal(typed, row.previous)
  if (back) return { ok: true, usage, warn: '登记为过零,须由另一人放行后才出账' }
  // A hint only, no amount follows from it.
  const mean = Number(row.mean_usage ?? 0)
  const used = Number(usage) * Number(row.multiplier)
  if (row.high_above !== null && used > Number(row.high_above)) return { ok: true, usage, warn: '比平常多出很多,请再看一遍。确认无误请拍照后保存,放行前不会出账' }
  return { ok: true, usage, warn: mean > 0 && used === 0 ? '没有用量,请确认表在走' : null }
}
