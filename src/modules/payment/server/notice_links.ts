// Links of printed notices (通知单二维码): made many at once by staff. The secret comes from the installation's key and the notice's name, so that
// a page may be drawn again with the same code, and still only its hash is stored.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { uuidOf } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { blindIndex } from '../../../kernel/seal.ts'

export interface NoticeLink {
  /** Names the notice for ever. */
  name: string
  community_id: string
  house_id: string
  amount_fen: number
  bills: readonly { bill_id: string; period_on: string }[]
  /** What is paid, where the house is nobody's. */
  title?: string
}

/** `<company>.<secret>`, as in the address of the page. */
export const noticeToken = (company_id: number, name: string): string => `${company_id}.${blindIndex(`notice_link:${company_id}:${name}`).slice(0, 32)}`

/** In the order given; ids of the links. Bills are the caller's to have seen as open. */
export async function makeNoticeLinks(scope: Scope, list: readonly NoticeLink[], days: number): Promise<string[]> {
  const c = scope.company_id
  const rows = list.map((l) => ({ ...l, link_id: uuidOf('notice_link', c, l.name), token_hash: createHash('sha256').update(noticeToken(c, l.name).split('.')[1]!).digest('base64url') }))
  const expires_at = new Date(Date.parse(scope.now) + days * 86_400_000).toISOString()
  await sql`insert into payment.pay_link (company_id, link_id, token_hash, community_id, house_id, amount_fen, made_by, created_at, expires_at, source, title)
    select ${c}, x.link_id, x.token_hash, x.community_id, x.house_id, x.amount_fen, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz, ${expires_at}::timestamptz, 'notice', x.title
    from jsonb_to_recordset(${JSON.stringify(rows.map(({ bills: _, ...r }) => r))}::jsonb) as x(link_id uuid, token_hash text, community_id uuid, house_id uuid, amount_fen bigint, title text)`.execute(scope.db)
  await sql`insert into payment.pay_link_bill (company_id, link_id, bill_id, period_on)
    select ${c}, x.link_id, x.bill_id, x.period_on from jsonb_to_recordset(${JSON.stringify(rows.flatMap((r) => r.bills.map((b) => ({ link_id: r.link_id, ...b }))))}::jsonb) as x(link_id uuid, bill_id uuid, period_on date)`.execute(scope.db)
  return rows.map((r) => r.link_id)
}
