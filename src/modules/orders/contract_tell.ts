// How the one who reported hears of his order, and what was sent. Part of the contract, apart for length.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Id, Instant, Repeatable } from '../../kernel/shapes.ts'

export const TELL_WAYS = ['sms', 'wechat'] as const
export const TellBy = z.array(z.enum(TELL_WAYS)).max(2).meta({ zh: '进度通知方式' })
export type TellBy = z.output<typeof TellBy>
/** `wechat`: ready where his WeChat is bound; `tell_by`: what he chose for this order, or what holds where he chooses nothing. */
export const TellChoice = z.object({ sms: z.boolean(), wechat: z.enum(['ready', 'unbound', 'none']), tell_by: TellBy })
export type TellChoice = z.output<typeof TellChoice>
export const Told = z.object({
  message_id: Id, at: Instant.meta({ zh: '时间' }), body: z.string().meta({ zh: '内容' }), read_at: Instant.nullable().meta({ zh: '应用内' }),
  sms: z.object({ state: z.enum(['sending', 'sent', 'failed', 'cancelled']), failure: z.string().nullable() }).nullable().meta({ zh: '短信' }),
  wechat: z.object({ state: z.enum(['sending', 'sent', 'delivered', 'undeliverable', 'failed', 'unknown']), failure: z.string().nullable() }).nullable().meta({ zh: '公众号' }),
})
export type Told = z.output<typeof Told>

export const tellCalls = {
  tellWays: read({ zh: '报修进度通知方式', may: 'resident', takes: z.object({ order_id: Id.optional() }), gives: TellChoice }),
  tellMine: write({ zh: '选择报修进度通知方式', may: 'resident', takes: Repeatable.extend({ order_id: Id, tell_by: TellBy }), gives: z.object({ order_id: Id }), refuses: ['orders.no_sms'] }),
  /** What the reporter was told, and how it went out. For all staff: the order decides who sees it. */
  told: read({ zh: '已告知业户的进度', may: 'signed_in', takes: z.object({ order_id: Id }), gives: z.object({ rows: z.array(Told), tell_by: TellBy.nullable() }) }),
} as const
