// What is known of each channel (an operator's account, a broker of others), gathered in memory and written by clock. The first refusal of a minute is also written into
// the operations log, with what was wrong: who tries at a foreign door is worth a line, and not a thousand.
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { log } from '../../../../kernel/log.ts'
import { asSystem } from '../../../../kernel/worker.ts'

interface Kept {
  company_id: number
  line: 'open' | 'closed'
  line_why: string | null
  line_ms: number
  heard_ms: number | null
  heard: number
  refused_ms: number | null
  refused_why: string | null
  refused: number
  noted_ms: number
}
const NOTE_MS = 60_000
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())
export class Channels {
  private readonly app: App
  private readonly kept = new Map<string, Kept>()
  private readonly later = new Set<Promise<unknown>>()
  constructor(app: App) {
    this.app = app
  }
  private of(company_id: number, id: string): Kept {
    let k = this.kept.get(id)
    if (!k) this.kept.set(id, (k = { company_id, line: 'closed', line_why: null, line_ms: nowMs(), heard_ms: null, heard: 0, refused_ms: null, refused_why: null, refused: 0, noted_ms: 0 }))
    return k
  }
  open(company_id: number, id: string): void {
    const k = this.of(company_id, id)
    if (k.line !== 'open') Object.assign(k, { line: 'open', line_why: null, line_ms: nowMs() })
  }
  closed(company_id: number, id: string, why: string): void {
    const k = this.of(company_id, id)
    if (k.line !== 'closed') k.line_ms = nowMs()
    Object.assign(k, { line: 'closed', line_why: why.slice(0, 100) })
  }
  heard(company_id: number, id: string, n = 1): void {
    const k = this.of(company_id, id)
    k.heard += n
    k.heard_ms = nowMs()
  }
  refused(company_id: number, id: string, why: string): void {
    const k = this.of(company_id, id)
    k.refused++
    k.refused_ms = nowMs()
    k.refused_why = why.slice(0, 100)
    if (k.refused_ms - k.noted_ms < NOTE_MS) return
    k.noted_ms = k.refused_ms
    const p: Promise<unknown> = asSystem(this.app, company_id, 'iot.channel', async (scope) => scope.note('channel', id, { refused: k.refused_why })).catch((error: unknown) => log('warn', 'channel', { cause: String(error) })).finally(() => this.later.delete(p))
    this.later.add(p)
  }
  forget(id: string): void {
    this.kept.delete(id)
  }
  /** Counts are added to what was counted before a restart. */
  async write(): Promise<void> {
    const now = iso(nowMs())
    for (const [company_id, list] of Map.groupBy(this.kept, ([, k]) => k.company_id)) {
      const rows = list.map(([channel_id, k]) => ({ channel_id, line: k.line, line_why: k.line_why, line_at: iso(k.line_ms), heard_at: iso(k.heard_ms), heard: k.heard, refused_at: iso(k.refused_ms), refused_why: k.refused_why, refused: k.refused }))
      await inTransaction(this.app.d, { company_id }, (tx) => sql`insert into iot.channel_state as s (company_id, channel_id, line, line_why, line_at, heard_at, heard_count, refused_at, refused_why, refused_count, changed_at)
        select ${company_id}::bigint, x.channel_id, x.line, x.line_why, x.line_at, x.heard_at, x.heard, x.refused_at, x.refused_why, x.refused, ${now}::timestamptz from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(channel_id uuid, line text, line_why text, line_at timestamptz, heard_at timestamptz, heard bigint, refused_at timestamptz, refused_why text, refused bigint)
        on conflict (company_id, channel_id) do update set line = excluded.line, line_why = excluded.line_why, line_at = excluded.line_at, heard_at = coalesce(excluded.heard_at, s.heard_at), heard_count = s.heard_count + excluded.heard_count, refused_at = coalesce(excluded.refused_at, s.refused_at), refused_why = coalesce(excluded.refused_why, s.refused_why), refused_count = s.refused_count + excluded.refused_count, changed_at = excluded.changed_at`.execute(tx.db))
      list.forEach(([, k], i) => {
        k.heard -= rows[i]!.heard
        k.refused -= rows[i]!.refused
      })
    }
  }
  async settle(): Promise<void> {
    await Promise.allSettled(this.later)
  }
}
