// The access token of an official account: kept in one row, fetched by one process at a time under that row's lock. Everybody else waits for the row
// and finds the new token there. Its own transaction, so that the token outlives a call that is rolled back.
import { sql } from 'kysely'
import type { App } from '../../../kernel/app.ts'
import { nowIso, nowMs } from '../../../kernel/clock.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import type { Mp, Refused, Unknown } from './outside/wechat_mp.ts'

/** A token about to end might be refused on its way. */
const SPARE_MS = 60_000
/** WeChat allows a forced refresh each 30 s and 20 a day. */
const FORCE_APART_MS = 31_000

interface Owner {
  company_id: number
  appid: string
  mp: Mp
}
interface Kept {
  token_sealed: string | null
  expires_at: string | null
  forced_at: string | null
}
type Token = { kind: 'ok'; token: string; expires_at: string }

/** `bad`: the token that WeChat has just refused. */
export async function tokenOf(app: App, a: Owner, bad?: string): Promise<Token | Refused | Unknown> {
  return inTransaction(app.d, { company_id: a.company_id, side: true }, async ({ db }) => {
    const good = (k: Kept | undefined): Token | null => {
      if (!k?.token_sealed || !k.expires_at || Date.parse(k.expires_at) - SPARE_MS <= nowMs()) return null
      const token = openText(k.token_sealed)
      return token === bad ? null : { kind: 'ok', token, expires_at: k.expires_at }
    }
    const read = async (lock: boolean) => (await sql<Kept>`select token_sealed, expires_at, forced_at from messages.wechat_token where company_id = ${a.company_id} and appid = ${a.appid} ${lock ? sql`for update` : sql``}`.execute(db)).rows[0]
    const known = good(await read(false))
    if (known) return known
    await sql`insert into messages.wechat_token (company_id, appid) values (${a.company_id}, ${a.appid}) on conflict do nothing`.execute(db)
    const kept = (await read(true))!
    const fresh = good(kept)
    if (fresh) return fresh
    let got = await a.mp.token(false)
    let forced: string | null = null
    if (got.kind === 'ok' && got.token === bad) {
      if (kept.forced_at && nowMs() - Date.parse(kept.forced_at) < FORCE_APART_MS) return { kind: 'unknown', cause: '凭据刚刚换过,稍后再试' }
      got = await a.mp.token(true)
      forced = nowIso()
    }
    if (got.kind !== 'ok') return got
    const expires_at = new Date(nowMs() + got.expires_in * 1000).toISOString()
    await sql`update messages.wechat_token set token_sealed = ${sealText(got.token)}, expires_at = ${expires_at}, forced_at = coalesce(${forced}::timestamptz, forced_at) where company_id = ${a.company_id} and appid = ${a.appid}`.execute(db)
    return { kind: 'ok', token: got.token, expires_at }
  })
}

/** One call with the token; refused for the token, it is fetched anew and the call made once more. */
export async function withToken<T extends { kind: 'ok' }>(app: App, a: Owner, run: (token: string) => Promise<T | Refused | Unknown>): Promise<T | Refused | Unknown> {
  const first = await tokenOf(app, a)
  if (first.kind !== 'ok') return first
  const r = await run(first.token)
  if (r.kind !== 'refused' || r.meaning !== 'token') return r
  const second = await tokenOf(app, a, first.token)
  if (second.kind !== 'ok') return second
  const again = await run(second.token)
  return again.kind === 'refused' && again.meaning === 'token' ? { kind: 'unknown', cause: '凭据不被接受' } : again
}
